"""LightGBM: a fold's rows are binned once, and one booster predicts for all sizes.

Bins are LightGBM's `Dataset`, which depends on the rows and on few parameters: those of `FREE` are not among them. It
is taken from the first fit. Later fits are of LightGBM's own `train`, with the parameters that the first one passed.
"""

from __future__ import annotations

import copy
from collections.abc import Hashable
from typing import Any

from sklearn.base import clone

from tuners.results.keys import freeze
from tuners.search.families import Rows
from tuners.search.families.kept import once

FREE = (
    "colsample_bytree", "learning_rate", "max_depth", "min_child_weight", "min_split_gain", "num_leaves",
    "reg_alpha", "reg_lambda", "subsample", "subsample_freq",
)  # fmt: skip
"""Parameters that the estimator passes on as they are, and that say nothing about the `Dataset`."""


class _First:
    """The first fit of a fold with the same bins."""

    def __init__(self, estimator: Any, rows: Rows) -> None:
        self.fresh = True
        """Whether it is the very fit that was asked for."""
        self.dataset: Any = None
        self.params: dict[str, Any] = {}
        self.model = clone(estimator)
        self.model.fit(rows.X_train, rows.y_train, callbacks=[self._see])

    def _see(self, iteration: Any) -> None:
        """Keep what LightGBM's training was given, as its callback."""
        self.dataset, self.params = iteration.model.train_set, iteration.params

    def again(self, estimator: Any) -> Any:
        """Return the estimator as if fitted on the same rows."""
        from lightgbm import train  # noqa: PLC0415  optional, and here only where it was fitted

        free = {name: getattr(estimator, name) for name in FREE}
        params = {name: value for name, value in self.params.items() if name != "num_iterations"}
        model = copy.copy(self.model)
        # `set_params` would write into a dictionary that the copy has in common with the first.
        for name, value in {**free, "n_estimators": estimator.n_estimators}.items():
            setattr(model, name, value)
        model._Booster = train({**params, **free}, self.dataset, estimator.n_estimators)  # noqa: SLF001  as its own fit
        return model


def fit(estimator: Any, rows: Rows) -> Any:
    """Return a clone fitted on the rows."""
    bins = {name: value for name, value in estimator.get_params().items() if name not in {*FREE, "n_estimators"}}
    # Such as weights by class: a key of the object's identity could be that of another one, later.
    if not all(isinstance(value, Hashable) for value in bins.values()):
        return clone(estimator).fit(rows.X_train, rows.y_train)
    first = once(rows.memory, ("lightgbm", type(estimator), freeze(bins)), lambda: _First(estimator, rows))
    if first.fresh:
        first.fresh = False
        return first.model
    return first.again(estimator)


class _Beginning:
    """The first iterations of a booster. What it does besides predicting is done by a booster cut for it."""

    def __init__(self, whole: Any, size: int) -> None:
        self._whole = whole
        self._size = size
        self._own: Any = None

    def predict(self, data: Any, start_iteration: int = 0, num_iteration: int | None = None, **options: Any) -> Any:
        """Predict by the first iterations, as `Booster.predict`."""
        if start_iteration > 0 or num_iteration is not None or options.get("pred_contrib"):
            return self._cut().predict(data, start_iteration, num_iteration, **options)
        return self._whole.predict(data, num_iteration=self._size, **options)

    def _cut(self) -> Any:
        if self._own is None:
            from lightgbm import Booster  # noqa: PLC0415  optional, and here only where it was fitted

            self._own = Booster(model_str=self._whole.model_to_string(num_iteration=self._size))
        return self._own

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cut(), name)

    def __reduce__(self) -> Any:
        """Copy and pickle as a booster of LightGBM's."""
        return copy.copy, (self._cut(),)


def cut(model: Any, size: int) -> None:
    """Cut a fitted copy to its first iterations."""
    model._Booster = _Beginning(model.booster_, size)  # noqa: SLF001  no other way to set it
