"""Metrics that score one of two classes: a record of one says which class that was."""

from __future__ import annotations

ONE_CLASS = frozenset(
    {
        "average_precision",
        "f1",
        "jaccard",
        "neg_negative_likelihood_ratio",
        "positive_likelihood_ratio",
        "precision",
        "recall",
    }
)
"""Metrics of two classes whose value depends on which of them is called positive."""
