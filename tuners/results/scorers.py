"""scikit-learn's scorers, as far as their names tell: who reads records needs them and loads no scikit-learn."""

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
