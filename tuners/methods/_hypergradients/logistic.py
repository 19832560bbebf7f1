"""The slope of the validation log loss of L2-penalised logistic regression in log C (Bengio 2000, section 2)."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import clone

from tuners.methods._hypergradients import Rows, coefficients, design

EXACT = {"solver": "newton-cholesky", "tol": 1e-9, "max_iter": 10_000}
"""The fit that is differentiated: its gradient must be zero for the implicit function theorem to hold, and L-BFGS stops
where the loss hardly changes any more. The optimum is the same."""


def slope(model: Any, train: Rows, validation: Rows) -> float:
    """Return the derivative of the mean validation log loss in log C.

    Validation rows of a class that no training row has are left out: their loss is infinite for every C.
    """
    fitted = clone(model).set_params(**EXACT).fit(train.X, train.y, sample_weight=train.weights)
    weights = coefficients(fitted)
    outputs = weights.shape[1]
    X, penalised = design(fitted, train.X)
    penalty = np.repeat(penalised, outputs) / model.C
    # Of two classes there is one output, the second's; so the last columns are those that have weights.
    chances = fitted.predict_proba(train.X)[:, -outputs:]
    curvature = chances[:, :, None] * (np.eye(outputs) - chances[:, None, :]) * train.shares[:, None, None]
    hessian = np.einsum("ni,nab,nj->iajb", X, curvature, X, optimize=True).reshape(weights.size, weights.size)
    # Softmax does not change where all intercepts grow alike: least squares leaves that direction out.
    change = np.linalg.lstsq(hessian + np.diag(penalty), penalty * weights.ravel(), rcond=None)[0]
    known = np.isin(validation.y, fitted.classes_)
    shares = validation.shares[known]
    targets = (np.asarray(validation.y)[known, None] == fitted.classes_)[:, -outputs:]
    errors = fitted.predict_proba(validation.X[known])[:, -outputs:] - targets
    gradient = design(fitted, validation.X[known])[0].T @ (errors * shares[:, None]) / shares.sum()
    return float(gradient.ravel() @ change)
