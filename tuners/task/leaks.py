"""Features that tell the target by themselves, nearly perfectly: likely leaks, such as a value noted after the fact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from tuners.results.tasks import Task

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROWS, COLUMNS = 2000, 200
"""The most rows and columns that are looked at: a hint, in little time."""
FEWEST_ROWS = 50
NEARLY = 0.995
"""Balanced accuracy, or R2, from which a single feature is a likely leak."""


def leaks_of(columns: Mapping[str, pd.Series], y: NDArray[Any], task: Task) -> list[str]:
    """Return a line on each column by which alone a tree predicts rows that it has not seen, nearly perfectly."""
    rows = np.random.default_rng(0).permutation(len(y))[:ROWS]
    target = np.unique(y, return_inverse=True)[1][rows] if task == "classification" else y[rows].astype("float64")
    if len(rows) < FEWEST_ROWS or len(columns) < 2 or len(np.unique(target)) < 2:
        return []
    lines = []
    for name, values in list(columns.items())[:COLUMNS]:
        skill = _skill(_codes(values)[rows], target, task)
        if skill >= NEARLY:
            measure = "balanced accuracy" if task == "classification" else "R2"
            lines.append(
                f"{name}: a likely leak: it alone predicts the target ({measure} {skill:.3f}); is it known before the "
                "target is? --tuning-drop leaves it out"
            )
    return lines


def _codes(values: pd.Series) -> NDArray[np.float64]:
    if is_datetime64_any_dtype(values):
        return values.astype("int64").to_numpy().astype("float64")
    if is_numeric_dtype(values):
        return values.to_numpy(dtype="float64")
    return pd.factorize(values)[0].astype("float64")


def _skill(codes: NDArray[np.float64], target: NDArray[Any], task: Task) -> float:
    """Return the cross-validated balanced accuracy, or R2, of a tree on one feature."""
    if task == "classification":
        if np.unique(target, return_counts=True)[1].min() < 2:
            return 0.0
        folds: Any = StratifiedKFold(2, shuffle=True, random_state=0)
        found = cross_val_predict(DecisionTreeClassifier(random_state=0), codes[:, None], target, cv=folds)
        return float(np.mean([(found[target == label] == label).mean() for label in np.unique(target)]))
    folds = KFold(2, shuffle=True, random_state=0)
    found = cross_val_predict(DecisionTreeRegressor(random_state=0), codes[:, None], target, cv=folds)
    spread = ((target - target.mean()) ** 2).sum()
    return float(1 - ((target - found) ** 2).sum() / spread)
