"""Grid search: scikit-learn's `GridSearchCV` over levels that fit the budget."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sklearn.model_selection import GridSearchCV, ParameterGrid

from tuners.methods._start import evaluate_start
from tuners.objective import Objective
from tuners.results.keys import freeze
from tuners.spaces import Params, count_with_forbidden, grids, of_one, without

if TYPE_CHECKING:
    from ConfigSpace import ConfigurationSpace

FIRST = 8
"""Candidates of the first grid, where only the time ends the search; each further one has about twice as many."""


def tune(objective: Objective, seed: int) -> None:  # noqa: ARG001  nothing random
    """Evaluate the largest evenly spread grid within the budget, or finer and finer grids while the time lasts."""
    start = objective.start
    evaluate_start(objective)
    if objective.budget.stated is None:
        for points in finer(objective.space, start):
            objective.search(GridSearchCV(objective.estimator, points))
    elif objective.remaining:
        levels = grids(objective.space, objective.remaining)
        rest: Any = levels if start is None else [part for each in levels for part in without(each, start)]
        if rest:
            objective.search(GridSearchCV(objective.estimator, rest))


def finer(space: ConfigurationSpace, start: Params | None = None) -> Iterator[list[dict[str, list[Any]]]]:
    """Yield grids over the whole space, each finer than the last and without its points, until there is no other.

    The start is of none of them.
    """
    seen: set[object] = set() if start is None else {freeze(start)}
    budget, whole = FIRST // 2, count_with_forbidden(space)
    while budget < whole:
        budget *= 2
        new = {freeze(point): point for point in ParameterGrid(grids(space, budget))}
        points = [point for key, point in new.items() if key not in seen]
        seen |= new.keys()
        if points:
            yield [of_one(point) for point in points]


tune.deterministic = True  # type: ignore[attr-defined]  # its runs on a problem are all the same
