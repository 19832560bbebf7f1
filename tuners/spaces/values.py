"""Values of hyperparameters: plain, copied, and told apart by type as well as by value."""

from __future__ import annotations

import copy
import types
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tuners.results.params import plain

_BY_IDENTITY = (type, types.FunctionType, types.BuiltinFunctionType, types.ModuleType, np.ufunc)


def copied(value: Any) -> Any:
    """Return a copy that may be changed without changing the value; what cannot be copied is returned as it is."""
    try:
        return copy.deepcopy(value)
    except Exception:  # noqa: BLE001  a lock, a generator, an open file
        return value


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same to an estimator: equal, and of one type, inside containers, too.

    So 1, 1.0 and True are three values, and so are "1" and 1. A copy of an estimator, or of an object without an
    equality of its own, is the same as long as its state is.
    """
    if one is other:
        return True
    if type(one) is not type(other) or isinstance(one, _BY_IDENTITY):
        return False
    if isinstance(one, float):
        return one == other or (one != one and other != other)  # noqa: PLR0124  NaN
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and same(one.tolist(), other.tolist())
    if isinstance(one, Mapping):
        keys, others = ({(type(key), key) for key in each} for each in (one, other))
        return keys == others and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if hasattr(one, "get_params"):
        return same(one.get_params(deep=False), other.get_params(deep=False))
    equality: object = type(one).__eq__
    try:
        if equality is object.__eq__:
            # Compare what they would be pickled as; few of the interpreter's own objects cannot be.
            return same(one.__reduce_ex__(4)[1:3], other.__reduce_ex__(4)[1:3])
        return bool(one == other)
    except Exception:  # noqa: BLE001  some types' `==` raises or gives no truth value, such as a frame's
        return False


def position(values: Sequence[Any], value: Any) -> int | None:
    """Return the place of a value among those listed, or None if it is not there."""
    value = plain(value)
    return next((place for place, listed in enumerate(values) if same(plain(listed), value)), None)
