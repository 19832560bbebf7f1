"""Grids: levels of each hyperparameter that fit a budget."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from ConfigSpace import ConfigurationSpace, UniformIntegerHyperparameter

from tuners.results.params import Params, plain_params
from tuners.spaces.points import cardinality, finite_values, size
from tuners.spaces.values import position


def grid(space: ConfigurationSpace, budget: int) -> dict[str, list[Any]]:
    """Choose levels whose product fits the budget, spread over the whole space.

    A full grid cut off at the budget would explore one corner. Levels are added one at a time to
    the hyperparameter that has fewest so far (of those, the one with most values), until no further
    level fits. One level alone is the middle one.
    """
    sizes = {name: math.inf if (count := size(space[name])) is None else count for name in space}
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


def without(grid: Mapping[str, Sequence[Any]], point: Mapping[str, Any]) -> list[dict[str, list[Any]]]:
    """Return grids that together have the points of a grid but one, each once; as scikit-learn's searches take them.

    There is none where the grid has no other point.
    """
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
    count = cardinality(space)
    if count > MOST_CANDIDATES:
        return None
    levels = grid(space, int(count))
    return [plain_params(dict(zip(levels, point, strict=True))) for point in itertools.product(*levels.values())]


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
