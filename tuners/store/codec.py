"""Lines and documents on disk, and back: one decoder for saved runs, journals and side files.

A field that is not known is passed over, and one that lacks has its default, so that older and newer versions read
each other's files; one of another type is an error that names it.
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
"""Levels of nesting that are read; what is written has less than ten."""
START = '{"check": "'
"""How a line begins that has a checksum."""
_CHECKED = re.compile(START + r'([0-9a-f]{8})", (.*)\}', re.DOTALL)


class DamagedError(ValueError):
    """What was read is not as it was written; the text says where, what was expected and what came."""


def line(content: Mapping[str, Any]) -> str:
    """Return a line of JSON that begins with a checksum of the rest."""
    # Parameters may be anything.
    body = json.dumps(plain(dict(content)), default=shown)[1:-1]
    return f'{START}{zlib.crc32(body.encode()):08x}", {body}}}\n'


def is_whole(text: str) -> bool:
    """Whether a line is as it was written, by its checksum."""
    match = _CHECKED.fullmatch(text)
    return match is not None and f"{zlib.crc32(match[2].encode()):08x}" == match[1]


def plain(value: Any) -> Any:
    """Return a value as JSON has it: a number that is not finite as null, keys as text."""
    if isinstance(value, dict):
        return {_key(name): plain(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _key(name: Any) -> str:
    if isinstance(name, str):
        return name
    return json.dumps(name) if name is None or isinstance(name, bool | int | float) else shown(name)


def parsed(data: bytes) -> Any:
    """Return what a JSON document holds; raise `DamagedError` for any other, or one nested too deep to be used."""
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
