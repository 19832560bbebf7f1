"""Parameters: the hyperparameters of one candidate, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

Params = dict[str, Any]


def plain(value: Any) -> Any:
    """Return NumPy scalars as plain Python values, the rest as it is."""
    return value.item() if isinstance(value, np.generic) else value


def plain_params(params: Mapping[str, Any]) -> Params:
    """Return parameters as a dictionary of plain Python values, sorted by name."""
    return {str(name): plain(params[name]) for name in sorted(params)}
