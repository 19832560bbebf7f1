"""Finite versions of the models' spaces, of which whole tables are recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tuners.spaces import Params, When

Listed = Mapping[str, Sequence[Any]]
"""By hyperparameter: the values that stand in for all that it may have."""


def chosen(space: Mapping[str, Any], listed: Listed, *, finite: bool) -> Params:
    """Return a model's space as a mapping, or its finite version: the listed hyperparameters, with their conditions."""
    if not finite:
        return dict(space)
    return {name: _like(space[name], list(values)) for name, values in listed.items()}


def _like(values: Any, listed: list[Any]) -> Any:
    return When(listed, values.needed) if isinstance(values, When) else listed


def decades(low: int, high: int, each: int) -> list[float]:
    """Return powers of ten from 10**low to 10**high, so many steps in `each` of them: 3 digits are exact enough."""
    return [float(f"{10 ** (low + step / each):.3g}") for step in range((high - low) * each + 1)]
