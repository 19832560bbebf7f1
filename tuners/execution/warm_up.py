"""What is done once in a process, before any clock runs: no tuner should pay for it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakSet

from sklearn.base import clone
from sklearn.model_selection import cross_validate

if TYPE_CHECKING:
    from tuners.task.problem import Problem

_pooled: WeakSet[Problem] = WeakSet()
_compared: WeakSet[Problem] = WeakSet()


def warm_up(problem: Problem, jobs: int, *, shared: bool) -> None:
    """Start the workers of several jobs; with `shared`, compile the kernel and compare its scores with scikit-learn's.

    Each is done once for a problem.
    """
    X, y = problem.split.X_train, problem.split.y_train
    if jobs != 1 and problem not in _pooled:
        # The pool of worker processes, and what they import.
        cross_validate(clone(problem.estimator), X, y, cv=problem.folds, n_jobs=jobs)
        _pooled.add(problem)
    if shared and problem not in _compared and problem.reshuffled is None:
        from tuners.search.evaluator import SharedEvaluator  # noqa: PLC0415  loaded where candidates share work

        # Two candidates, since some families share nothing with one.
        evaluator = SharedEvaluator(problem.estimator, X, y, problem.folds[:1], problem.scorer)
        list(evaluator.evaluate([{}, {}]))
        _compared.add(problem)
