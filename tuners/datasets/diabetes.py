"""Diabetes: how far the disease has gone after a year, 442 patients by 10 numbers, as scikit-learn carries it.

Small and noisy: the best models explain about half of the variance. In the units measured, not scaled by all rows.
Efron, Hastie, Johnstone and Tibshirani (2004), "Least angle regression", Annals of Statistics 32(2).
"""

from __future__ import annotations

from pathlib import Path

from sklearn.datasets import load_diabetes

from tuners.task.dataset import Dataset


def load(path: Path | None = None) -> Dataset:  # noqa: ARG001  embedded: no file to read
    """Return the dataset."""
    X, y = load_diabetes(return_X_y=True, as_frame=True, scaled=False)
    return Dataset(
        "diabetes",
        X,
        y,
        source="scikit-learn (Efron, Hastie, Johnstone and Tibshirani 2004)",
        licence="BSD 3-Clause",
        task="regression",
    )
