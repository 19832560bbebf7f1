"""Translations of a space for each library, and of its points back.

Listed values go out as positions, and come back as the listed objects: so None, tuples and estimators survive,
and 1, 1.0 and True stay apart. scikit-learn alone takes the values themselves, and hands them back as they are.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from typing import Any

from ConfigSpace import (
    CategoricalHyperparameter,
    ConfigurationSpace,
    Constant,
    OrdinalHyperparameter,
    UniformIntegerHyperparameter,
)
from scipy import stats

from tuners.results.params import Params, plain_params
from tuners.spaces.conditions import condition, needed_by
from tuners.spaces.points import finite_values
from tuners.spaces.scipy_distributions import LogIntegers
from tuners.spaces.values import position


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


def to_hyperopt(space: ConfigurationSpace, hp: Any) -> dict[str, Any]:
    """Translate for hyperopt; `hp` is its module of that name. Read points with `from_positions`.

    An ordinal becomes `uniformint` over its positions, so that TPE sees the order (with even steps
    this is the `quniform` of the article).
    """
    return {name: _hyperopt(name, space[name], hp) for name in space}


def _hyperopt(name: str, hyperparameter: Any, hp: Any) -> Any:
    if isinstance(hyperparameter, OrdinalHyperparameter):
        return hp.uniformint(name, 0, len(hyperparameter.sequence) - 1)
    values = finite_values(hyperparameter)
    if values is not None:
        return hp.choice(name, list(range(len(values))))
    low, high = hyperparameter.lower, hyperparameter.upper
    if isinstance(hyperparameter, UniformIntegerHyperparameter):
        if hyperparameter.log:
            return hp.qloguniform(name, math.log(low), math.log(high), 1)
        return hp.uniformint(name, low, high)
    if hyperparameter.log:
        return hp.loguniform(name, math.log(low), math.log(high))
    return hp.uniform(name, low, high)


def to_configspace(space: ConfigurationSpace) -> ConfigurationSpace:
    """Translate for libraries that sample a ConfigurationSpace themselves. Read points with `from_positions`."""
    translated = ConfigurationSpace()
    translated.add([_positions(space[name]) for name in space])
    for name, needed in needed_by(space).items():
        at = {parent: tuple(_position(space[parent], value) for value in values) for parent, values in needed.items()}
        translated.add(condition(translated, name, at))
    return translated


def _positions(hyperparameter: Any) -> Any:
    name, values = hyperparameter.name, finite_values(hyperparameter)
    if isinstance(hyperparameter, Constant):
        return Constant(name, 0)
    if isinstance(hyperparameter, OrdinalHyperparameter):
        return OrdinalHyperparameter(name, range(len(values or ())))
    return copy.copy(hyperparameter) if values is None else CategoricalHyperparameter(name, range(len(values)))


def from_positions(space: ConfigurationSpace, point: Mapping[str, Any]) -> Params:
    """Return a point of positions, and of numbers in ranges, in the space's own values."""
    return plain_params({name: _value(space[name], value) for name, value in point.items()})


def to_positions(space: ConfigurationSpace, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return a point of the space as `from_positions` reads it."""
    return {name: _position(space[name], params[name]) for name in space}


def _position(hyperparameter: Any, value: Any) -> Any:
    values = finite_values(hyperparameter)
    return value if values is None else position(values, value)


def _value(hyperparameter: Any, value: Any) -> Any:
    values = finite_values(hyperparameter)
    if values is not None:
        return values[int(value)]
    return int(value) if isinstance(hyperparameter, UniformIntegerHyperparameter) else value


from_hyperopt = from_positions
"""Its earlier name."""
