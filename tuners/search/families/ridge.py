"""Ridge regression and its classifier: the rows are centred and multiplied, or decomposed, once for all penalties.

For each penalty, scikit-learn's solvers then take the same small steps on the same numbers: by Cholesky, the diagonal
of the products is raised and the system solved; by singular values, the targets' shares are shrunk. Labels and names
are those of scikit-learn's own fit of one candidate.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg
from scipy.sparse import issparse
from sklearn.base import clone
from sklearn.linear_model import Ridge, RidgeClassifier
from sklearn.linear_model._base import _preprocess_data, _rescale_data
from sklearn.linear_model._ridge import _solve_cholesky_kernel
from sklearn.utils import check_array

from tuners.results.keys import freeze
from tuners.search.anatomy import Params
from tuners.search.families import Family, Plan, Rows
from tuners.search.families.kept import once

Solve = Callable[[Any], NDArray[np.floating]]
"""From a penalty of the rows' type to coefficients, (targets, features)."""

_SOLVERS = {"auto": "cholesky", "cholesky": "cholesky", "svd": "svd"}
UNREAD = {"alpha", "tol", "max_iter", "random_state"}
"""What the products and decompositions do not depend on: the penalty, and what other solvers read."""
_LEAST = 1e-15
"""Singular values up to this count as 0 in scikit-learn."""


def size(model: type) -> str | None:
    """Return nothing as the parameter that says how far: a penalty is solved for, not grown to."""
    return "" if model in (Ridge, RidgeClassifier) else None


def plan(model: type, params: Params, rows: int, features: int) -> Plan | None:  # noqa: ARG001  the family's signature
    """Group candidates that differ in nothing that is read before the penalty."""
    penalty = params["alpha"]
    if not isinstance(penalty, int | float | np.number) or isinstance(penalty, bool):
        return None
    if not (math.isfinite(penalty) and penalty >= 0) or params["solver"] not in _SOLVERS:
        return None
    # Without a copy, a fit changes the rows that others see.
    if params["positive"] is not False or params["copy_X"] is not True or params.get("class_weight") is not None:
        return None
    others = {name: value for name, value in params.items() if name not in UNREAD}
    return Plan((model, freeze(others)), float(penalty), 1)


def fitted(
    members: Sequence[tuple[Plan, Any]], rows: Rows, check: Callable[[], None]
) -> Iterator[tuple[list[Plan], Any]]:
    """Fit one candidate, and yield copies of it with the coefficients of each penalty."""
    if len(members) == 1 and not rows.remember:
        member, estimator = members[0]
        yield [member], clone(estimator).fit(rows.X_train, rows.y_train)
        return
    system = _system(members[0], rows)
    for member, estimator in members:
        check()
        yield [member], system.fitted(estimator)


class _System:
    """The rows of one fold as ridge regression sees them, and one fitted model, whose labels and names all have."""

    def __init__(self, estimator: Any, rows: Rows) -> None:
        if issparse(rows.X_train):
            message = "sparse rows, which scikit-learn solves in other ways"
            raise TypeError(message)
        self._rows = rows
        self._own = clone(estimator).fit(rows.X_train, rows.y_train)
        self._own.solver_ = _SOLVERS[estimator.solver]  # this candidate's may have ended in another
        X, y = self._centred()
        self._flat = y.ndim == 1 or y.shape[1] == 1
        self._dtype = X.dtype
        y = y.reshape(len(y), -1)
        self._solve: Solve
        if self._own.solver_ == "svd":
            self._solve = _by_singular_values(X, y)
        elif X.shape[1] > X.shape[0]:
            self._solve = _by_rows(X, y)
        else:
            self._solve = _by_features(X, y)

    def _centred(self) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
        """Prepare rows and targets by the functions that scikit-learn's `fit` calls, in its order."""
        own, weights = self._own, None
        X, y = self._rows.X_train, self._rows.y_train
        if isinstance(own, RidgeClassifier):
            X, _, weights, y = clone(own)._prepare_data(X, y, None, own.solver)  # noqa: SLF001  as its `fit` does
        else:
            X = check_array(X, dtype=[np.float64, np.float32])
            y = check_array(y, dtype="numeric", ensure_2d=False)
        X, y, *self._offsets, _ = _preprocess_data(
            X, y, fit_intercept=own.fit_intercept, copy=True, sample_weight=weights, rescale_with_sw=False
        )
        if weights is not None:
            X, y, _ = _rescale_data(X, y, weights)
        return X, y

    def fitted(self, estimator: Any) -> Any:
        """Return the candidate as its own `fit` would leave it."""
        model = copy.copy(self._own).set_params(**estimator.get_params())
        try:
            coefficients = self._solve(np.asarray(estimator.alpha, dtype=self._dtype))
        except linalg.LinAlgError:  # which its own `fit` answers by another solver
            return clone(estimator).fit(self._rows.X_train, self._rows.y_train)
        model.coef_ = coefficients.ravel() if self._flat else coefficients
        model._set_intercept(*self._offsets)  # noqa: SLF001  as its `fit` does
        return model


def _by_features(X: NDArray[np.floating], y: NDArray[np.floating]) -> Solve:
    """Solve by the products of features, where there are no more of them than rows."""
    products, targets = X.T @ X, X.T @ y

    def solve(penalty: Any) -> NDArray[np.floating]:
        raised = products.copy()
        raised.flat[:: len(products) + 1] += penalty
        return np.asarray(linalg.solve(raised, targets, assume_a="pos", overwrite_a=True).T)

    return solve


def _by_rows(X: NDArray[np.floating], y: NDArray[np.floating]) -> Solve:
    """Solve by the products of rows, where there are fewer of them than features."""
    products = X @ X.T

    def solve(penalty: Any) -> NDArray[np.floating]:
        return np.asarray((X.T @ _solve_cholesky_kernel(products.copy(), y, penalty)).T)

    return solve


def _by_singular_values(X: NDArray[np.floating], y: NDArray[np.floating]) -> Solve:
    """Solve by a decomposition of the rows."""
    left, values, right = np.linalg.svd(X, full_matrices=False)
    targets = left.T @ y
    counted = values > _LEAST
    some = values[counted, np.newaxis]

    def solve(penalty: Any) -> NDArray[np.floating]:
        shrunk = np.zeros((len(values), y.shape[1]), dtype=X.dtype)
        shrunk[counted] = some / (some**2 + np.full(y.shape[1], penalty))
        return np.asarray((right.T @ (shrunk * targets)).T)

    return solve


def _system(member: tuple[Plan, Any], rows: Rows) -> _System:
    plan, estimator = member
    if not rows.remember:
        return _System(estimator, rows)
    system: _System = once(rows.memory, plan.group, lambda: _System(estimator, rows))
    return system


FAMILY = Family(
    size,
    plan,
    fitted,
    # In a process, BLAS has the threads that it has in scikit-learn's: another number may change the last bit.
    threads=False,
    alone=True,
    variants=tuple(
        {"alpha": penalty, "solver": solver} for solver in ("auto", "svd") for penalty in (1.0, 1e-3, 100.0, 0.0)
    ),
)
