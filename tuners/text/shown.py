"""The text of a value that JSON has no form for: the same in every process, without addresses in memory.

It needs no library, since the record, which every pytest session loads, writes values with it.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
import math
import re
import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any

_PLAIN = (bool, int, float, str)
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def shown(value: Any) -> str:
    """Return a value as text: like `repr`, but the same in any process.

    An estimator is its type and the parameters that are not its defaults. A lambda, or a function made inside
    another, has a checksum of its code and of what it closes over, since its name does not tell it from the next.
    """
    try:
        return _text(value)
    except Exception:  # noqa: BLE001  a `repr` of the user's own that fails, or a function that closes over itself
        return without_addresses(object.__repr__(value))


def json_form(value: Any) -> Any:
    """Return a value as JSON has it: what it has no form for, and numbers that are not finite, as text."""
    if isinstance(value, Mapping):
        return {_key(key): json_form(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_form(item) for item in value]
    return saveable(value)


def saveable(value: Any) -> Any:
    """Return a value as a flat record has it: None, a bool, a number or a text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else repr(value)  # JSON has no infinity
    return value if value is None or isinstance(value, str | int | bool) else shown(value)


def without_addresses(text: str) -> str:
    """Return a text in one line, without the addresses of objects in it."""
    return " ".join(_ADDRESS.sub("", text).split())


def _key(key: Any) -> str:
    if isinstance(key, str):
        return key
    return json.dumps(key) if key is None or isinstance(key, bool | int | float) else shown(key)


def _text(value: Any) -> str:
    if value is None or type(value) in _PLAIN:
        return repr(value)
    return next(write for applies, write in _WRITERS if applies(value))(value)


def _listed(values: Iterable[Any]) -> str:
    return ", ".join(map(_text, values))


def _named(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={_text(values[name])}" for name in sorted(values))


def _estimator(value: Any) -> str:
    accepted = inspect.signature(type(value)).parameters
    defaults = {name: _text(each.default) for name, each in accepted.items()}
    given = value.get_params(deep=False)
    return f"{type(value).__name__}({_named({n: v for n, v in given.items() if _text(v) != defaults.get(n)})})"


def _function(value: types.FunctionType) -> str:
    if "<" not in value.__qualname__:
        return f"<function {value.__qualname__}>"
    inside = [cell.cell_contents for cell in value.__closure__ or ()]
    about = repr([_code(value.__code__), _text(value.__defaults__), _text(value.__kwdefaults__), _text(inside)])
    return f"<function {value.__qualname__} {hashlib.sha256(about.encode()).hexdigest()[:8]}>"


def _code(code: types.CodeType) -> list[Any]:
    """Return what a function does, without where it is written."""
    constants = [_code(each) if isinstance(each, types.CodeType) else _text(each) for each in code.co_consts]
    return [code.co_code, code.co_names, code.co_freevars, constants]


def _partial(value: functools.partial[Any]) -> str:
    named = [f"{name}={_text(item)}" for name, item in sorted(value.keywords.items())]
    return f"functools.partial({', '.join([_text(value.func), *map(_text, value.args), *named])})"


def _plain_object(value: Any) -> bool:
    own: object = type(value).__repr__
    return own is object.__repr__


def _is(*kinds: type) -> Callable[[Any], bool]:
    return lambda value: type(value) in kinds


_WRITERS: tuple[tuple[Callable[[Any], bool], Callable[[Any], str]], ...] = (
    (_is(list), lambda value: f"[{_listed(value)}]"),
    (_is(tuple), lambda value: f"({_listed(value)}{',' * (len(value) == 1)})"),
    (_is(dict), lambda value: "{" + ", ".join(f"{_text(k)}: {_text(v)}" for k, v in value.items()) + "}"),
    # Sorted: the order of a set differs between processes.
    (_is(set, frozenset), lambda value: f"{type(value).__name__}({{{', '.join(sorted(map(_text, value)))}}})"),
    (_is(types.FunctionType), _function),
    (_is(types.MethodType), lambda value: f"<bound method {value.__func__.__qualname__} of {_text(value.__self__)}>"),
    (_is(functools.partial), _partial),
    # NumPy's arrays, whose own text leaves out the middle of a long one.
    (
        lambda value: hasattr(value, "tolist") and hasattr(value, "shape"),
        lambda value: f"array({_text(value.tolist())})",
    ),
    (lambda value: hasattr(value, "get_params") and not isinstance(value, type), _estimator),
    (
        _plain_object,
        lambda value: f"{type(value).__name__}({_named(getattr(value, '__dict__', {}))})",
    ),
    (lambda value: True, lambda value: without_addresses(repr(value))),  # noqa: ARG005  it applies to whatever is left
)
