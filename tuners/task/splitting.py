"""How a dataset is divided under a protocol, in words: for headers, records and reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tuners.task.validation import percent

if TYPE_CHECKING:
    from tuners.task.dataset import Dataset
    from tuners.task.protocol import Protocol


def in_words(dataset: Dataset, protocol: Protocol) -> str:
    """Return folds, test rows and rows, as in `4 folds, 30% test, at most 400 rows`, with what the dataset knows."""
    return ", ".join([_folds(dataset, protocol), *_test(dataset, protocol), protocol.rows_in_words, *_kept(dataset)])


def of_roles(dataset: Dataset, protocol: Protocol) -> str:
    """Return what is done otherwise because of what the dataset knows of its rows; empty where it knows nothing."""
    if dataset.test is None and dataset.time is None and dataset.groups is None:
        return ""
    forward = [_folds(dataset, protocol)] if dataset.time is not None else []
    tested = _test(dataset, protocol) if dataset.test is not None or dataset.time is not None else []
    return ", ".join([*tested, *forward, *_kept(dataset)])


def _folds(dataset: Dataset, protocol: Protocol) -> str:
    if dataset.time is None:
        return protocol.words
    if protocol.holdout is None:
        return f"{protocol.words} forward"
    return f"a holdout of the latest {percent(protocol.holdout)}"


def _test(dataset: Dataset, protocol: Protocol) -> list[str]:
    if dataset.test is not None:
        return [f"test: the user's own set of {int(dataset.test.sum())} rows at every seed"]
    if dataset.time is not None:
        return [f"test: the latest {percent(protocol.test_size)} of rows at every seed"]
    return [f"{percent(protocol.test_size)} test"]


def _kept(dataset: Dataset) -> list[str]:
    if dataset.groups is None:
        return []
    found = [f"{len(np.unique(dataset.groups))} groups kept together"]
    if dataset.time is not None:
        found.append("earlier rows of a group that comes again later left out")
    return found
