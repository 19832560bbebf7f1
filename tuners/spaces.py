"""Search spaces: ConfigSpace's, translated for each library in this one place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from ConfigSpace import (
    CategoricalHyperparameter,
    ConfigurationSpace,
    Constant,
    OrdinalHyperparameter,
    UniformFloatHyperparameter,
    UniformIntegerHyperparameter,
)
from scipy import stats

from tuners.errors import TuningError, one_line

Params = dict[str, Any]
SpaceLike = ConfigurationSpace | Mapping[str, Any]
_SUPPORTED = (
    CategoricalHyperparameter,
    OrdinalHyperparameter,
    UniformIntegerHyperparameter,
    UniformFloatHyperparameter,
    Constant,
)


def as_space(space: SpaceLike) -> ConfigurationSpace:
    """Return a space every library here can search.

    `space` is a `ConfigurationSpace`, or a mapping as its constructor takes it: a list of choices,
    a `(low, high)` range of integers or floats, a constant, or a ConfigSpace hyperparameter.
    Raises `TuningError` for conditions, forbidden clauses and distributions that scikit-learn's
    grids cannot express, since all methods of a comparison search the same space.
    """
    if not isinstance(space, ConfigurationSpace):
        try:
            space = ConfigurationSpace(space=dict(space))
        except Exception as error:
            # ConfigSpace raises many kinds; its first line names the hyperparameter.
            message = (
                f"the search space cannot be read: {one_line(error)}: expected lists of choices and (low, high) ranges"
            )
            raise TuningError(message) from error
    if not len(space):
        message = "the search space is empty: name at least one hyperparameter"
        raise TuningError(message)
    if space.conditions or space.forbidden_clauses:
        message = (
            "the search space has conditions or forbidden clauses, which grid and random search cannot "
            "express: leave them out, so that every method searches the same space"
        )
        raise TuningError(message)
    for hyperparameter in space.values():
        if not isinstance(hyperparameter, _SUPPORTED):
            message = (
                f"hyperparameter {hyperparameter.name!r} is a {type(hyperparameter).__name__}: "
                f"expected one of {', '.join(kind.__name__ for kind in _SUPPORTED)}"
            )
            raise TuningError(message)
        if getattr(hyperparameter, "weights", None) is not None:
            message = (
                f"hyperparameter {hyperparameter.name!r} has weights, which grid search cannot express: leave them out"
            )
            raise TuningError(message)
    return space


def plain(value: Any) -> Any:
    """Return NumPy scalars as plain Python values, the rest as it is."""
    return value.item() if isinstance(value, np.generic) else value


def plain_params(params: Mapping[str, Any]) -> Params:
    """Return parameters as a dictionary of plain Python values, sorted by name."""
    return {str(name): plain(params[name]) for name in sorted(params)}


def contains(space: ConfigurationSpace, params: Mapping[str, Any]) -> bool:
    """Whether a point names just the space's hyperparameters and each value is legal there."""
    return set(params) == set(space) and all(bool(space[name].legal_value(value)) for name, value in params.items())


def finite_values(hyperparameter: Any) -> list[Any] | None:
    """Return every value in order, or None for a range."""
    if isinstance(hyperparameter, CategoricalHyperparameter):
        return [plain(value) for value in hyperparameter.choices]
    if isinstance(hyperparameter, OrdinalHyperparameter):
        return [plain(value) for value in hyperparameter.sequence]
    if isinstance(hyperparameter, Constant):
        return [plain(hyperparameter.value)]
    return None


def distributions(space: ConfigurationSpace) -> dict[str, Any]:
    """Translate for scikit-learn's randomized searches: lists and frozen SciPy distributions."""
    return {name: _distribution(space[name]) for name in space}


def _distribution(hyperparameter: Any) -> Any:
    values = finite_values(hyperparameter)
    if values is not None:
        return values
    low, high = hyperparameter.lower, hyperparameter.upper
    if isinstance(hyperparameter, UniformIntegerHyperparameter):
        return LogIntegers(low, high) if hyperparameter.log else stats.randint(low, high + 1)
    return stats.loguniform(low, high) if hyperparameter.log else stats.uniform(low, high - low)


