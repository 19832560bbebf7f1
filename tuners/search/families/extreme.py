"""XGBoost: a fold's rows are binned once, in a `QuantileDMatrix` that its boosters share."""

from __future__ import annotations

from typing import Any

from sklearn.base import clone

from tuners.search.families import Rows
from tuners.search.families.kept import once

_SUBCLASSES: dict[type, type] = {}


def fit(estimator: Any, rows: Rows) -> Any:
    """Return a clone fitted on the rows."""
    model = clone(estimator)
    kind = type(model)
    model.__class__ = _binned(kind)
    model._rows = rows  # noqa: SLF001  our own class, below
    try:
        model.fit(rows.X_train, rows.y_train)
    finally:
        model.__class__ = kind
        del model._rows  # noqa: SLF001  our own class, below
    return model


def _binned(model: type) -> type:
    """Return a subclass that asks the fold's memory for its training matrix."""
    if model in _SUBCLASSES:
        return _SUBCLASSES[model]

    def matrix(self: Any, ref: Any, **given: Any) -> Any:
        rows: Rows = self._rows
        own = getattr(model, "_create_dmatrix")  # noqa: B009  overridden here, and private
        plain = {"data", "label", "missing", "enable_categorical"}
        special = [name for name, value in given.items() if name not in plain and value is not None]
        if ref is not None or special or given["data"] is not rows.X_train or given["label"] is not rows.y_train:
            return own(self, ref, **given)
        # NaN is not equal to itself.
        needs = (self.max_bin, self.tree_method, self.device, self.n_jobs, repr(given["missing"]))
        key = ("xgboost", *needs, given["enable_categorical"])
        return once(rows.memory, key, lambda: own(self, ref, **given))

    return _SUBCLASSES.setdefault(model, type(f"Shared{model.__name__}", (model,), {"_create_dmatrix": matrix}))


def cut(model: Any, size: int) -> None:
    """Cut a fitted copy to its first iterations."""
    model._Booster = model.get_booster()[:size]  # noqa: SLF001  what its own slicing is for
