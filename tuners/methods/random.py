"""Random search: scikit-learn's `RandomizedSearchCV` (Bergstra and Bengio 2012).

A space that it cannot express, with conditions, forbidden clauses, weights or other distributions than uniform ones, is
sampled by ConfigSpace.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterable
from typing import Any

from sklearn.model_selection import GridSearchCV, RandomizedSearchCV

from tuners.methods._start import evaluate_start
from tuners.objective import Objective
from tuners.spaces import Params, cardinality, distributions, is_plain, same, samples, without

LISTED = 100_000
"""Points of the largest finite space in which the start is not drawn again; in a larger one it would hardly be."""
FIRST, MOST = 8, 256
"""Candidates that are drawn at a time, where only the time ends the search: each time twice as many."""


def tune(objective: Objective, seed: int) -> None:
    """Evaluate as many random candidates as the budget holds."""
    evaluate_start(objective)
    if not is_plain(objective.space):
        start = objective.start
        evaluate(
            objective, (point for point in samples(objective.space, seed) if start is None or not same(point, start))
        )
        return
    drawn: Any = distributions(objective.space)
    listed = all(isinstance(values, list) for values in drawn.values())
    if objective.start is not None and listed and cardinality(objective.space) <= LISTED:
        drawn = without(drawn, objective.start)
    if drawn == [] or not objective.remaining:
        return
    with warnings.catch_warnings():
        # A finite space smaller than the budget is searched whole.
        warnings.filterwarnings("ignore", "The total space of parameters", UserWarning)
        objective.search(
            RandomizedSearchCV(
                objective.estimator,
                drawn,
                n_iter=objective.remaining,
                random_state=seed,
            )
        )


def evaluate(objective: Objective, points: Iterable[Params]) -> None:
    """Evaluate points in their order, many at a time, so that they share work, until the budget is spent."""
    size = objective.remaining if objective.budget.stated is not None else FIRST
    left = iter(points)
    while objective.remaining and (batch := list(itertools.islice(left, min(size, objective.remaining)))):
        objective.search(
            GridSearchCV(objective.estimator, [{name: [value] for name, value in p.items()} for p in batch])
        )
        size = min(2 * size, MOST)
