"""Models that grow one part after another: fitted once at their largest, and cut short for the others.

For each model only under the conditions that a test shows to be exact. What is cut is a real fitted
estimator, which predicts with all its methods; figures of the training that are not cut are taken away.
"""

from __future__ import annotations

import copy
import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sklearn.base import clone

from tuners.results.keys import freeze
from tuners.search.anatomy import Params
from tuners.search.families import Family, Plan, Rows, extreme, histograms, light, seeded


def _fit(estimator: Any, rows: Rows) -> Any:
    return clone(estimator).fit(rows.X_train, rows.y_train)


@dataclass(frozen=True)
class Growth:
    """How one kind of model grows."""

    size: str
    """The parameter that says how far."""
    cut: Callable[[Any, int], None]
    """Cut a fitted copy to a size; the parameter itself is set by the caller."""
    exact: Callable[[Params, int], bool] = lambda params, rows: True  # noqa: ARG005  a default
    """Whether a prefix is exact for these parameters on so many rows."""
    fit: Callable[[Any, Rows], Any] = _fit
    """Return a clone fitted on a fold's rows, with what other fits have made of the same rows."""


def _cut_list(name: str) -> Callable[[Any, int], None]:
    def cut(model: Any, size: int) -> None:
        setattr(model, name, getattr(model, name)[:size])

    return cut


def _cut_bagging(model: Any, size: int) -> None:
    model.estimators_ = model.estimators_[:size]
    model.estimators_features_ = model.estimators_features_[:size]
    model._seeds = model._seeds[:size]  # noqa: SLF001  estimators_samples_ reads them


def _cut_boosting(model: Any, size: int) -> None:
    model.estimators_ = model.estimators_[:size]
    model.train_score_ = model.train_score_[:size]
    model.n_estimators_ = size
    for name in ("oob_improvement_", "oob_scores_", "oob_score_"):
        model.__dict__.pop(name, None)  # of the largest: a scorer that reads them is scikit-learn's to serve


def _one_job(params: Params, rows: int) -> bool:  # noqa: ARG001  the signature of `exact`
    # In parallel, probabilities are summed in another order.
    return params["n_jobs"] in (None, 1) and not params.get("oob_score")


def _boosts_on(params: Params, rows: int) -> bool:  # noqa: ARG001  the signature of `exact`
    return params["n_iter_no_change"] is None


def _histogram_boosts_on(params: Params, rows: int) -> bool:
    stopping = params["early_stopping"]
    return stopping is False or (isinstance(stopping, str) and stopping == "auto" and rows <= 10_000)


@cache
def _signature(package: str, base: str) -> frozenset[str]:
    return frozenset(inspect.signature(getattr(sys.modules[package], base).__init__).parameters)


def _own(package: str, base: str, params: Params) -> bool:
    # LightGBM's silence is beyond its signature, too.
    return set(params) - {"verbose", "verbosity"} <= _signature(package, base)


def _lightgbm(params: Params, rows: int) -> bool:  # noqa: ARG001  the signature of `exact`
    # DART drops earlier trees anew in each iteration. Parameters beyond the signature may be other names of these. An
    # objective of the user's is wrapped by the fit itself.
    plain = params["boosting_type"] == "gbdt" and not callable(params["objective"])
    return _own("lightgbm", "LGBMModel", params) and bool(plain)


def _xgboost(params: Params, rows: int) -> bool:  # noqa: ARG001  the signature of `exact`
    return (
        _own("xgboost", "XGBModel", params)
        and params.get("booster") in (None, "gbtree")
        and params.get("early_stopping_rounds") is None
    )


_FORESTS = Growth("n_estimators", _cut_list("estimators_"), _one_job)
_BAGGING = Growth("n_estimators", _cut_bagging, _one_job)
_BOOSTING = Growth("n_estimators", _cut_boosting, _boosts_on)
_HISTOGRAMS = Growth("max_iter", _cut_list("_predictors"), _histogram_boosts_on, histograms.fit)
_LIGHTGBM = Growth("n_estimators", light.cut, _lightgbm, light.fit)
_XGBOOST = Growth("n_estimators", extreme.cut, _xgboost, extreme.fit)

GROWTHS = {
    "sklearn.ensemble._forest.RandomForestClassifier": _FORESTS,
    "sklearn.ensemble._forest.RandomForestRegressor": _FORESTS,
    "sklearn.ensemble._forest.ExtraTreesClassifier": _FORESTS,
    "sklearn.ensemble._forest.ExtraTreesRegressor": _FORESTS,
    "sklearn.ensemble._bagging.BaggingClassifier": _BAGGING,
    "sklearn.ensemble._bagging.BaggingRegressor": _BAGGING,
    "sklearn.ensemble._gb.GradientBoostingClassifier": _BOOSTING,
    "sklearn.ensemble._gb.GradientBoostingRegressor": _BOOSTING,
    "sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingClassifier": _HISTOGRAMS,
    "sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingRegressor": _HISTOGRAMS,
    "lightgbm.sklearn.LGBMClassifier": _LIGHTGBM,
    "lightgbm.sklearn.LGBMRegressor": _LIGHTGBM,
    "xgboost.sklearn.XGBClassifier": _XGBOOST,
    "xgboost.sklearn.XGBRegressor": _XGBOOST,
}
"""By the class's full name, so that no optional library is imported to ask."""


def growth(model: type) -> Growth | None:
    """Return how this very class grows; None for any other, subclasses included."""
    return GROWTHS.get(_name(model))


def _name(model: type) -> str:
    return f"{model.__module__}.{model.__qualname__}"


def size(model: type) -> str | None:
    """Return the parameter that says how far the model grows."""
    grows = growth(model)
    return grows.size if grows else None


def plan(model: type, params: Params, rows: int, features: int) -> Plan | None:  # noqa: ARG001  the family's signature
    """Group candidates that differ in their size alone."""
    grows = growth(model)
    if grows is None or not seeded(params) or params.get("warm_start") or not grows.exact(params, rows):
        return None
    steps = params[grows.size]
    if not isinstance(steps, int) or isinstance(steps, bool) or steps < 1:
        return None
    others = {name: value for name, value in params.items() if name != grows.size}
    return Plan((model, freeze(others)), None, steps)


def fitted(
    members: Sequence[tuple[Plan, Any]], rows: Rows, check: Callable[[], None]
) -> Iterator[tuple[list[Plan], Any]]:
    """Fit the largest, and yield it and copies of it cut short."""
    ascending = sorted(members, key=lambda member: member[0].size)
    _, largest = ascending[-1]
    grows = GROWTHS[_name(type(largest))]
    largest = grows.fit(largest, rows)
    for member, estimator in ascending:
        check()
        model = copy.copy(largest)
        setattr(model, grows.size, getattr(estimator, grows.size))
        if member.size < getattr(largest, grows.size):
            grows.cut(model, member.size)
        yield [member], model


FAMILY = Family(size, plan, fitted, threads=False, alone=False)
