"""Keys that are equal only where parameters are the very same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def freeze(params: Mapping[str, Any]) -> frozenset[tuple[str, type, object]]:
    """Return a hashable key of parameters; equal values of another type (1, 1.0, True) are not the same.

    What cannot be hashed counts by its identity: the same object is the same value, an equal copy may not be.
    """
    return frozenset((name, type(value), _hashable(value)) for name, value in params.items())


def _hashable(value: Any) -> object:
    try:
        hash(value)
    except TypeError:
        return id(value)
    return value
