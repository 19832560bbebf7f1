"""Points of the unit cube as points of a space, for libraries that know nothing but numbers between 0 and 1."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from ConfigSpace.hyperparameters import IntegerHyperparameter
from numpy.typing import NDArray

from tuners.results.params import Params, plain_params
from tuners.spaces.conditions import active
from tuners.spaces.points import UNIFORM, finite_values
from tuners.spaces.values import position

if TYPE_CHECKING:
    from ConfigSpace import ConfigurationSpace


def from_unit(space: ConfigurationSpace, u: Sequence[float] | NDArray[np.float64]) -> Params:
    """Return the parameters at a point of shape (hyperparameters,), without those that are inactive there.

    Listed values are equal cells, or as wide as their weights; integers are equal cells on their linear or logarithmic
    scale. Other distributions than uniform ones are read by their quantiles.
    """
    point = {name: _value(space[name], min(max(float(x), 0.0), 1.0)) for name, x in zip(space, u, strict=True)}
    return plain_params({name: point[name] for name in active(space, point)})


def to_unit(space: ConfigurationSpace, params: Mapping[str, Any]) -> list[float]:
    """Return a point that `from_unit` leads back from: the middle of a cell, and 0.5 for what is inactive."""
    return [coordinate(space[name], params[name]) if name in params else 0.5 for name in space]


def _value(hyperparameter: Any, x: float) -> Any:
    values = finite_values(hyperparameter)
    if values is not None:
        return values[min(int(np.searchsorted(_ends(hyperparameter, len(values)), x, side="right")), len(values) - 1)]
    if not isinstance(hyperparameter, UNIFORM):
        return _plain(hyperparameter, hyperparameter.to_value(hyperparameter._vector_dist.rv.ppf(_inside(x))))  # noqa: SLF001  its quantiles are nowhere else
    low, high = _bounds(hyperparameter)
    return _plain(hyperparameter, math.exp(low + x * (high - low)) if hyperparameter.log else low + x * (high - low))


def _plain(hyperparameter: Any, value: Any) -> Any:
    """Return a number in a range, whole where the range is one of integers."""
    whole = isinstance(hyperparameter, IntegerHyperparameter)
    return min(max(round(float(value)) if whole else float(value), hyperparameter.lower), hyperparameter.upper)


def coordinate(hyperparameter: Any, value: Any) -> float:
    """Return where a value of one hyperparameter lies on the unit interval: the middle of its cell, or its quantile."""
    values = finite_values(hyperparameter)
    if values is not None:
        ends = [0.0, *_ends(hyperparameter, len(values))]
        place = position(values, value) or 0
        return float((ends[place] + ends[place + 1]) / 2)
    if not isinstance(hyperparameter, UNIFORM):
        return float(hyperparameter._vector_dist.rv.cdf(hyperparameter.to_vector(value)))  # noqa: SLF001  as above
    low, high = _bounds(hyperparameter)
    return float(((math.log(value) if hyperparameter.log else value) - low) / (high - low))


def _ends(hyperparameter: Any, count: int) -> Any:
    """Return where the cells of listed values end, of shape (values,)."""
    if getattr(hyperparameter, "weights", None) is None:
        return np.arange(1, count + 1) / count
    return np.cumsum(hyperparameter.probabilities)


def _inside(x: float) -> float:
    """Clip a quantile to the open interval from 0 to 1."""
    return min(max(x, 1e-9), 1 - 1e-9)


def _bounds(hyperparameter: Any) -> tuple[float, float]:
    """Return the ends of the scale; an integer has half a step on either side."""
    half = 0.5 if isinstance(hyperparameter, IntegerHyperparameter) else 0.0
    low, high = hyperparameter.lower - half, hyperparameter.upper + half
    return (math.log(low), math.log(high)) if hyperparameter.log else (low, high)
