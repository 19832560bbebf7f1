"""Parameters: the values of hyperparameters of one candidate, by name."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

Params = dict[str, Any]


def plain(value: Any) -> Any:
    """Return a NumPy scalar as a plain Python value, anything else as it is."""
    # Without NumPy loaded there are no such scalars, and no reason to load it.
    numpy = sys.modules.get("numpy")
    return value.item() if numpy is not None and isinstance(value, numpy.generic) else value


def plain_params(params: Mapping[str, Any]) -> Params:
    """Return parameters as a dictionary of plain Python values, sorted by name."""
    return {str(name): plain(params[name]) for name in sorted(params)}
