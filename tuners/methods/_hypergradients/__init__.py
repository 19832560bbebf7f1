"""Derivatives of the validation loss in hyperparameters; a kind of model a file, and `kinds` says what there is.

Of linear models, a file has `slope(model, train, validation) -> float`: by implicit differentiation, the derivative of
the mean loss of the validation rows in the logarithm of the model's penalty, at the weights that fitting reaches. Of
networks, which end before they reach an optimum, it is by unrolling their training.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Rows(NamedTuple):
    """The preprocessed rows of one part of a fold."""

    X: NDArray[np.float64]
    """Of shape (rows, features)."""
    y: Any
    """Their target, of shape (rows,)."""
    weights: NDArray[np.float64] | None
    """Their weights, of shape (rows,); None where all weigh the same."""

    @property
    def shares(self) -> NDArray[np.float64]:
        """Return the rows' weights, 1 where all weigh the same."""
        return np.ones(len(self.X)) if self.weights is None else self.weights


def design(model: Any, X: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the rows, with a column of ones for the intercept, and which columns are penalised (1) or not (0)."""
    penalised = np.ones(X.shape[1])
    if not model.fit_intercept:
        return X, penalised
    return np.c_[X, np.ones(len(X))], np.append(penalised, 0.0)


def coefficients(model: Any) -> NDArray[np.float64]:
    """Return a fitted model's weights, the intercepts last, of shape (columns, outputs)."""
    weights = np.atleast_2d(model.coef_).T
    return np.vstack([weights, np.atleast_1d(model.intercept_)]) if model.fit_intercept else weights
