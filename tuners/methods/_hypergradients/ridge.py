"""The slope of the validation squared error of ridge regression in log alpha (Bengio 2000, section 2)."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import clone, is_classifier

from tuners.methods._hypergradients import Rows, coefficients, design


def slope(model: Any, train: Rows, validation: Rows) -> float:
    """Return the derivative of the mean validation squared error in log alpha.

    A classifier's error is that of its regression on -1 and 1, summed over its outputs.
    """
    fitted = clone(model).fit(train.X, train.y, sample_weight=train.weights)
    weights = coefficients(fitted)
    X, penalised = design(fitted, train.X)
    penalty = model.alpha * penalised
    hessian = X.T @ (X * train.shares[:, None]) + np.diag(penalty)
    change = -np.linalg.lstsq(hessian, penalty[:, None] * weights, rcond=None)[0]
    rows = design(fitted, validation.X)[0]
    targets = np.asarray(validation.y)[:, None]
    if is_classifier(model):
        targets = np.where((targets == fitted.classes_)[:, -weights.shape[1] :], 1.0, -1.0)
    errors = (rows @ weights - targets) * validation.shares[:, None]
    return float(2 * np.sum(errors * (rows @ change)) / validation.shares.sum())
