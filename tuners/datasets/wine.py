"""Wine recognition, UCI, as scikit-learn carries it."""

from __future__ import annotations

from pathlib import Path

from sklearn.datasets import load_wine

from tuners.task.dataset import Dataset


def load(path: Path | None = None) -> Dataset:  # noqa: ARG001  embedded: no file to read
    """Return the dataset."""
    X, y = load_wine(return_X_y=True)
    return Dataset("wine", X, y, source="scikit-learn (UCI)", licence="CC BY 4.0")
