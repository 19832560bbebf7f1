"""Branches: a space with conditions as the spaces without any that it is made of.

The values of a parent that activate the same children stay together: where `gamma` depends on the kernel's being rbf or
poly, there are two branches, one of the linear kernel, and one of the others with `gamma`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from ConfigSpace import ConfigurationSpace
from ConfigSpace.hyperparameters import IntegerHyperparameter

from tuners.spaces.conditions import Needed, needed_by
from tuners.spaces.points import finite_values, size
from tuners.spaces.values import position

Branch = dict[str, list[Any] | None]
"""By active hyperparameter: its values in this branch; None for all that it has."""


def branches(space: ConfigurationSpace) -> list[Branch]:
    """Return the branches of a space, which have no point in common; one of a space without conditions."""
    needed = needed_by(space)
    if not needed:
        return [dict.fromkeys(space)]
    return list(_expanded(space, needed, list(space), {}))


def points(space: ConfigurationSpace, branch: Branch) -> float:
    """Return how many points a branch has; infinity with a range of floats."""
    return math.prod(math.inf if (count := levels_of(space, branch, name)) is None else count for name in branch)


def levels_of(space: ConfigurationSpace, branch: Branch, name: str) -> int | None:
    """Return how many values a hyperparameter has in a branch, or None for a range of floats."""
    values = branch[name]
    return size(space[name]) if values is None else len(values)


def parent_values(hyperparameter: Any) -> list[Any] | None:
    """Return the values of a hyperparameter that others may depend on; None of a range of floats."""
    values = finite_values(hyperparameter)
    if values is None and isinstance(hyperparameter, IntegerHyperparameter):
        return list(range(hyperparameter.lower, hyperparameter.upper + 1))
    return values


def _expanded(
    space: ConfigurationSpace, needed: dict[str, Needed], names: Sequence[str], chosen: Branch
) -> Iterator[Branch]:
    """Yield the branches that have what is chosen; ConfigSpace names parents before their children."""
    if not names:
        yield chosen
        return
    name, *rest = names
    if name in needed and not all(_within(chosen.get(parent), values) for parent, values in needed[name].items()):
        yield from _expanded(space, needed, rest, chosen)
        return
    on_it = [each[name] for each in needed.values() if name in each]
    groups: Sequence[list[Any] | None] = _alike(space[name], on_it) if on_it else [None]
    for group in groups:
        yield from _expanded(space, needed, rest, {**chosen, name: group})


def _within(chosen: list[Any] | None, values: Sequence[Any]) -> bool:
    """Whether a parent is active, and has values that are needed: of those that stay together, all or none are."""
    return chosen is not None and position(values, chosen[0]) is not None


def _alike(hyperparameter: Any, on_it: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Return the values of a parent, those together that meet the same conditions."""
    groups: dict[tuple[bool, ...], list[Any]] = {}
    for value in parent_values(hyperparameter) or ():
        met = tuple(position(values, value) is not None for values in on_it)
        groups.setdefault(met, []).append(value)
    return list(groups.values())
