"""The rows of a problem: which of the dataset's are used, which are for training, and the folds.

    draw at most `protocol.rows` rows, in the classes' proportions
    give a rare class enough of them for split and folds
    set the test rows apart
    divide the training rows into folds

All of it by the problem's seed alone, so that every tuner of the problem has the same rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.model_selection import KFold, StratifiedKFold, train_test_split

from tuners.errors import TuningError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tuners.task.dataset import Dataset
    from tuners.task.protocol import Protocol

Fold = tuple["NDArray[np.intp]", "NDArray[np.intp]"]
"""Row numbers of the training part: those to fit on, those to validate on."""


@dataclass(frozen=True)
class Split:
    """Training and test rows; `X` of shape (rows, features), `y` of shape (rows,).

    Whoever fits, scores or searches gets a copy (`problem.own_rows`): some estimators write into what they are given.
    """

    X_train: Any
    X_test: Any
    y_train: NDArray[Any]
    y_test: NDArray[Any]
    train_rows: Any = None
    """Numbers of the training rows in the dataset, by which roles of rows are found; None where nobody says them."""
    test_rows: Any = None
    """Those of the test rows."""


def split(dataset: Dataset, protocol: Protocol, seed: int, *, stratified: bool) -> Split:
    """Return the rows that tuners see and those that they are judged on, `stratified` for a classifier.

    Raises `TuningError` where a class has too few rows to be in both.
    """
    try:
        rows, labels = _drawn(dataset, protocol, seed, stratified=stratified)
        train, test = train_test_split(rows, test_size=protocol.test_size, random_state=seed, stratify=labels)
    except ValueError as error:
        remedy = _more_data(dataset, protocol)
        message = f"dataset {dataset.name!r} cannot be split at seed {seed}: {error}: {remedy}"
        raise TuningError(message) from None
    X, y = dataset.X, dataset.y
    return Split(_take(X, train), _take(X, test), y[train], y[test], train, test)


def folds(training: Split, protocol: Protocol, seed: int, *, stratified: bool) -> list[Fold]:
    """Return the folds of the training rows, shuffled by the seed."""
    splitter = StratifiedKFold if stratified else KFold
    shuffled = splitter(protocol.folds, shuffle=True, random_state=seed)
    return list(shuffled.split(training.X_train, training.y_train))


def check_classes(dataset: Dataset, protocol: Protocol) -> None:
    """Raise `TuningError` for a class with too few rows for a test row, and a training row in every fold."""
    labels, counts = np.unique(dataset.y, return_counts=True)
    least = protocol.folds + 1
    if counts.min() < least:
        message = (
            f"dataset {dataset.name!r}: class {str(labels[counts.argmin()])!r} has {counts.min()} rows: expected at "
            f"least {least} for a test set and {protocol.folds} folds; remove the class or use more data"
        )
        raise TuningError(message)


def check_training_classes(dataset: Dataset, protocol: Protocol, seed: int, training: Split) -> None:
    """Raise `TuningError` for a class with fewer training rows than there are folds."""
    labels = np.unique(dataset.y)
    present, counts = np.unique(training.y_train, return_counts=True)
    if counts.min() < protocol.folds or len(present) < len(labels):
        fewest = counts.min() if len(present) == len(labels) else 0
        message = (
            f"dataset {dataset.name!r}: a class has {fewest} training rows for {protocol.folds} folds (seed {seed}): "
            f"{_more_data(dataset, protocol)}"
        )
        raise TuningError(message)


def _drawn(
    dataset: Dataset, protocol: Protocol, seed: int, *, stratified: bool
) -> tuple[NDArray[np.intp], NDArray[Any] | None]:
    """Return the numbers of the rows to use, and their labels where the split is stratified."""
    y = dataset.y
    rows = np.arange(len(y))
    labels = y if stratified else None
    # What is left out must hold a row of each class, or it cannot be drawn in proportion.
    least = len(np.unique(y)) if labels is not None else 1
    if protocol.rows is None or len(rows) - protocol.rows < least:
        return rows, labels
    drawn, _ = train_test_split(rows, train_size=protocol.rows, random_state=seed, stratify=labels)
    if labels is not None:
        drawn = _with_rare_classes(drawn, labels, _rows_needed(protocol), seed)
    return drawn, None if labels is None else labels[drawn]


def _rows_needed(protocol: Protocol) -> int:
    """Return the rows of a class that a split in its proportion leaves with a test row and a training row a fold."""
    return math.ceil(protocol.folds / (1 - protocol.test_size)) + 1


def _with_rare_classes(drawn: NDArray[np.intp], labels: NDArray[Any], least: int, seed: int) -> NDArray[np.intp]:
    """Return as many rows, in which each class has `least` rows, or all that it has of fewer.

    `drawn` are row numbers. Rows of the most frequent class make room; all others that were drawn stay.
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


def _more_data(dataset: Dataset, protocol: Protocol) -> str:
    """Return the remedy where a class has too few rows."""
    rows = protocol.rows
    if rows is None or len(dataset.y) <= rows:
        return "use more data"
    return f"use more data, or more than {rows} rows of it (--tuning-preset=standard uses all)"


def _take(X: Any, rows: NDArray[np.intp]) -> Any:
    return X.iloc[rows] if hasattr(X, "iloc") else X[rows]
