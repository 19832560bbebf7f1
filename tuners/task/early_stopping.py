"""Early stopping: a booster is fitted until it no longer improves on rows that are taken from those of each fit.

    divide the rows of the fit: the latest of them, whole groups, or a draw in the classes' proportions
    fit on the larger part, with the smaller one as the evaluation set

The rows of a fit are the training rows of a fold, or all of a refit: validation and test rows are in neither part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.model_selection import GroupShuffleSplit, StratifiedGroupKFold, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if

from tuners.errors import TuningError
from tuners.task.boosters import Rows, booster_of
from tuners.task.labels import NumberedClasses
from tuners.task.splits import take


@dataclass(frozen=True)
class EarlyStopping:
    """When a booster stops: after `rounds` without an improvement on a `share` of the rows of its fit.

    Raises `TuningError` for what is no number of rounds, or no share.
    """

    rounds: int = 10
    share: float = 0.2

    def __post_init__(self) -> None:
        """Check both."""
        whole = isinstance(self.rounds, int) and not isinstance(self.rounds, bool)
        if not whole or self.rounds < 1:
            message = f"early stopping: expected a number of rounds of 1 or more, got {self.rounds!r}"
            raise TuningError(message)
        if not isinstance(self.share, int | float) or not 0 < self.share < 1:
            message = f"early stopping: expected a share of the rows above 0 and below 1, got {self.share!r}"
            raise TuningError(message)


def checked(name: str, estimator: Any, early: Any) -> EarlyStopping | None:
    """Return a model's early stopping, given as rounds or in full; raise `TuningError` for one that cannot stop."""
    if early is None:
        return None
    last = estimator.steps[-1][1] if isinstance(estimator, Pipeline) else estimator
    if booster_of(last) is None:
        message = (
            f"model {name!r}: {type(last).__name__} has no early stopping: expected XGBoost, LightGBM or "
            "HistGradientBoosting of scikit-learn, or such a model as last step of a pipeline; leave early_stopping out"
        )
        raise TuningError(message)
    return early if isinstance(early, EarlyStopping) else EarlyStopping(early)


def with_early_stopping(estimator: Any, early: EarlyStopping, seed: int) -> Any:
    """Return an estimator whose booster stops early; a pipeline's is its last step."""
    if isinstance(estimator, Pipeline):
        *front, (name, last) = estimator.steps
        return clone(estimator).set_params(steps=[*front, (name, with_early_stopping(last, early, seed))])
    if isinstance(estimator, NumberedClasses):
        return NumberedClasses(with_early_stopping(estimator.estimator, early, seed))
    return EarlyStopped(estimator, early.rounds, early.share, seed)


def _has(method: str) -> Any:
    return available_if(lambda self: hasattr(self.stopped, method))


class EarlyStopped(BaseEstimator):
    """A booster that takes an evaluation set from the rows of its fit. Its hyperparameters are the booster's own."""

    def __init__(self, stopped: Any, stop_rounds: int = 10, stop_share: float = 0.2, stop_seed: int = 0) -> None:
        """Take the booster, unfitted, and when it stops; the seed draws the evaluation set."""
        self.stopped = stopped
        self.stop_rounds = stop_rounds
        self.stop_share = stop_share
        self.stop_seed = stop_seed

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return its own parameters and, when deep, the booster's under their own names."""
        own: dict[str, Any] = super().get_params(deep=False)
        return {**own, **self.stopped.get_params()} if deep else own

    def set_params(self, **params: Any) -> EarlyStopped:
        """Set parameters of the booster, or its own."""
        own = super().get_params(deep=False)
        for name in own.keys() & params.keys():
            setattr(self, name, params.pop(name))
        self.stopped.set_params(**params)
        return self

    def fit(self, X: Any, y: Any, sample_weight: Any = None, groups: Any = None, time: Any = None) -> EarlyStopped:
        """Fit the booster on X (rows, features) and y (rows,); what else is known of rows has shape (rows,)."""
        y = np.asarray(y)
        fit, other = self._divided(y, groups, time)
        lacking = np.setdiff1d(y[other], y[fit]) if is_classifier(self.stopped) else np.array([])
        if len(lacking) or not len(fit):
            what = f"of class {lacking[0]}" if len(lacking) else "at all"
            message = (
                f"early stopping: the evaluation set left no row {what} to fit on: expected more groups or times, "
                "or a smaller share"
            )
            raise TuningError(message)
        booster = booster_of(self.stopped)
        assert booster is not None
        rows_of = [
            Rows(take(X, rows), y[rows], None if sample_weight is None else np.asarray(sample_weight)[rows])
            for rows in (fit, other)
        ]
        self.stopped_ = booster.stopped(clone(self.stopped), rows_of[0], rows_of[1], self.stop_rounds)
        if hasattr(self.stopped_, "classes_"):
            self.classes_ = self.stopped_.classes_
        return self

    def predict(self, X: Any) -> Any:
        """Return what the booster predicts, (rows,)."""
        return self.stopped_.predict(X)

    @_has("predict_proba")  # type: ignore[untyped-decorator]  # scikit-learn is untyped
    def predict_proba(self, X: Any) -> Any:
        """Return the probabilities, (rows, classes)."""
        return self.stopped_.predict_proba(X)

    @_has("decision_function")  # type: ignore[untyped-decorator]  # scikit-learn is untyped
    def decision_function(self, X: Any) -> Any:
        """Return the decision values."""
        return self.stopped_.decision_function(X)

    def __sklearn_tags__(self) -> Any:
        """Return the booster's tags: it is a classifier, or a regressor."""
        return get_tags(self.stopped)

    def _divided(self, y: NDArray[Any], groups: Any, time: Any) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the numbers of the rows to fit on, and of the evaluation set."""
        rows, labels = np.arange(len(y)), y if is_classifier(self.stopped) else None
        if time is not None:
            # Rows of one time are on one side.
            first = np.sort(time)[-max(1, round(self.stop_share * len(rows)))]
            return rows[time < first], rows[time >= first]
        if groups is None:
            fit, other = train_test_split(rows, test_size=self.stop_share, random_state=self.stop_seed, stratify=labels)
            return np.sort(fit), np.sort(other)
        if labels is None:
            shuffled: Any = GroupShuffleSplit(1, test_size=self.stop_share, random_state=self.stop_seed)
        else:
            parts = max(2, round(1 / self.stop_share))
            shuffled = StratifiedGroupKFold(parts, shuffle=True, random_state=self.stop_seed)
        fit, other = next(iter(shuffled.split(rows, labels, groups)))
        return fit, other
