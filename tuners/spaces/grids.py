"""Grids: levels of each hyperparameter that fit a budget, and the points of a space that can be listed."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from ConfigSpace import ConfigurationSpace
from ConfigSpace.hyperparameters import IntegerHyperparameter

from tuners.errors import TuningError
from tuners.results.params import Params, plain_params
from tuners.spaces.branches import Branch, branches, levels_of, points
from tuners.spaces.points import allowed, finite_values
from tuners.spaces.values import position


def cardinality(space: ConfigurationSpace) -> float:
    """Return how many points a space has, infinity with a range of floats; those forbidden count in a large space."""
    whole = count_with_forbidden(space)
    if space.forbidden_clauses and whole <= MOST_CANDIDATES:
        return len(candidates(space) or ())
    return whole


def grid(space: ConfigurationSpace, budget: int) -> dict[str, list[Any]]:
    """Choose levels whose product fits the budget, spread over a space without conditions and forbidden clauses.

    A full grid cut off at the budget would explore one corner. Levels are added one at a time to
    the hyperparameter that has fewest so far (of those, the one with most values), until no further
    level fits. One level alone is the middle one. Raises `TuningError` for a space that takes several grids.
    """
    if space.conditions or space.forbidden_clauses:
        message = (
            "spaces.grid: expected a space without conditions and forbidden clauses, got one with some: use "
            "spaces.grids, whose grids together cover it"
        )
        raise TuningError(message)
    return _grids(space, branches(space), budget)[0]


def grids(space: ConfigurationSpace, budget: int) -> list[dict[str, list[Any]]]:
    """Choose grids that together fit the budget, spread over the whole space; as scikit-learn's searches take them.

    There is one for each branch, and levels are added to the grid that has fewest points so far, as by `grid`. Where
    the budget has less than a point for each branch, some have none. What is forbidden is left out.
    """
    every = branches(space)
    chosen = every if len(every) <= budget else [every[at] for at in _spread(len(every), budget)]
    found = _grids(space, chosen, budget)
    if not space.forbidden_clauses:
        return found
    listed = (dict(zip(each, point, strict=True)) for each in found for point in itertools.product(*each.values()))
    left = [of_one(point) for point in listed if allowed(space, point)]
    # Of few points, all may be forbidden: then those of a finer grid, the first ones.
    return left if left or budget >= count_with_forbidden(space) else grids(space, 2 * budget)[:budget]


def of_one(point: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the grid that has one point, as scikit-learn's searches take it."""
    return {name: [value] for name, value in point.items()}


def count_with_forbidden(space: ConfigurationSpace) -> float:
    """Return how many points a space has, those included that are forbidden; infinity with a range of floats."""
    return sum(points(space, branch) for branch in branches(space))


def _spread(count: int, chosen: int) -> list[int]:
    """Return as many positions of a list as are chosen, evenly spread."""
    return [round(float(at)) for at in np.linspace(0, count - 1, chosen)]


def _grids(space: ConfigurationSpace, among: Sequence[Branch], budget: int) -> list[dict[str, list[Any]]]:
    sizes = [
        {name: math.inf if (count := levels_of(space, branch, name)) is None else count for name in branch}
        for branch in among
    ]
    counts = [dict.fromkeys(branch, 1) for branch in among]
    products = [1] * len(among)
    growing = list(range(len(among)))
    while growing:
        smallest = min(growing, key=products.__getitem__)
        mine, limits, left = counts[smallest], sizes[smallest], budget - sum(products) + products[smallest]
        able = [
            name
            for name, count in mine.items()
            if count < limits[name] and products[smallest] // count * (count + 1) <= left
        ]
        if not able:
            growing.remove(smallest)
            continue
        mine[min(able, key=lambda name: (mine[name], -limits[name]))] += 1
        products[smallest] = math.prod(mine.values())
    return [
        {name: _levels(space[name], branch[name], count) for name, count in each.items()}
        for branch, each in zip(among, counts, strict=True)
    ]


def without(grid: Mapping[str, Sequence[Any]], point: Mapping[str, Any]) -> list[dict[str, list[Any]]]:
    """Return grids that together have the points of a grid but one, each once; as scikit-learn's searches take them.

    There is none where the grid has no other point. A point that has other hyperparameters is not in the
    grid.
    """
    if set(grid) != set(point):
        return [{name: list(values) for name, values in grid.items()}]
    places = {name: position(grid[name], point[name]) for name in sorted(grid)}
    if None in places.values():
        return [{name: list(values) for name, values in grid.items()}]
    rest = []
    begun: dict[str, list[Any]] = {}
    for name, place in places.items():
        others = [value for at, value in enumerate(grid[name]) if at != place]
        if others:
            rest.append({each: begun.get(each, list(values)) for each, values in grid.items()} | {name: others})
        begun[name] = [point[name]]
    return rest


MOST_CANDIDATES = 200_000
"""Of a space that is listed."""


def candidates(space: ConfigurationSpace) -> list[Params] | None:
    """List every point of a space; None where there is no end of them, or where they are too many to list."""
    every = branches(space)
    counts = [points(space, branch) for branch in every]
    if sum(counts) > MOST_CANDIDATES:
        return None
    found = []
    for branch, count in zip(every, counts, strict=True):
        (levels,) = _grids(space, [branch], int(count))
        listed = (plain_params(dict(zip(levels, each, strict=True))) for each in itertools.product(*levels.values()))
        found += [params for params in listed if allowed(space, params)]
    return found


def _levels(hyperparameter: Any, some: list[Any] | None, count: int) -> list[Any]:
    """Return so many levels of a hyperparameter, or of some of its values."""
    # Cell centres for a single level, end points included from two on.
    positions = np.linspace(0, 1, count) if count > 1 else np.array([0.5])
    values = finite_values(hyperparameter) if some is None else some
    if values is not None:
        return [values[round(position * (len(values) - 1))] for position in positions]
    low, high = hyperparameter.lower, hyperparameter.upper
    if hyperparameter.log:
        levels = [low * (high / low) ** position for position in positions]
    else:
        levels = [low + (high - low) * position for position in positions]
    if isinstance(hyperparameter, IntegerHyperparameter):
        return list(dict.fromkeys(round(level) for level in levels))
    # A power may exceed its range by one bit.
    return [min(max(float(level), low), high) for level in levels]
