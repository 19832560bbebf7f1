"""Lines and documents of JSON, and back: the one decoder of saved runs, side files and journals.

A field that is not known is passed over, and one that is missing has its default, so that older and newer versions
read each other's files; one of another type is an error that names it.
"""

from __future__ import annotations

import json
import math
import re
import zlib
from collections.abc import Mapping
from typing import Any, TypeVar

from tuners.text.shown import shown

T = TypeVar("T")
DEEPEST = 50
"""Levels of nesting that are read; what is written has fewer than ten."""
START = '{"check": "'
"""How a line with a checksum begins."""
_CHECKED = re.compile(START + r'([0-9a-f]{8})", (.*)\}', re.DOTALL)


class DamagedError(ValueError):
    """A file is not as it was written; the text says where, what was expected and what came."""


def line(content: Mapping[str, Any]) -> str:
    """Return a line of JSON that begins with a checksum of the rest."""
    # `shown`, because parameters may be any objects.
    body = json.dumps(json_value(dict(content)), default=shown)[1:-1]
    return f'{START}{zlib.crc32(body.encode()):08x}", {body}}}\n'


def is_whole(text: str) -> bool:
    """Whether a line is as it was written, by its checksum."""
    match = _CHECKED.fullmatch(text)
    return match is not None and f"{zlib.crc32(match[2].encode()):08x}" == match[1]


def recovered(text: str) -> tuple[list[str], str]:
    """Return the JSON objects in a line that are as they were written, and the rest of the line.

    Most lines are one object. Where a process died, or the disk was full, in the middle of one, the next object
    begins on the same line.
    """
    text = text.rstrip("\r")
    whole: list[str] = []
    rest = ""
    while text:
        begins = text.find(START)
        ends = _end(text, begins) if begins >= 0 else 0
        if ends:
            rest += text[:begins]
            whole.append(text[begins:ends])
            text = text[ends:]
        else:
            rest += text[: begins + 1] if begins >= 0 else text
            text = text[begins + 1 :] if begins >= 0 else ""
    return whole, rest.strip()


def _end(text: str, begins: int) -> int:
    """Return where the object that begins there ends; 0 if it is not as it was written."""
    if is_whole(text[begins:]):
        return len(text)
    try:
        _, ends = json.JSONDecoder().raw_decode(text, begins)
    except (ValueError, RecursionError):
        return 0
    return ends if is_whole(text[begins:ends]) else 0


def json_value(value: Any) -> Any:
    """Return a value as files hold it: NaN and infinity as null, keys as text."""
    if isinstance(value, dict):
        return {_key(name): json_value(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return [json_value(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _key(name: Any) -> str:
    if isinstance(name, str):
        return name
    return json.dumps(name) if name is None or isinstance(name, bool | int | float) else shown(name)


def parsed(data: bytes) -> Any:
    """Return the content of a JSON document; raise `DamagedError` for anything else, or one nested too deep."""
    try:
        text = data.decode("utf-8-sig")
        content = json.loads(text)
    except UnicodeDecodeError as error:
        message = f"expected UTF-8, got the byte {data[error.start]:#04x} at {error.start}"
        raise DamagedError(message) from None
    except RecursionError:
        raise DamagedError(_TOO_DEEP) from None
    except ValueError as error:
        message = f"expected JSON, got {error}"
        raise DamagedError(message) from None
    brackets = re.sub(r'"(?:[^"\\]|\\.)*"|[^][{}"]+', "", text)
    for _ in range(DEEPEST):
        if not brackets:
            break
        brackets = brackets.replace("[]", "").replace("{}", "")  # the innermost level
    if brackets:
        raise DamagedError(_TOO_DEEP)
    if r"\ud" in text.lower():
        try:
            json.dumps(content, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            message = "expected text, got half a character (a lone surrogate)"
            raise DamagedError(message) from None
    return content


_TOO_DEEP = f"expected JSON of at most {DEEPEST} levels, got a deeper one"


def shaped(value: Any, kind: type[T], at: str = "") -> T:
    """Return parsed JSON as a dataclass or another type; raise `DamagedError` that names the field, from `at` on."""
    import msgspec  # noqa: PLC0415  loaded when something is read

    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        found = re.fullmatch(r"(.*?)(?: - at `(?:key in )?\$?(.*)`)?", str(error).replace("\n", " "))
        said, path = (found[1], found[2] or "") if found else (str(error), "")
        raise damaged(said.replace("`", ""), f"{at}{path}") from None


def damaged(said: str, at: str) -> DamagedError:
    """Return the error that says what is wrong with a field."""
    at = at.lstrip(".")
    said = said[:1].lower() + said[1:]
    return DamagedError(f"{at}: {said}" if at else said)
