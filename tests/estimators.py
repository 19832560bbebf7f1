"""Estimators that misbehave on purpose, cheap to fit."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from tuners import Model
from tuners.testing import Cut


class Stump(Cut):
    """Predicts by one feature's threshold, and takes a seed; raises or sleeps where told to."""

    def __init__(
        self,
        feature: int = 0,
        threshold: float = 0.5,
        raise_above: float = np.inf,
        seconds: float = 0.0,
        random_state: int | None = None,
    ) -> None:
        """Keep the parameters."""
        super().__init__(feature, threshold, raise_above, seconds)
        self.random_state = random_state


class Keeper(ClassifierMixin, BaseEstimator):
    """Takes any value, and predicts the more classes the larger `level` is."""

    def __init__(self, value: Any = None, level: int = 1) -> None:
        """Keep the parameters."""
        self.value = value
        self.level = level

    def fit(self, X: Any, y: Any) -> Keeper:
        """Fit the value, too, where it is an estimator, as a pipeline fits its last step."""
        self.classes_ = np.unique(y)
        if hasattr(self.value, "fit") and not isinstance(self.value, type):
            self.value.fit(X, y)
        if isinstance(self.value, dict):
            self.value["fitted"] = True
        return self

    def predict(self, X: Any) -> Any:
        """Predict the class that a feature and the level point to."""
        return self.classes_[(np.asarray(X)[:, 0] * self.level).astype(int) % len(self.classes_)]


class Wide(Keeper):
    """Has any hyperparameter that it is given, such as sixty of them."""

    def __init__(self, value: Any = None, level: int = 1, **others: Any) -> None:
        """Keep the parameters."""
        super().__init__(value, level)
        self.others = others

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return all, of which there may be sixty."""
        return {"value": self.value, "level": self.level, **{f"choice{n}": 1 for n in range(60)}, **self.others}

    def set_params(self, **params: Any) -> Wide:
        """Set any."""
        self.__init__(**{**self.get_params(), **params})  # type: ignore[misc]
        return self


def stump(name: str = "stump", *, finite: bool = False, **fixed: Any) -> Model:
    """Return a model of stumps over 4 features and all thresholds, or 5 of them."""
    return Model(
        name,
        Stump(**fixed),
        {"feature": [0, 1, 2, 3], "threshold": [0.1, 0.3, 0.5, 0.7, 0.9] if finite else (0.0, 1.0)},
        guesses=({"feature": 2, "threshold": 0.5}, {"feature": 3, "threshold": 0.9}),
    )
