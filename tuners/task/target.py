"""The target of a problem: whether it fits the model and the metric, and rows enough of each class."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from tuners.errors import TuningError
from tuners.results.one_class import ONE_CLASS
from tuners.task import metrics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tuners.task.problem import Problem
    from tuners.task.protocol import Protocol

MANY_CLASSES = 20
"""A numeric target with more distinct values, and too few rows of some, is a quantity rather than a label."""
MANY_SHARE = 0.05
"""Of the rows; of fewer distinct values the rare ones may well be classes."""


def check_target(problem: Problem) -> None:
    """Raise `TuningError` where model, metric and target are of different tasks, or a class has too few rows."""
    metric, model, dataset = problem.protocol.metric, problem.model, problem.dataset
    labels, counts = np.unique(dataset.y, return_counts=True)
    if not model.classifies:
        if labels.dtype.kind not in "iufb":
            message = (
                f"dataset {dataset.name!r}: the target holds labels such as {str(labels[0])!r}, and {model.name} is a "
                "regressor, which expects numbers: tune a classifier"
            )
            raise TuningError(message)
        if metrics.is_for_classes(metric):
            message = (
                f"metric {metric!r} does not fit {model.name} on {dataset.name}: it is for classes, and {model.name} "
                "is a regressor: expected a metric of numbers, such as r2 or neg_mean_absolute_error"
            )
            raise TuningError(message)
        return
    if _is_quantity(labels, counts, least=problem.protocol.folds + 1):
        message = (
            f"dataset {dataset.name!r}: the target has {len(labels)} distinct numbers in {len(dataset.y)} rows, which "
            f"is regression, and {model.name} is a classifier: tune a regressor, with --tuning-metric=r2 or "
            "neg_mean_absolute_error"
        )
        raise TuningError(message)
    if labels.dtype.kind == "f" and np.isfinite(labels).all() and (labels % 1).any():
        message = (
            f"dataset {dataset.name!r}: the labels are fractions, such as {labels[labels % 1 > 0][0]}, which "
            "scikit-learn takes for a quantity: write them as text, y.astype(str), or tune a regressor"
        )
        raise TuningError(message)
    if metrics.is_for_regression(metric):
        message = (
            f"metric {metric!r} is for regression, and {model.name} is a classifier: expected a metric of classes, "
            "such as accuracy, balanced_accuracy or f1_macro"
        )
        raise TuningError(message)
    if metric in {"f1", "jaccard", "precision", "recall"} and len(labels) > 2:
        message = (
            f"metric {metric!r} does not fit {model.name} on {dataset.name}: it scores one of two classes, and there "
            f"are {len(labels)}: expected {metric}_macro, {metric}_weighted or {metric}_micro"
        )
        raise TuningError(message)
    if metric in ONE_CLASS and len(labels) == 2 and problem.positive is None:
        first, second = dataset.classes
        message = (
            f"metric {metric!r} scores one class, and dataset {dataset.name!r} has {first!r} and {second!r}: say "
            f"which is positive, --tuning-positive={second} or Dataset(..., positive={labels.tolist()[1]!r})"
        )
        raise TuningError(message)
    _check_classes(problem, labels, counts)


def _is_quantity(labels: NDArray[Any], counts: NDArray[np.intp], *, least: int) -> bool:
    if labels.dtype.kind not in "iuf":
        return False
    return bool(len(labels) > max(MANY_CLASSES, MANY_SHARE * counts.sum()) and counts.min() < least)


def rows_needed(protocol: Protocol) -> int:
    """Return the rows of a class that a split in its proportion leaves with a test row and a training row a fold."""
    return math.ceil(protocol.folds / (1 - protocol.test_size)) + 1


def with_rare_classes(drawn: NDArray[np.intp], labels: NDArray[Any], least: int, seed: int) -> NDArray[np.intp]:
    """Return as many rows, in which each class has `least` rows, or all that it has of fewer.

    `drawn` are row numbers; those that make room are of the most frequent class. What is drawn well stays.
    """
    random = np.random.default_rng(seed)
    classes, total = np.unique(labels, return_counts=True)
    commonest = classes[total.argmax()]
    for label, available in zip(classes, total, strict=True):
        lacking = min(least, available) - np.count_nonzero(labels[drawn] == label)
        room = np.flatnonzero(labels[drawn] == commonest)
        if lacking <= 0 or len(room) - lacking < least:
            continue
        others = np.setdiff1d(np.flatnonzero(labels == label), drawn)
        drawn = drawn.copy()
        drawn[random.choice(room, lacking, replace=False)] = random.choice(others, lacking, replace=False)
    return drawn


def _check_classes(problem: Problem, labels: NDArray[Any], counts: NDArray[np.intp]) -> None:
    dataset, folds = problem.dataset, problem.protocol.folds
    # Each class needs a test row and a training row in every fold.
    least = folds + 1
    if counts.min() < least:
        message = (
            f"dataset {dataset.name!r}: class {str(labels[counts.argmin()])!r} has {counts.min()} rows: expected at "
            f"least {least} for a test set and {folds} folds; remove the class or use more data"
        )
        raise TuningError(message)
    present, training = np.unique(problem.split.y_train, return_counts=True)
    if training.min() < folds or len(present) < len(labels):
        fewest = training.min() if len(present) == len(labels) else 0
        message = (
            f"dataset {dataset.name!r}: a class has {fewest} training rows for {folds} folds (seed {problem.seed}): "
            f"{more_data(problem)}"
        )
        raise TuningError(message)


def more_data(problem: Problem) -> str:
    """Return the remedy where a class has too few rows."""
    rows = problem.protocol.rows
    if rows is None or len(problem.dataset.y) <= rows:
        return "use more data"
    return f"use more data, or more than {rows} rows of it (--tuning-preset=standard uses all)"
