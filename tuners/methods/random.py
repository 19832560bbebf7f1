"""Random search: scikit-learn's `RandomizedSearchCV` (Bergstra and Bengio 2012).

A space that it cannot express, with conditions, forbidden clauses, weights or other distributions than uniform ones, is
sampled by ConfigSpace.
"""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Iterable
from typing import Any

from sklearn.model_selection import GridSearchCV, RandomizedSearchCV

from tuners.evaluation.parts import FIRST, MOST
from tuners.methods._start import drawn, evaluate_start
from tuners.objective import Objective
from tuners.spaces import Params, cardinality, distributions, is_plain, of_one, without

LISTED = 100_000
"""Points of the largest finite space in which the start is not drawn again; in a larger one it would hardly be."""


def tune(objective: Objective, seed: int) -> None:
    """Evaluate as many random candidates as the budget holds."""
    evaluate_start(objective)
    if not is_plain(objective.space):
        evaluate(objective, drawn(objective, seed))
        return
    whole: Any = distributions(objective.space)
    listed = all(isinstance(values, list) for values in whole.values())
    candidates = objective.remaining
    if listed:
        if objective.start is not None and cardinality(objective.space) <= LISTED:
            whole = without(whole, objective.start)
        grids = whole if isinstance(whole, list) else [whole]
        # A finite space smaller than the budget is searched whole.
        points = sum(math.prod(map(len, grid.values())) for grid in grids)
        if points > sys.maxsize:  # which scikit-learn cannot number
            evaluate(objective, drawn(objective, seed))
            return
        candidates = min(candidates, points)
    if candidates:
        objective.search(RandomizedSearchCV(objective.estimator, whole, n_iter=candidates, random_state=seed))


def evaluate(objective: Objective, points: Iterable[Params]) -> None:
    """Evaluate points in their order, many at a time, so that they share work, until the budget is spent."""
    # What the time may cut off is not drawn beforehand.
    size = objective.remaining if objective.budget.seconds is None else FIRST
    left = iter(points)
    while objective.remaining and (batch := list(itertools.islice(left, min(size, objective.remaining)))):
        objective.search(GridSearchCV(objective.estimator, [of_one(point) for point in batch]))
        size = min(2 * size, MOST)
