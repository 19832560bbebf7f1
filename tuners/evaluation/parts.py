"""Searches in parts, so that what a search would draw in the end costs nothing at its beginning.

scikit-learn lists the candidates of a search before it evaluates any. Where time ends a search, it may have far more
than it will see: such a search is run as several, of the same candidates in the same order.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.model_selection import GridSearchCV, ParameterGrid, ParameterSampler, RandomizedSearchCV

from tuners.spaces import of_one

FIRST = 8
"""Candidates of the first part; each has twice as many as the one before, since evaluating together saves work."""
MOST = 256
MOST_LISTED = 100_000
"""Candidates that may be drawn at once; of more, each is drawn when its turn comes, and may recur."""


def parts(search: Any) -> Iterator[Any]:
    """Yield searches that together evaluate the candidates of scikit-learn's own; another search as it is."""
    candidates = _drawn(search)
    if candidates is None:
        yield search
        return
    size = FIRST
    while batch := list(itertools.islice(candidates, size)):
        yield GridSearchCV(search.estimator, [of_one(point) for point in batch])
        size = min(2 * size, MOST)


def count(search: Any) -> int | None:
    """Return the candidates of a search that comes in parts, without drawing any; None for another."""
    if type(search) is GridSearchCV:
        return _points(search.param_grid)
    if not _randomized(search):
        return None
    spaces = search.param_distributions
    if _sampled(spaces):
        return int(search.n_iter)
    return min(int(search.n_iter), _points(spaces))


def _points(grid: Any) -> int:
    several = [grid] if isinstance(grid, Mapping) else grid
    return sum(math.prod(len(values) for values in each.values()) for each in several)


def _randomized(search: Any) -> bool:
    return type(search) is RandomizedSearchCV and isinstance(search.random_state, int | np.integer)


def _sampled(spaces: Any) -> bool:
    """Whether a random search draws candidates one by one: it has a distribution."""
    several = [spaces] if isinstance(spaces, Mapping) else spaces
    return any(hasattr(values, "rvs") for each in several for values in each.values())


def _drawn(search: Any) -> Iterator[dict[str, Any]] | None:
    number = count(search)
    if number is None:
        return None
    if type(search) is GridSearchCV:
        grid: Iterator[dict[str, Any]] = iter(ParameterGrid(search.param_grid))
        return grid
    spaces = search.param_distributions
    if number > MOST_LISTED and isinstance(spaces, Mapping) and not _sampled(spaces):
        spaces = {name: _Choice(values) for name, values in spaces.items()}
    sampled: Iterator[dict[str, Any]] = iter(ParameterSampler(spaces, number, random_state=search.random_state))
    return sampled


class _Choice:
    """Listed values as a distribution: drawn one by one."""

    def __init__(self, values: Sequence[Any]) -> None:
        self._values = values

    def rvs(self, random_state: np.random.RandomState) -> Any:
        return self._values[random_state.randint(len(self._values))]
