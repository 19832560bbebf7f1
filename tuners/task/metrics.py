"""Metrics: their ranges, which of them are for regression, and which score one class and need to know which."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np
from sklearn.metrics import check_scoring, make_scorer

from tuners.results.scorers import ONE_CLASS

_REGRESSION = frozenset({"d2_absolute_error_score", "explained_variance", "neg_max_error", "r2"})
_REGRESSION_WORDS = ("_error", "_deviance")
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
_OF_CLASSES = ("accuracy", "balanced_accuracy", "f1", "jaccard", "matthews", "precision", "recall", "top_k")
ROUNDING = 1e-9
"""How far rounding may carry a score out of its metric's range."""


def score_range(metric: str) -> tuple[float, float]:
    """Return the lowest and highest value of a scikit-learn scorer, larger being better; a loss ends at 0."""
    if metric in _RANGES:
        return _RANGES[metric]
    return (-math.inf, 0.0) if metric.startswith("neg_") else (0.0, 1.0)


def in_range(metric: str, score: float) -> bool:
    """Whether the metric can give this score, up to rounding. NaN, which a failed fold has, passes."""
    low, high = score_range(metric)
    return math.isnan(score) or low - ROUNDING <= score <= high + ROUNDING


def is_for_regression(metric: str) -> bool:
    """Whether a scorer compares numbers rather than classes."""
    return metric in _REGRESSION or any(word in metric for word in _REGRESSION_WORDS)


def is_for_classes(metric: str) -> bool:
    """Whether a scorer compares predicted classes, which a regressor does not give."""
    return metric.startswith(_OF_CLASSES)


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
    """Return a scikit-learn scorer; one of `ONE_CLASS` scores the class `positive`, of the sorted `labels`."""
    found = check_scoring(estimator, scoring=metric)
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


def _told_which(function: Any, positive: Any, y_true: Any, y_pred: Any) -> float:
    """Score with True as the positive class, for metrics that take the last label for it."""
    return float(function(np.asarray(y_true) == positive, np.asarray(y_pred) == positive))
