"""The estimator to use: the best of the winners in cross-validation on all rows, refitted on all of them.

The winners of different seeds were scored on different rows. So each is scored once more, on the same folds of all
rows, and the untuned model with them: what is returned is never behind it there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone

from tuners.errors import TuningError
from tuners.evaluation.contract import Training, evaluator
from tuners.results.keys import freeze
from tuners.task import fitting, splits
from tuners.task.part import Part
from tuners.task.problem import Problem, own_rows, own_values

if TYPE_CHECKING:
    from tuners.evaluation.contract import Evaluator


@dataclass(frozen=True)
class Final:
    """A fitted estimator and how it was chosen."""

    estimator: Any
    """Fitted on all rows, with its preprocessing."""
    params: Mapping[str, Any]
    """Its hyperparameters; empty: the untuned model."""
    cv_score: float
    """In cross-validation on all rows; larger is better."""
    untuned: float
    """The untuned model's score there; NaN where it failed."""


def chosen(problem: Problem, candidates: Sequence[Mapping[str, Any]], *, jobs: int = 1) -> Final:
    """Return the best of candidates and the untuned model, refitted on all rows.

    Raises `TuningError` where none of them can be scored, and for a problem that prepares its rows itself.
    """
    if type(problem) is not Problem:
        message = f"{problem.model.name}: expected a preset whose preparation is the estimator's, got that of the "
        raise TuningError(message + "article, which scales its rows before it splits them: choose another preset")
    distinct = list({freeze(params): dict(params) for params in ({}, *candidates)}.values())
    training = all_rows(problem)
    scores = [_score(evaluator("plain", training, jobs=jobs), params) for params in distinct]
    if all(map(math.isnan, scores)):
        message = f"{problem.model.name} on {problem.dataset.name}: no candidate could be scored on all rows"
        raise TuningError(message)
    best = int(np.nanargmax(scores))
    return Final(refitted(training, distinct[best]), distinct[best], scores[best], scores[0])


def _score(evaluate: Evaluator, params: Mapping[str, Any]) -> float:
    """Return the mean score of a candidate; NaN for one that fails."""
    try:
        found = evaluate.evaluate(params)
    except Exception:  # noqa: BLE001  whatever an estimator raises: this candidate is not the one to use
        return math.nan
    return math.nan if found.reason else float(np.mean(found.fold_scores))


def all_rows(problem: Problem) -> Training:
    """Return all rows of a problem's dataset, its test rows with them, as one training part."""
    dataset, classifies = problem.dataset, problem.model.classifies
    part = Part.of(dataset, np.arange(len(dataset.y)), stratified=classifies)
    rows = part.rows
    return Training(
        clone(problem.estimator),
        own_rows(splits.take(dataset.X, rows)),
        own_rows(dataset.y[rows]),
        splits.folds(part, problem.protocol, problem.seed),
        problem.scorer,
        problem.metric,
        classifies,
        problem.of_rows(rows),
        ordered=dataset.time is not None,
        resource=problem.resource,
    )


def refitted(training: Training, params: Mapping[str, Any]) -> Any:
    """Return the estimator with these parameters, fitted on all rows of a training part."""
    estimator = clone(training.estimator).set_params(**own_values(params))
    return fitting.fit(estimator, training.X, training.y, training.of_rows)
