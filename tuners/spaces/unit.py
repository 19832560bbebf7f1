"""Points of the unit cube as points of a space, for libraries that know nothing but numbers between 0 and 1."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ConfigSpace import UniformIntegerHyperparameter

from tuners.results.params import Params, plain_params
from tuners.spaces.conditions import active
from tuners.spaces.points import finite_values
from tuners.spaces.values import position

if TYPE_CHECKING:
    from ConfigSpace import ConfigurationSpace


def from_unit(space: ConfigurationSpace, u: Iterable[float]) -> Params:
    """Return the parameters at a point of shape (hyperparameters,), without those that are inactive there.

    Listed values are equal cells, integers equal cells on their linear or logarithmic scale.
    """
    point = {name: _value(space[name], min(max(float(x), 0.0), 1.0)) for name, x in zip(space, u, strict=True)}
    return plain_params({name: point[name] for name in active(space, point)})


def to_unit(space: ConfigurationSpace, params: Mapping[str, Any]) -> list[float]:
    """Return a point that `from_unit` leads back from: the middle of a cell, and 0.5 for what is inactive."""
    return [_coordinate(space[name], params[name]) if name in params else 0.5 for name in space]


def _value(hyperparameter: Any, x: float) -> Any:
    values = finite_values(hyperparameter)
    if values is not None:
        return values[min(int(x * len(values)), len(values) - 1)]
    low, high = _bounds(hyperparameter)
    value = math.exp(low + x * (high - low)) if hyperparameter.log else low + x * (high - low)
    whole = isinstance(hyperparameter, UniformIntegerHyperparameter)
    return min(max(round(value) if whole else value, hyperparameter.lower), hyperparameter.upper)


def _coordinate(hyperparameter: Any, value: Any) -> float:
    values = finite_values(hyperparameter)
    if values is not None:
        return ((position(values, value) or 0) + 0.5) / len(values)
    low, high = _bounds(hyperparameter)
    return float(((math.log(value) if hyperparameter.log else value) - low) / (high - low))


def _bounds(hyperparameter: Any) -> tuple[float, float]:
    """Return the ends of the scale; an integer has half a step on either side."""
    half = 0.5 if isinstance(hyperparameter, UniformIntegerHyperparameter) else 0.0
    low, high = hyperparameter.lower - half, hyperparameter.upper + half
    return (math.log(low), math.log(high)) if hyperparameter.log else (low, high)
