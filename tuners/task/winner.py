"""What a record tells of its winner on the test rows beside its score: what it confuses, its errors, other metrics."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tuners.errors import unwinds
from tuners.task.problem import own_rows
from tuners.task.scorers import METRICS

if TYPE_CHECKING:
    from tuners.task.problem import Problem

MOST_PREDICTIONS = 100
"""Test rows of which a record has the true and the predicted number: saved runs have a line for each of these."""
DIGITS = 4
"""Of the spread of the numbers, to which they are rounded."""


@dataclass(frozen=True)
class Told:
    """Fields of a record, by their names there."""

    confusion_matrix: list[list[int]] | None = None
    predictions: list[list[float]] | None = None
    other_scores: dict[str, float | None] | None = None
    other_positive: str = ""


def told(problem: Problem, fitted: Any) -> Told:
    """Return what is told of a fitted winner."""
    return replace(
        told_of_all(problem),
        confusion_matrix=problem.confusion_matrix(fitted),
        predictions=predictions(problem, fitted),
        other_scores=other_scores(problem, fitted),
    )


def told_of_all(problem: Problem) -> Told:
    """Return what is told of any winner of a problem."""
    positives = [problem.positive_of(metric) for metric in problem.protocol.others]
    return Told(other_positive=next((str(each) for each in positives if each is not None), ""))


def expected(problem: Problem) -> list[str]:
    """Return the fields that are told of a problem's winners."""
    others = ["other_scores"] if problem.protocol.others else []
    return ["confusion_matrix" if problem.model.classifies else "predictions", *others]


def predictions(problem: Problem, fitted: Any) -> list[list[float]] | None:
    """Return (true, predicted) numbers of test rows, at most `MOST_PREDICTIONS`; None for a classifier.

    In the order of the true numbers, evenly so, and as exact as a plot or a quantile needs.
    """
    if problem.model.classifies:
        return None
    predicted = np.ravel(fitted.predict(own_rows(problem.split.X_test)))
    pairs = np.column_stack([problem.split.y_test, predicted]).astype(float)
    pairs = pairs[np.isfinite(pairs).all(axis=1)]
    spread = float(np.ptp(pairs)) if len(pairs) else 0.0
    pairs = np.round(pairs, DIGITS - math.floor(math.log10(spread))) if 0 < spread < math.inf else pairs
    pairs = pairs[np.lexsort(pairs.T[::-1])]
    chosen = np.linspace(0, len(pairs) - 1, min(len(pairs), MOST_PREDICTIONS)).round().astype(int)
    found: list[list[float]] = pairs[chosen].tolist()
    return found


def other_scores(problem: Problem, fitted: Any) -> dict[str, float | None] | None:
    """Return the scores by the protocol's other metrics, by their names in records; None where there are none.

    The score is None where the metric cannot score this winner; the untuned model it could, before the session began.
    """
    return {METRICS.recorded(metric): _score(problem, fitted, metric) for metric in problem.protocol.others} or None


def _score(problem: Problem, fitted: Any, metric: str) -> float | None:
    try:
        score = problem.test_score(fitted, metric)
    except BaseException as error:
        if unwinds(error):
            raise
        return None
    return score if np.isfinite(score) else None
