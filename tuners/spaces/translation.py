"""Translations of a space for each library, and of its points back.

Listed values go out as positions, and come back as the listed objects: so None, tuples and estimators survive,
and 1, 1.0 and True stay apart. scikit-learn alone takes the values themselves, and hands them back as they are.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ConfigSpace import (
    CategoricalHyperparameter,
    ConfigurationSpace,
    Constant,
    OrdinalHyperparameter,
)
from ConfigSpace.hyperparameters import IntegerHyperparameter
from scipy import stats

from tuners.errors import TuningError
from tuners.results.params import Params, plain_params
from tuners.spaces.branches import parent_values
from tuners.spaces.conditions import active, condition, needed_by
from tuners.spaces.points import finite_values
from tuners.spaces.sampling import is_plain
from tuners.spaces.scipy_distributions import LogIntegers
from tuners.spaces.values import position


def distributions(space: ConfigurationSpace) -> dict[str, Any]:
    """Translate for scikit-learn's randomized searches: lists and frozen SciPy distributions.

    Raises `TuningError` for a space that they cannot express: one with conditions, forbidden clauses, weights, or
    hyperparameters that are not uniform.
    """
    if not is_plain(space):
        message = (
            "spaces.distributions: expected independent and uniform hyperparameters, got a space with conditions, "
            "forbidden clauses, weights or other distributions: use spaces.samples"
        )
        raise TuningError(message)
    return {name: _distribution(space[name]) for name in space}


def _distribution(hyperparameter: Any) -> Any:
    values = finite_values(hyperparameter)
    if values is not None:
        return values
    low, high = hyperparameter.lower, hyperparameter.upper
    if isinstance(hyperparameter, IntegerHyperparameter):
        return LogIntegers(low, high) if hyperparameter.log else stats.randint(low, high + 1)
    return stats.loguniform(low, high) if hyperparameter.log else stats.uniform(low, high - low)


def to_hyperopt(space: ConfigurationSpace, hp: Any) -> dict[str, Any]:
    """Translate for hyperopt; `hp` is its module of that name. Read points with `from_positions`.

    An ordinal becomes `uniformint` over its positions, so that TPE sees the order (with even steps
    this is the `quniform` of the article). A hyperparameter that others depend on is a choice among dictionaries, which
    have it under `OWN`, beside those that are active with it. Weights of choices are kept; other distributions are
    uniform in their range.
    """
    under: dict[str, list[tuple[str, Sequence[Any]]]] = {}
    for child, needed in needed_by(space).items():
        last = max(needed, key=list(space).index)
        under.setdefault(last, []).append((child, needed[last]))
    nodes: dict[str, Any] = {}
    for name in reversed(list(space)):  # children first: what several values of a parent activate is one node
        of = space[name]
        nodes[name] = _parent(name, of, under[name], nodes, hp) if name in under else _hyperopt(name, of, hp)
    children = {child for each in under.values() for child, _ in each}
    return {name: nodes[name] for name in space if name not in children}


OWN = ""
"""Under which a dictionary has its own hyperparameter's position: no hyperparameter's name."""


def _parent(
    name: str, hyperparameter: Any, under: Sequence[tuple[str, Sequence[Any]]], nodes: Mapping[str, Any], hp: Any
) -> Any:
    listed = finite_values(hyperparameter) is not None
    options = []
    for place, value in enumerate(parent_values(hyperparameter) or ()):
        with_it = {child: nodes[child] for child, values in under if position(values, value) is not None}
        options.append({OWN: place if listed else value, **with_it})
    return _choice(name, hyperparameter, options, hp)


def _choice(name: str, hyperparameter: Any, options: Sequence[Any], hp: Any) -> Any:
    if getattr(hyperparameter, "weights", None) is None:
        return hp.choice(name, list(options))
    return hp.pchoice(name, list(zip(map(float, hyperparameter.probabilities), options, strict=True)))


def _hyperopt(name: str, hyperparameter: Any, hp: Any) -> Any:
    if isinstance(hyperparameter, OrdinalHyperparameter):
        return hp.uniformint(name, 0, len(hyperparameter.sequence) - 1)
    values = finite_values(hyperparameter)
    if values is not None:
        return _choice(name, hyperparameter, range(len(values)), hp)
    low, high = hyperparameter.lower, hyperparameter.upper
    if isinstance(hyperparameter, IntegerHyperparameter):
        if hyperparameter.log:
            return hp.qloguniform(name, math.log(low), math.log(high), 1)
        return hp.uniformint(name, low, high)
    if hyperparameter.log:
        return hp.loguniform(name, math.log(low), math.log(high))
    return hp.uniform(name, low, high)


def to_configspace(space: ConfigurationSpace) -> ConfigurationSpace:
    """Translate for libraries that sample a ConfigurationSpace themselves. Read points with `from_positions`.

    Forbidden clauses are left out, since positions do not compare as values do: ask `allowed` of each point.
    """
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
    if values is None:
        return copy.copy(hyperparameter)
    return CategoricalHyperparameter(name, range(len(values)), weights=hyperparameter.weights)


def from_positions(space: ConfigurationSpace, point: Mapping[str, Any]) -> Params:
    """Return a point of positions, and of numbers in ranges, in the space's own values.

    What is inactive there is left out.
    """
    if not space.conditions:
        return plain_params({name: value_at(space[name], value) for name, value in point.items()})
    flat = {name: value_at(space[name], value) for name, value in _flat(point)}
    return plain_params({name: flat[name] for name in active(space, flat) if name in flat})


def _flat(point: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield names with their positions or numbers, of dictionaries in dictionaries, too."""
    for name, value in point.items():
        if isinstance(value, Mapping):
            yield name, value[OWN]
            yield from _flat({each: inner for each, inner in value.items() if each != OWN})
        else:
            yield name, value


def to_positions(space: ConfigurationSpace, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return a point of the space as `from_positions` reads it."""
    return {name: _position(space[name], params[name]) for name in active(space, params)}


def _position(hyperparameter: Any, value: Any) -> Any:
    values = finite_values(hyperparameter)
    return value if values is None else position(values, value)


def value_at(hyperparameter: Any, value: Any) -> Any:
    """Return the value at a position of those that are listed, or a number of a range as it is."""
    values = finite_values(hyperparameter)
    if values is not None:
        return values[int(value)]
    return int(value) if isinstance(hyperparameter, IntegerHyperparameter) else value


from_hyperopt = from_positions
"""Its earlier name."""
