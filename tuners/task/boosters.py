"""Boosted trees: which models know gaps and categories themselves, and how each is fitted with early stopping."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.utils.validation import has_fit_parameter

from tuners.task.labels import NumberedClasses


@dataclass(frozen=True)
class Rows:
    """Rows for a fit: `X` of shape (rows, features), `y` and `weights` of shape (rows,)."""

    X: Any
    y: Any
    weights: Any = None


@dataclass(frozen=True)
class Booster:
    """A library's boosted trees."""

    package: str
    begins: str
    """How the names of its classes begin."""
    stopped: Callable[[Any, Rows, Rows, int], Any]
    """Fit a model on rows until it has not improved on others for so many rounds."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What must be set for it to take categories."""
    unknowing: Mapping[str, Any] = field(default_factory=dict)
    """Parameters any of which makes it know none."""


def _histogram(model: Any, rows: Rows, others: Rows, rounds: int) -> Any:
    model.set_params(early_stopping=True, n_iter_no_change=rounds, scoring="loss")
    model.fit(rows.X, rows.y, rows.weights, X_val=others.X, y_val=others.y, sample_weight_val=others.weights)
    return model


def _lightgbm(model: Any, rows: Rows, others: Rows, rounds: int) -> Any:
    from lightgbm import early_stopping  # noqa: PLC0415  the model has loaded it

    weights, y = None if others.weights is None else [others.weights], others.y
    # Since LightGBM 4.7, which warns of `eval_set`, and numbers the labels of the rows but not those of `eval_y`.
    apart = has_fit_parameter(model, "eval_X")
    if is_classifier(model):
        model, y = NumberedClasses(model), np.searchsorted(np.unique(rows.y), y)
    given = {"eval_X": others.X, "eval_y": y} if apart else {"eval_set": [(others.X, y)]}
    return model.fit(
        rows.X, rows.y, sample_weight=rows.weights, eval_sample_weight=weights, **given,
        callbacks=[early_stopping(rounds, verbose=False)],
    )  # fmt: skip


def _xgboost(model: Any, rows: Rows, others: Rows, rounds: int) -> Any:
    weights = None if others.weights is None else [others.weights]
    return model.set_params(early_stopping_rounds=rounds).fit(
        rows.X, rows.y, sample_weight=rows.weights, eval_set=[(others.X, others.y)], sample_weight_eval_set=weights,
        verbose=False,
    )  # fmt: skip


BOOSTERS = (
    Booster("sklearn", "HistGradientBoosting", _histogram),
    Booster("lightgbm", "LGBM", _lightgbm),
    Booster(
        "xgboost", "XGB", _xgboost,
        settings={"enable_categorical": True}, unknowing={"booster": "gblinear", "tree_method": "exact"},
    ),
)  # fmt: skip


def booster_of(model: Any) -> Booster | None:
    """Return whose boosted trees a model is, by its class or a base of it; None of others."""
    for kind in type(model).__mro__:
        for each in BOOSTERS:
            if kind.__name__.startswith(each.begins) and kind.__module__.partition(".")[0] == each.package:
                return each
    return None


def knows_gaps(model: Any) -> Booster | None:
    """Return whose boosted trees a model is that handles gaps and categories itself; None of others."""
    found = booster_of(model)
    if found is None:
        return None
    params = model.get_params(deep=False)
    return None if any(params.get(name) == value for name, value in found.unknowing.items()) else found
