"""scikit-learn's histogram boosting: a fold's rows are binned once, and what its iterations predict is summed once.

The bins depend on the rows and on few parameters, not on learning rate, leaves or depth: for models of 100 small trees
on thousands of rows, binning is a tenth to a sixth of a fit. Predictions of more iterations are those of fewer with the
next ones added, in the order in which scikit-learn adds them.
"""

from __future__ import annotations

import copy
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from tuners.search.families import Rows
from tuners.search.families.kept import once


class _Stages:
    """Raw predictions of some rows, after more and more iterations."""

    def __init__(self, model: Any, X: Any) -> None:
        self.X = X
        self._reached = 0
        self._left = model._staged_raw_predict(X)  # noqa: SLF001  the one that does not transform them
        self._raw = np.empty(0)

    def after(self, iterations: int) -> NDArray[Any] | None:
        """Return raw predictions (rows, trees an iteration); None where these are past, or cannot be had."""
        for raw in islice(self._left, max(0, iterations - self._reached)):
            self._raw = raw
            self._reached += 1
        # By columns, as `_raw_predict` has them: sums over classes depend on the layout.
        return np.array(self._raw, order="F") if self._reached == iterations else None


class _Binned:
    """What histogram boosting does differently here: a mix-in before scikit-learn's class."""

    _rows: Rows | None = None
    """While it is fitted: the rows, whose memory has the bins."""
    _stages: tuple[_Stages, ...] = ()
    """The rows that will be asked for, those of the fold."""

    def __getstate__(self) -> dict[str, Any]:
        """Leave the stages behind, which cannot be pickled: the copy predicts as ever."""
        estimator: Any = super()
        return {name: value for name, value in estimator.__getstate__().items() if name != "_stages"}

    def __copy__(self) -> _Binned:
        """Copy with the stages: for fewer iterations of the same model."""
        copied = object.__new__(type(self))
        copied.__dict__.update(self.__dict__)
        return copied

    def _bin_data(self, X: Any, sample_weight: Any, is_training_data: bool) -> Any:
        bins = super()._bin_data  # type: ignore[misc]
        if self._rows is None or not is_training_data:
            return bins(X, sample_weight, is_training_data)
        model: Any = self
        needs = (
            "bins",
            model.max_bins,
            int(model._random_seed),  # noqa: SLF001  our own class
            None if model.is_categorical_ is None else model.is_categorical_.tobytes(),
            None if sample_weight is None else sample_weight.tobytes(),
        )
        model._bin_mapper, binned = once(  # noqa: SLF001  our own class
            self._rows.memory,
            needs,
            lambda: (model._bin_mapper, bins(X, sample_weight, is_training_data)),  # noqa: SLF001  our own class
        )
        return binned

    def _raw_predict(self, X: Any, n_threads: int | None = None) -> Any:
        model: Any = self
        for stages in self._stages:
            if stages.X is X and (known := stages.after(len(model._predictors))) is not None:  # noqa: SLF001  our own
                return known
        return super()._raw_predict(X, n_threads=n_threads)  # type: ignore[misc]


class SharedHistGradientBoostingClassifier(_Binned, HistGradientBoostingClassifier):
    """scikit-learn's classifier, with bins and predictions that it shares."""


class SharedHistGradientBoostingRegressor(_Binned, HistGradientBoostingRegressor):
    """scikit-learn's regressor, with bins and predictions that it shares."""


_SHARED = {
    HistGradientBoostingClassifier: SharedHistGradientBoostingClassifier,
    HistGradientBoostingRegressor: SharedHistGradientBoostingRegressor,
}


def fit(estimator: Any, rows: Rows) -> Any:
    """Return a clone fitted on the rows; copies of it with fewer predictors share its predictions."""
    model = clone(estimator)
    model.__class__ = _SHARED[type(model)]
    model._rows = rows  # noqa: SLF001  our own class
    model.fit(rows.X_train, rows.y_train)
    del model._rows  # noqa: SLF001  our own class
    asked = [rows.X_asked] if rows.X_asked_train is None else [rows.X_asked, rows.X_asked_train]
    model._stages = tuple(_Stages(copy.copy(model), X) for X in asked)  # noqa: SLF001  our own class
    return model
