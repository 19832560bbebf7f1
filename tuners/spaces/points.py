"""Points of a space: whether one lies in it, and its values as those that are listed."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from ConfigSpace import (
    CategoricalHyperparameter,
    ConfigurationSpace,
    Constant,
    OrdinalHyperparameter,
    UniformFloatHyperparameter,
    UniformIntegerHyperparameter,
)
from ConfigSpace.hyperparameters import IntegerHyperparameter

from tuners.results.params import Params, plain, plain_params
from tuners.spaces.conditions import active
from tuners.spaces.exact import FineFloat
from tuners.spaces.values import copied, position

UNIFORM = (UniformFloatHyperparameter, UniformIntegerHyperparameter, FineFloat)
"""Ranges whose values are all as likely, on their linear or logarithmic scale."""


def finite_values(hyperparameter: Any) -> list[Any] | None:
    """Return every value in order, or None for a range."""
    if isinstance(hyperparameter, CategoricalHyperparameter):
        return [plain(value) for value in hyperparameter.choices]
    if isinstance(hyperparameter, OrdinalHyperparameter):
        return [plain(value) for value in hyperparameter.sequence]
    if isinstance(hyperparameter, Constant):
        return [plain(hyperparameter.value)]
    return None


def contains(space: ConfigurationSpace, params: Mapping[str, Any]) -> bool:
    """Whether a point has just the hyperparameters that are active there, each with a legal value of its type.

    A point that a forbidden clause names does not lie in the space.
    """
    there = set(params) == set(active(space, params))
    return there and all(_legal(space[name], value) for name, value in params.items()) and allowed(space, params)


def allowed(space: ConfigurationSpace, params: Mapping[str, Any]) -> bool:
    """Whether no forbidden clause names a point. One that a library asks for all the same is not evaluated."""
    return not any(_is_forbidden(clause, params) for clause in space.forbidden_clauses)


def _is_forbidden(clause: Any, params: Mapping[str, Any]) -> bool:
    return all(each.name in params for each in _named(clause)) and bool(clause.is_forbidden_value(dict(params)))


def _named(clause: Any) -> list[Any]:
    """Return the hyperparameters that a forbidden clause names."""
    if hasattr(clause, "components"):
        return [each for part in clause.components for each in _named(part)]
    return [clause.left, clause.right] if hasattr(clause, "left") else [clause.hyperparameter]


def _legal(hyperparameter: Any, value: Any) -> bool:
    values = finite_values(hyperparameter)
    if values is not None:
        return position(values, value) is not None
    value = plain(value)
    kinds = int if isinstance(hyperparameter, IntegerHyperparameter) else int | float
    if isinstance(value, bool) or not isinstance(value, kinds):
        return False
    return bool(hyperparameter.lower <= value <= hyperparameter.upper)


def own_copy(space: ConfigurationSpace) -> ConfigurationSpace:
    """Return a copy that a tuner may change, seed or add to, listed values included; `restored` leads back.

    A listed value that cannot be copied, such as a lock, is the same object in both.
    """
    listed = [value for name in space for value in finite_values(space[name]) or ()]
    # `deepcopy` takes what this dict holds for copied: each value once, those that cannot be copied as they are.
    return copy.deepcopy(space, {id(value): copied(value) for value in listed})


def restored(space: ConfigurationSpace, params: Mapping[str, Any], *, evaluated: bool = False) -> Params:
    """Return a point, which a tuner may have made of a copy's values, as the space's own listed objects.

    Libraries compute with floats. So a number that is not listed in its own type, such as 1.0 for 1, becomes the
    listed value if it equals just one; and a whole float in a range of integers becomes an integer. A number that
    a library has already `evaluated` stays as it is. A value that is not in the space is copied, so that the
    tuner cannot change it afterwards.
    """
    return plain_params(
        {
            name: _restored(space[name], value, evaluated=evaluated) if name in space else copied(value)
            for name, value in params.items()
        }
    )


def _restored(hyperparameter: Any, value: Any, *, evaluated: bool) -> Any:
    value, values = plain(value), finite_values(hyperparameter)
    if values is None and not evaluated:
        whole = isinstance(hyperparameter, IntegerHyperparameter) and isinstance(value, float)
        return int(value) if whole and value.is_integer() else copied(value)
    place = None if values is None else position(values, value)
    if values is None or (place is None and evaluated):
        return copied(value)
    if place is not None:
        return values[place]
    equal = [each for each in values if isinstance(each, int | float) and each == value] if _is_number(value) else []
    return equal[0] if len(equal) == 1 else copied(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def size(hyperparameter: Any) -> int | None:
    """Return how many values there are, or None for a range of floats."""
    values = finite_values(hyperparameter)
    if values is not None:
        return len(values)
    if isinstance(hyperparameter, IntegerHyperparameter):
        return int(hyperparameter.upper - hyperparameter.lower + 1)
    return None
