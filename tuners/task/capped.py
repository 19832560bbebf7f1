"""At most so many rows of a part: drawn by the seed, in the classes' proportions; whole groups; or the latest."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.model_selection import train_test_split

from tuners.task.grouped import divided

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tuners.task.dataset import Dataset
    from tuners.task.part import Part
    from tuners.task.protocol import Protocol


def drawn(part: Part, protocol: Protocol, seed: int, *, tested: bool = True) -> Part:
    """Return the rows to use; test rows are among them where they are `tested`.

    Raises `ValueError` where no group is small enough.
    """
    most = protocol.rows
    if most is None or len(part) <= most:
        return part
    if part.time is not None:
        return part.at(slice(len(part) - most, None))
    if part.groups is not None:
        share = most / len(part)
        used = part.at(divided(part, (share, 1 - share), np.random.RandomState(seed), most=most) == 0)
        if not len(used):
            message = f"no group is as small as {most} rows"
            raise ValueError(message)
        return used
    # What is left out must hold a row of each class, or it cannot be drawn in proportion.
    least = 1 if part.labels is None else len(np.unique(part.labels))
    if len(part) - most < least:
        return part
    places = np.arange(len(part))
    chosen, _ = train_test_split(places, train_size=most, random_state=seed, stratify=part.labels)
    if part.labels is not None:
        chosen = _with_rare_classes(chosen, part.labels, _rows_needed(protocol, tested=tested), seed)
    return part.at(chosen)


def more_data(dataset: Dataset, protocol: Protocol) -> str:
    """Return the remedy where a class has too few rows."""
    rows = protocol.rows
    if rows is None or len(dataset.y) <= rows:
        return "use more data"
    return f"use more data, or more than {rows} rows of it (--tuning-rows=all)"


def _rows_needed(protocol: Protocol, *, tested: bool) -> int:
    """Return the rows of a class that a split in its proportion leaves with a test row and a training row a fold."""
    least = protocol.validation.least
    return math.ceil(least / (1 - protocol.test_size)) + 1 if tested else least


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
