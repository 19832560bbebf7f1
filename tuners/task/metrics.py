"""Metrics: their ranges, which task they are for, and which score one class and need to know which."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np
from sklearn.metrics import check_scoring, get_scorer_names, make_scorer

from tuners.errors import one_line
from tuners.results.scorers import ONE_CLASS
from tuners.results.tasks import Task
from tuners.task.scorers import METRICS

_REGRESSION = frozenset({"d2_absolute_error_score", "explained_variance", "neg_max_error", "r2"})
_REGRESSION_WORDS = ("_error", "_deviance")
EXAMPLES: dict[Task, str] = {
    "classification": "accuracy, balanced_accuracy or f1_macro",
    "regression": "r2, neg_root_mean_squared_error or neg_mean_absolute_error",
}
"""Metrics that fit any target of a task."""
_CONVENTIONAL: tuple[frozenset[float], ...] = (frozenset({0, 1}), frozenset({-1, 1}))
"""Pairs of labels whose larger one is positive for everybody; False and True equal the first."""
_PAIRS = (
    ("no", "yes"),
    ("n", "y"),
    ("false", "true"),
    ("f", "t"),
    ("negative", "positive"),
    ("neg", "pos"),
)
"""Pairs of words, the positive one last."""
_RANGES = {
    "adjusted_mutual_info_score": (-1.0, 1.0),
    "adjusted_rand_score": (-1.0, 1.0),
    "d2_absolute_error_score": (-math.inf, 1.0),
    "d2_brier_score": (-math.inf, 1.0),
    "d2_log_loss_score": (-math.inf, 1.0),
    "explained_variance": (-math.inf, 1.0),
    "matthews_corrcoef": (-1.0, 1.0),
    "mutual_info_score": (0.0, math.inf),
    "positive_likelihood_ratio": (0.0, math.inf),
    "r2": (-math.inf, 1.0),
}
_EITHER_CLASS = frozenset({"d2_brier_score", "neg_brier_score"})
"""Metrics of two classes whose value does not depend on which is called positive; scikit-learn still has to be told."""
ROUNDING = 1e-9
"""How far rounding may carry a score out of its metric's range."""


def score_range(metric: str) -> tuple[float, float]:
    """Return the lowest and highest value of a scorer, larger being better; a loss ends at 0, one's own may be any."""
    if metric in _RANGES:
        return _RANGES[metric]
    if METRICS.is_own(metric):
        return -math.inf, math.inf
    return (-math.inf, 0.0) if metric.startswith("neg_") else (0.0, 1.0)


def in_range(metric: str, score: float) -> bool:
    """Whether the metric can give this score, up to rounding. NaN, which a failed fold has, passes."""
    low, high = score_range(metric)
    return math.isnan(score) or low - ROUNDING <= score <= high + ROUNDING


def fits(metric: str, task: Task) -> bool:
    """Whether a metric is for a task: one of scikit-learn's compares numbers or classes, one's own may be for both."""
    if METRICS.is_own(metric):
        return True
    of_numbers = metric in _REGRESSION or any(word in metric for word in _REGRESSION_WORDS)
    return of_numbers == (task == "regression")


def unusable(metric: str, fitted: Any, error: Exception) -> str:
    """Say why a metric has raised an error for a fitted estimator: that it has no probabilities, or what was raised."""
    response = getattr(METRICS.load(metric), "_response_method", "predict")
    asked = (response,) if isinstance(response, str) else tuple(response)
    if any(hasattr(fitted, method) for method in asked):
        return one_line(error)
    what = "probabilities" if asked == ("predict_proba",) else "probabilities or decision values"
    return (
        f"it needs {what}, and the estimator has no {' or '.join(asked)}: expected another metric, such as "
        f"{EXAMPLES['classification']}, or an estimator that has them (CalibratedClassifierCV gives them to any)"
    )


def label_named(labels: Iterable[Any], text: object) -> Any | None:
    """Return the label that a person means by a text, or by the label itself; None without one."""
    labels = list(labels)
    for label in labels:
        if str(label) == str(text):
            return label
    try:
        number = float(str(text))
    except ValueError:
        return None
    # A column of 0.0 and 1.0 has the class "1", too.
    numeric = [label for label in labels if isinstance(label, int | float | np.number)]
    return next((label for label in numeric if float(label) == number), None)


def conventional_positive(labels: Iterable[Any]) -> Any | None:
    """Return the positive one of 0 and 1, False and True, or -1 and 1; None of other labels."""
    labels = list(labels)
    if not all(isinstance(label, bool | np.bool_ | int | float | np.number) for label in labels):
        return None
    return max(labels) if frozenset(float(label) for label in labels) in _CONVENTIONAL else None


def positive_word(labels: Iterable[Any]) -> Any | None:
    """Return the positive one of "no" and "yes" and their like; None of other labels."""
    words = {str(label).strip().lower(): label for label in labels}
    pair = next((each for each in _PAIRS if set(each) == set(words)), None)
    return words[pair[1]] if pair else None


def scorer(estimator: Any, metric: str, positive: Any | None, labels: Sequence[Any] = ()) -> Any:
    """Return the scorer of a metric; one of `ONE_CLASS` scores the class `positive`, of the sorted `labels`."""
    found = check_scoring(estimator, scoring=METRICS.load(metric))
    if metric not in get_scorer_names():
        return found
    if metric in _EITHER_CLASS and len(labels) == 2:
        positive = labels[1]  # either gives the same value; scikit-learn has to be told one
    elif metric not in ONE_CLASS or positive is None:
        return found
    # scikit-learn has no public way to ask a scorer for its parts.
    function, kwargs, response = found._score_func, dict(found._kwargs), found._response_method  # noqa: SLF001
    if "likelihood" in metric:
        function = partial(_told_which, function, positive)
    else:
        kwargs["pos_label"] = positive
    return make_scorer(function, response_method=response, greater_is_better=not metric.startswith("neg_"), **kwargs)


def _told_which(function: Any, positive: Any, y_true: Any, y_pred: Any, **weights: Any) -> float:
    """Score with True as the positive class, for metrics that take the last label for it."""
    return float(function(np.asarray(y_true) == positive, np.asarray(y_pred) == positive, **weights))
