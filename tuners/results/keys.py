"""Keys that are equal only where parameters are the very same."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any


def freeze(params: Mapping[str, Any]) -> frozenset[tuple[str, Hashable]]:
    """Return a hashable key of parameters; equal values of another type (1, 1.0, True) are not the same.

    What cannot be hashed counts by its identity: the same object is the same value, an equal copy may not be.
    """
    return frozenset((name, _frozen(value)) for name, value in params.items())


def _frozen(value: Any) -> Hashable:
    if type(value) is tuple:
        return (tuple, *(_frozen(each) for each in value))
    try:
        hash(value)
    except TypeError:
        return type(value), id(value)
    return type(value), value
