"""A shared search beside scikit-learn's own, on the same rows."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, FitFailedWarning
from sklearn.model_selection import GridSearchCV

from tuners.search import SharedGridSearchCV


def rows(
    count: int = 120, features: int = 5, classes: int = 2, seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """Return rows with ties and a constant column, and a noisy target; 0 classes for regression."""
    random = np.random.default_rng(seed)
    X = random.normal(size=(count, features))
    X[:, 1] = X[:, 1].round(1)
    X[:, -1] = 1.0
    X[: count // 8] = X[count // 8 : 2 * (count // 8)]
    target = X[:, 0] + X[:, 1] * X[:, 2] + random.normal(scale=0.5, size=count)
    if not classes:
        return X, target
    bounds = np.quantile(target, np.linspace(0, 1, classes + 1)[1:-1])
    return X, np.digitize(target, bounds)


def both(estimator: Any, grid: Any, X: Any, y: Any, fit: dict[str, Any] | None = None, **options: Any) -> Any:
    """Fit both searches, assert that their results are the same bit for bit, and return the shared one."""
    options = {"cv": 3, "refit": False, **options}
    with warnings.catch_warnings():
        for category in (ConvergenceWarning, FitFailedWarning):
            warnings.simplefilter("ignore", category)
        warnings.filterwarnings("ignore", "One or more of the")
        plain = GridSearchCV(clone(estimator), grid, **options).fit(X, y, **(fit or {}))
        shared = SharedGridSearchCV(clone(estimator), grid, **options).fit(X, y, **(fit or {}))
    same(shared.cv_results_, plain.cv_results_)
    return shared


def same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    """Assert that results are the same but for their times."""
    assert list(found) == list(expected)
    for name, theirs in expected.items():
        if not name.endswith("_time"):
            mine = found[name]
            if name == "params":
                assert mine == theirs
            elif name.startswith("param_"):
                assert list(mine) == list(theirs), name
            else:
                assert np.array_equal(mine, theirs, equal_nan=True), name