class LogIntegers:
    """Integers from `low` to `high` whose logarithms are evenly spread, as scikit-learn samples them."""

    def __init__(self, low: int, high: int) -> None:
        """Take both ends, included."""
        self.low = low
        self.high = high

    def rvs(self, random_state: np.random.RandomState | None = None) -> int:
        """Draw one."""
        # Half a step beyond each end, so that the ends are drawn as often as their neighbours suggest.
        exponent = stats.uniform(math.log(self.low - 0.5), math.log((self.high + 0.5) / (self.low - 0.5)))
        drawn = math.exp(float(exponent.rvs(random_state=random_state)))
        return min(max(round(drawn), self.low), self.high)


def grid(space: ConfigurationSpace, budget: int) -> dict[str, list[Any]]:
    """Choose levels whose product fits the budget, spread over the whole space.

    A full grid cut off at the budget would explore one corner. Levels are added one at a time to
    the hyperparameter that has fewest so far (of those, the one with most values), until no further
    level fits. One level alone is the middle one.
    """
    sizes = {name: _size(space[name]) for name in space}
    counts = dict.fromkeys(space, 1)
    while True:
        product = math.prod(counts.values())
        growing = [
            name for name, count in counts.items() if count < sizes[name] and product // count * (count + 1) <= budget
        ]
        if not growing:
            break
        counts[min(growing, key=lambda name: (counts[name], -sizes[name]))] += 1
    return {name: _levels(space[name], count) for name, count in counts.items()}


def _size(hyperparameter: Any) -> float:
    values = finite_values(hyperparameter)
    if values is not None:
        return len(values)
    if isinstance(hyperparameter, UniformIntegerHyperparameter):
        return hyperparameter.upper - hyperparameter.lower + 1
    return math.inf


def _levels(hyperparameter: Any, count: int) -> list[Any]:
    # Cell centres for a single level, end points included from two on.
    positions = np.linspace(0, 1, count) if count > 1 else np.array([0.5])
    values = finite_values(hyperparameter)
    if values is not None:
        return [values[round(position * (len(values) - 1))] for position in positions]
    low, high = hyperparameter.lower, hyperparameter.upper
    if hyperparameter.log:
        levels = [low * (high / low) ** position for position in positions]
    else:
        levels = [low + (high - low) * position for position in positions]
    if isinstance(hyperparameter, UniformIntegerHyperparameter):
        return list(dict.fromkeys(round(level) for level in levels))
    # A power may exceed its range by one bit.
    return [min(max(float(level), low), high) for level in levels]


def to_hyperopt(space: ConfigurationSpace, hp: Any) -> dict[str, Any]:
    """Translate for hyperopt; `hp` is its module of that name. Read points with `from_hyperopt`.

    An ordinal becomes `uniformint` over its positions, so that TPE sees the order (with even steps
    this is the `quniform` of the article).
    """
    return {name: _hyperopt(name, space[name], hp) for name in space}


def _hyperopt(name: str, hyperparameter: Any, hp: Any) -> Any:
    if isinstance(hyperparameter, OrdinalHyperparameter):
        return hp.uniformint(name, 0, len(hyperparameter.sequence) - 1)
    values = finite_values(hyperparameter)
    if values is not None:
        return hp.choice(name, values)
    low, high = hyperparameter.lower, hyperparameter.upper
    if isinstance(hyperparameter, UniformIntegerHyperparameter):
        if hyperparameter.log:
            return hp.qloguniform(name, math.log(low), math.log(high), 1)
        return hp.uniformint(name, low, high)
    if hyperparameter.log:
        return hp.loguniform(name, math.log(low), math.log(high))
    return hp.uniform(name, low, high)


def from_hyperopt(space: ConfigurationSpace, point: Mapping[str, Any]) -> Params:
    """Return a point that hyperopt suggested in the space's own values."""
    params: Params = {}
    for name, value in point.items():
        hyperparameter = space[name]
        if isinstance(hyperparameter, OrdinalHyperparameter):
            params[name] = hyperparameter.sequence[int(value)]
        elif isinstance(hyperparameter, UniformIntegerHyperparameter):
            params[name] = int(value)
        else:
            params[name] = value
    return plain_params(params)
