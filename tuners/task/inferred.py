"""The task that a target is of, where nobody says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tuners.results.tasks import Task

if TYPE_CHECKING:
    from numpy.typing import NDArray

MANY_CLASSES = 20
"""A numeric target with more distinct values, some of them in too few rows, is a quantity and no label."""
FEWEST = 5
"""Rows of a class, below which a numeric target of many values is taken for a quantity."""


def inferred_task(y: NDArray[Any]) -> Task:
    """Return the task of a target, (rows,): text, bools and few whole numbers are classes; the rest is a quantity."""
    if y.dtype.kind not in "iuf":
        return "classification"
    labels, counts = np.unique(y, return_counts=True)
    if labels.dtype.kind == "f" and (labels % 1).any():
        return "regression"
    return "regression" if len(labels) > MANY_CLASSES and counts.min() < FEWEST else "classification"
