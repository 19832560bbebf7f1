"""Class labels for estimators that take numbers from 0 up only, such as XGBoost's."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone, is_classifier
from sklearn.utils.metaestimators import available_if

NUMBERS_ONLY = ("xgboost", "skorch")
"""Packages whose classifiers refuse, or misread, labels other than 0 to n-1."""


def with_own_labels(estimator: Any, labels: NDArray[Any]) -> Any:
    """Return a classifier that takes these labels, sorted and distinct: itself, or one that numbers them inside.

    Estimators inside it, such as the last step of a pipeline or what is calibrated, are numbered where they are.
    """
    if labels.dtype.kind in "iuf" and np.array_equal(labels, np.arange(len(labels))):
        return estimator
    if _takes_numbers_only(estimator):
        return NumberedClasses(estimator)
    inside = {name: value for name, value in estimator.get_params().items() if _takes_numbers_only(value)}
    if not inside:
        return estimator
    return clone(estimator).set_params(**{name: NumberedClasses(value) for name, value in inside.items()})


def _takes_numbers_only(value: Any) -> bool:
    of_those = type(value).__module__.partition(".")[0] in NUMBERS_ONLY
    return of_those and hasattr(value, "get_params") and is_classifier(value)


def _has(method: str) -> Any:
    return available_if(lambda self: hasattr(self.estimator, method))


class NumberedClasses(ClassifierMixin, BaseEstimator):
    """A classifier that sees 0 to n-1 in place of the labels; everybody else sees the labels.

    Its hyperparameters are the classifier's own, by their own names. Weights by class are translated.
    """

    def __init__(self, estimator: Any) -> None:
        """Take the classifier, unfitted."""
        self.estimator = estimator

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the classifier and, when deep, its own parameters."""
        own = {"estimator": self.estimator}
        return {**own, **self.estimator.get_params()} if deep else own

    def set_params(self, **params: Any) -> NumberedClasses:
        """Set parameters of the classifier, or the classifier."""
        if "estimator" in params:
            self.estimator = params.pop("estimator")
        self.estimator.set_params(**params)
        return self

    def fit(self, X: Any, y: Any, **fit_params: Any) -> NumberedClasses:
        """Fit the classifier on X (rows, features) and the numbers of the labels y (rows,)."""
        self.classes_, numbers = np.unique(y, return_inverse=True)
        fitted = clone(self.estimator)
        weights = fitted.get_params(deep=False).get("class_weight")
        if isinstance(weights, dict):
            number_of = {label: number for number, label in enumerate(self.classes_.tolist())}
            fitted.set_params(class_weight={number_of.get(label, label): each for label, each in weights.items()})
        self.estimator_ = fitted.fit(X, numbers, **fit_params)
        return self

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the labels, (rows,)."""
        return np.asarray(self.classes_[np.asarray(self.estimator_.predict(X)).astype(np.intp).ravel()])

    @_has("predict_proba")  # type: ignore[untyped-decorator]  # scikit-learn is untyped
    def predict_proba(self, X: Any) -> Any:
        """Return the probabilities, (rows, classes), in the order of `classes_`."""
        return self.estimator_.predict_proba(X)

    @_has("decision_function")  # type: ignore[untyped-decorator]  # scikit-learn is untyped
    def decision_function(self, X: Any) -> Any:
        """Return the decision values, in the order of `classes_`."""
        return self.estimator_.decision_function(X)
