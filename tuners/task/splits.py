"""The rows of a problem: which of the dataset's are used, which are for training, and the folds.

    draw at most `protocol.rows` rows, in the classes' proportions
    give a rare class enough of them for split and folds
    set the test rows apart
    divide the training rows into folds

All of it by the problem's seed alone, so that every tuner of the problem has the same rows. What a dataset knows of its
rows comes first: a test set of the user's own, their time, their groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.model_selection import KFold, ShuffleSplit, StratifiedKFold, StratifiedShuffleSplit, train_test_split

from tuners.errors import TuningError
from tuners.task import capped, forward
from tuners.task.grouped import divided
from tuners.task.part import Part

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

    Raises `TuningError` where a class, groups or time are such that the rows cannot be divided.
    """
    try:
        train, test = _divided(dataset, protocol, seed, stratified=stratified)
    except ValueError as error:
        remedy = capped.more_data(dataset, protocol)
        message = f"dataset {dataset.name!r} cannot be split at seed {seed}: {error}: {remedy}"
        raise TuningError(message) from None
    X, y = dataset.X, dataset.y
    return Split(take(X, train), take(X, test), y[train], y[test], train, test)


def folds(part: Part, protocol: Protocol, seed: int) -> list[Fold]:
    """Return the folds of the training rows, shuffled by the seed, unless they have time.

    Raises `ValueError` where there are too few rows, groups or times.
    """
    validation = protocol.validation
    if part.time is not None:
        if validation.times > 1 or protocol.reshuffle:
            message = "rows in order of time are divided in one way only"
            raise ValueError(message)
        found = forward.folds(part, validation)
        if found is None:
            message = f"too few distinct times for {validation.words}"
            raise ValueError(message)
        return found
    labels = part.codes if part.labels is None else part.labels
    if part.groups is not None:
        return _grouped(part, protocol, np.random.RandomState(seed))
    if validation.holdout is not None:
        kind = ShuffleSplit if part.labels is None else StratifiedShuffleSplit
        drawn = kind(validation.times, test_size=validation.holdout, random_state=seed).split(part.rows, labels)
        return [(np.sort(fit), np.sort(validated)) for fit, validated in drawn]
    # As scikit-learn's own repeated folds: one stream of random numbers, which begins with the folds of one division.
    splitter, random = KFold if part.labels is None else StratifiedKFold, np.random.RandomState(seed)
    return [
        fold
        for _ in range(validation.times)
        for fold in splitter(validation.folds, shuffle=True, random_state=random).split(part.rows, labels)
    ]


def _divided(
    dataset: Dataset, protocol: Protocol, seed: int, *, stratified: bool
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the numbers of the training and of the test rows."""
    if dataset.test is not None:
        own = Part.of(dataset, np.flatnonzero(~dataset.test), stratified=stratified)
        return capped.drawn(own, protocol, seed, tested=False).rows, np.flatnonzero(dataset.test)
    part = capped.drawn(Part.of(dataset, np.arange(len(dataset.y)), stratified=stratified), protocol, seed)
    if part.time is not None:
        found = forward.latest(part, protocol.test_size)
        if found is None:
            message = "all rows that are used have the same time"
            raise ValueError(message)
        return part.rows[found[0]], part.rows[found[1]]
    if part.groups is not None:
        place = divided(part, (1 - protocol.test_size, protocol.test_size), np.random.RandomState(seed))
        return part.rows[place == 0], part.rows[place == 1]
    train, test = train_test_split(part.rows, test_size=protocol.test_size, random_state=seed, stratify=part.labels)
    return train, test


def _grouped(part: Part, protocol: Protocol, random: np.random.RandomState) -> list[Fold]:
    """Return folds of whole groups."""
    validation, found = protocol.validation, []
    share = validation.holdout
    shares = [1 / validation.folds] * validation.folds if share is None else [1 - share, share]
    for _ in range(validation.times):
        place = divided(part, shares, random)
        parts = range(validation.folds) if share is None else [1]
        found += [(np.flatnonzero(place != number), np.flatnonzero(place == number)) for number in parts]
    return found


def take(X: Any, rows: NDArray[np.intp]) -> Any:
    """Return rows of a frame, of an array or of sparse rows, by their places."""
    return X.iloc[rows] if hasattr(X, "iloc") else X[rows]
