"""Regressors whose penalty or loss depends on the target's unit, fitted on the standardised target."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, RegressorMixin, clone


class StandardisedTarget(RegressorMixin, BaseEstimator):
    """A regressor of the target less its mean, over its standard deviation, both of the rows it is fitted on.

    Its hyperparameters are the regressor's own, by their own names. It predicts in the target's unit.
    """

    def __init__(self, regressor: Any) -> None:
        """Take the regressor, unfitted."""
        self.regressor = regressor

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the regressor and, when deep, its own parameters."""
        own = {"regressor": self.regressor}
        return {**own, **self.regressor.get_params()} if deep else own

    def set_params(self, **params: Any) -> StandardisedTarget:
        """Set parameters of the regressor, or the regressor."""
        self.regressor = params.pop("regressor", self.regressor)
        self.regressor.set_params(**params)
        return self

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> StandardisedTarget:
        """Fit the regressor on X (rows, features) and the standardised numbers y (rows,)."""
        y = np.asarray(y, dtype=float)
        self.mean_ = np.average(y, weights=sample_weight)
        self.scale_ = np.sqrt(np.average((y - self.mean_) ** 2, weights=sample_weight)) or 1.0
        weights = {} if sample_weight is None else {"sample_weight": sample_weight}
        self.regressor_ = clone(self.regressor).fit(X, (y - self.mean_) / self.scale_, **weights)
        return self

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the numbers, (rows,), in the target's unit."""
        return np.asarray(self.regressor_.predict(X) * self.scale_ + self.mean_)
