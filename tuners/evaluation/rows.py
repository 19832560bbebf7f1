"""Rows as the resource of a fidelity: a candidate is fitted on a share of the training rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from tuners.task.splits import Fold


def in_part(folds: list[Fold], y: Any, fidelity: float, *, stratified: bool, ordered: bool = False) -> list[Fold]:
    """Return the folds with a share of each one's training rows, at least one; validation rows stay all there.

    The rows of a smaller share are among those of a larger one; they are drawn, or the latest where rows are `ordered`
    by time. Stratified, classes keep their proportions, and each class that a fold trains on has a row, where there are
    rows enough.
    """
    parts = []
    for number, (train, validation) in enumerate(folds):
        order = np.sort(train)[::-1] if ordered else np.random.default_rng(number).permutation(train)
        if stratified:
            order = order[np.argsort(_evenly(np.asarray(y)[order]), kind="stable")]
        count = max(1, round(fidelity * len(train)))
        parts.append((np.sort(order[:count]), validation))
    return parts


def _evenly(labels: Any) -> Any:
    """Return for each row how many of its class come before it, as a share of the class."""
    found = np.empty(len(labels))
    for label in np.unique(labels):
        of = np.flatnonzero(labels == label)
        found[of] = np.arange(len(of)) / len(of)
    return found
