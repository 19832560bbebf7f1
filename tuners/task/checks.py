"""Whether a dataset can be divided under a protocol: one line for what is too rare, too few or contradictory."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from tuners.errors import TuningError
from tuners.task.capped import more_data

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tuners.task.dataset import Dataset
    from tuners.task.protocol import Protocol
    from tuners.task.splits import Fold, Split

FOLDS = "--tuning-folds"
TEST_SIZE = "--tuning-test-size"


def check_dataset(dataset: Dataset, protocol: Protocol, *, classes: bool) -> None:
    """Raise `TuningError` for what no seed can divide under a protocol."""
    _check_roles(dataset, protocol)
    if classes:
        _check_number(dataset, protocol)


def _check_roles(dataset: Dataset, protocol: Protocol) -> None:
    """Raise `TuningError` for roles of rows that contradict each other, or the protocol."""
    about = f"dataset {dataset.name!r}"
    if dataset.time is not None and (protocol.validation.times > 1 or protocol.reshuffle):
        asked = "folds reshuffled for each candidate" if protocol.reshuffle else protocol.validation.words
        message = (
            f"{about}: its rows have a time, and folds that go forward can be made in one way only: expected folds "
            f"made once and without --tuning-reshuffle, got {asked}: leave that out ({FOLDS})"
        )
        raise TuningError(message)
    if dataset.test is None:
        return
    tested, groups, time = dataset.test, dataset.groups, dataset.time
    if groups is not None:
        both = np.intersect1d(groups[tested], groups[~tested])
        if len(both):
            message = (
                f"{about}: {len(both)} of its {len(np.unique(groups))} groups have rows in its own test set and in the "
                "training rows: expected each group on one side: move its rows, or leave groups out"
            )
            raise TuningError(message)
    if time is not None and time[tested].min() <= time[~tested].max():
        message = (
            f"{about}: its own test set begins at {time[tested].min()}, and its training rows end at "
            f"{time[~tested].max()}: expected each test row later than all training rows: move rows, or leave time out"
        )
        raise TuningError(message)


def _check_number(dataset: Dataset, protocol: Protocol) -> None:
    """Raise `TuningError` for a class with too few rows, whatever the seed."""
    classes, counts = np.unique(dataset.y, return_counts=True)
    least = protocol.validation.least + 1
    if dataset.test is None and dataset.time is None and dataset.groups is None and counts.min() < least:
        message = (
            f"dataset {dataset.name!r}: class {str(classes[counts.argmin()])!r} has {counts.min()} rows: expected at "
            f"least {least} for a test set and {protocol.validation.words}; remove the class or use more data"
        )
        raise TuningError(message)


def check_groups(dataset: Dataset, protocol: Protocol, split: Split) -> None:
    """Raise `TuningError` where the training rows have fewer groups than there are folds."""
    if dataset.groups is None or dataset.time is not None:
        return
    groups = len(np.unique(dataset.groups[split.train_rows]))
    least = 2 if protocol.holdout is not None else protocol.folds
    if groups < least:
        message = (
            f"dataset {dataset.name!r}: {groups} of its {len(np.unique(dataset.groups))} groups are in the training "
            f"rows: expected at least {least} for {protocol.validation.words}: fewer folds ({FOLDS}), a smaller test "
            f"set ({TEST_SIZE}), or data of more groups"
        )
        raise TuningError(message)


def check_split(dataset: Dataset, split: Split, *, classes: bool) -> None:
    """Raise `TuningError` for a part without rows, or without a class."""
    for part, y in (("training rows", split.y_train), ("test rows", split.y_test)):
        if not len(y):
            message = f"dataset {dataset.name!r}: it has no {part}: {_remedy(dataset)}"
            raise TuningError(message)
        if classes:
            _require_classes(dataset, y, f"its {part}")


def check_training_classes(dataset: Dataset, protocol: Protocol, seed: int, training: Split) -> None:
    """Raise `TuningError` for a class with fewer training rows than there are folds."""
    if dataset.time is not None or dataset.groups is not None:
        return  # they have no proportions to keep: what matters is what each fold fits
    labels, least = np.unique(dataset.y), protocol.validation.least
    present, counts = np.unique(training.y_train, return_counts=True)
    if counts.min() < least or len(present) < len(labels):
        fewest = counts.min() if len(present) == len(labels) else 0
        message = (
            f"dataset {dataset.name!r}: a class has {fewest} training rows for {protocol.validation.words} "
            f"(seed {seed}): {more_data(dataset, protocol)}"
        )
        raise TuningError(message)


def check_folds(dataset: Dataset, split: Split, folds: list[Fold], *, classes: bool) -> None:
    """Raise `TuningError` for a fold that fits on no row, or on none of a class."""
    for number, (fit, validated) in enumerate(folds, 1):
        for part, rows in (("fits on", fit), ("validates on", validated)):
            if not len(rows):
                message = f"dataset {dataset.name!r}: fold {number} of {len(folds)} {part} no row: {_remedy(dataset)}"
                raise TuningError(message)
        if classes:
            _require_classes(dataset, split.y_train[fit], f"what fold {number} of {len(folds)} fits on")


def check_validated(
    dataset: Dataset, split: Split, folds: list[Fold], scores: Callable[[NDArray[np.intp]], bool], about: str
) -> None:
    """Raise `TuningError` for a fold that validates on no row of a class, where the metric has no score then.

    `scores` says whether it has one for some training rows; `about` begins the message.
    """
    for number, (_, validated) in enumerate(folds, 1):
        missing = np.setdiff1d(dataset.y, split.y_train[validated])
        if len(missing) and not scores(validated):
            message = (
                f"{about}: it has no score for what fold {number} of {len(folds)} validates on, which has no row of "
                f"class {str(missing[0])!r}: another metric, such as accuracy, or {_remedy(dataset, str(missing[0]))}"
            )
            raise TuningError(message)


def _require_classes(dataset: Dataset, y: NDArray[Any], where: str) -> None:
    missing = np.setdiff1d(dataset.y, y)
    if len(missing):
        more = f" and {len(missing) - 1} other" if len(missing) > 1 else ""
        message = (
            f"dataset {dataset.name!r}: class {str(missing[0])!r}{more} is not among {where}: expected rows of each "
            f"class: {_remedy(dataset, str(missing[0]))}"
        )
        raise TuningError(message)


def _remedy(dataset: Dataset, label: str = "") -> str:
    if dataset.time is not None:
        return f"fewer folds ({FOLDS}), another share of test rows ({TEST_SIZE}), or leave time out"
    if dataset.groups is not None:
        rows = dataset.y.astype(str) == label
        where = f" (it is in {len(np.unique(dataset.groups[rows]))})" if label else ""
        return f"fewer folds ({FOLDS}), or data of more groups with it{where}"
    if dataset.test is not None:
        return "move rows of it there, or remove the class"
    return "use more data"
