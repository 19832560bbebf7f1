"""Wisconsin diagnostic breast cancer, UCI, as scikit-learn carries it."""

from __future__ import annotations

from pathlib import Path

from sklearn.datasets import load_breast_cancer

from tuners.task.dataset import Dataset


def load(path: Path | None = None) -> Dataset:  # noqa: ARG001  embedded: no file to read
    """Return the dataset."""
    X, y = load_breast_cancer(return_X_y=True)
    return Dataset("breast_cancer", X, y, source="scikit-learn (UCI)", licence="CC BY 4.0")
