"""The check that sharing is exact: what a family predicts of made-up data, beside the model's own `fit`.

It is made once in a process for each kind of model, before any is shared. So a release that changes what a family
relies on is noticed, and its models are left to scikit-learn.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
from joblib import parallel_config
from sklearn.base import clone, is_classifier

from tuners.errors import one_line
from tuners.search.anatomy import Params
from tuners.search.families import Family, Plan, Rows
from tuners.search.not_exact import NotExactWarning

TRAIN, TEST, FEATURES = 150, 60, 5
SIZES = (2, 5, 3)
VARIANTS: tuple[dict[str, Any], ...] = (
    {},
    {"min_samples_split": 12},
    {"min_samples_leaf": 3, "max_features": 0.5},
    {"max_depth": 3},
    {"max_depth": 2, "min_samples_split": 12},
)
"""Limits that families share growth across, where the model has them."""

METHODS = ("predict_proba", "decision_function", "predict")
"""The first that a kind of model has is compared."""
_SILENT = {"lightgbm": {"verbose": -1}}
"""What keeps a package's models from printing about the made-up data."""

_verified: dict[tuple[type, Family], bool] = {}


def verified(model: Any, family: Family) -> bool:
    """Whether shared growth gives, bit for bit, what this kind of model predicts when fitted alone."""
    kind = type(model)
    key = (kind, family)
    if key not in _verified:
        try:
            # In one process, whatever the search's jobs: what is checked is a single fit.
            with parallel_config(backend="sequential"):
                reason = _difference(kind, family)
        except Exception as error:  # noqa: BLE001  whatever changed, sharing is off
            reason = one_line(error)
        _verified[key] = not reason
        if reason:
            message = (
                f"{kind.__name__} of {_release(kind)} is evaluated by its own fit, without sharing work between "
                f"candidates: its self-check failed ({reason})"
            )
            warnings.warn(message, NotExactWarning, stacklevel=2)
    return _verified[key]


def _difference(kind: type, family: Family) -> str:
    """Return what differs; empty where nothing does."""
    X, y = _data(classifies=is_classifier(kind()))
    rows = Rows(X[:TRAIN], y[:TRAIN], X[TRAIN:])
    groups: dict[object, dict[Plan, Any]] = {}
    for params in _candidates(kind, family):
        estimator = kind(**_SILENT.get(_package(kind), {})).set_params(**params)
        plan = family.plan(kind, estimator.get_params(deep=False), TRAIN, FEATURES)
        if plan is None:
            return "its parameters are not understood"
        groups.setdefault(plan.group, {})[plan] = estimator
    method = next(name for name in METHODS if hasattr(kind(), name))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # few epochs do not converge
        for group in groups.values():
            missing = set(group)
            for plans, fitted in family.fitted(list(group.items()), rows, lambda: None):
                for plan in plans:
                    missing.discard(plan)
                    expected = getattr(clone(group[plan]).fit(X[:TRAIN], y[:TRAIN]), method)(X[TRAIN:])
                    if not np.array_equal(expected, getattr(fitted, method)(rows.X_asked)):
                        return f"{method} differs at {plan.size} of {group[plan]}"
            if missing:
                return f"{len(missing)} candidates are missing"
    return ""


def _candidates(kind: type, family: Family) -> Iterator[Params]:
    """Yield parameters that a model of this kind has: the family's own variants, or limits at each size."""
    own = kind().get_params(deep=False)
    size = family.size(kind)
    if not size:
        yield from ({name: value for name, value in variant.items() if name in own} for variant in family.variants)
        return
    for variant in VARIANTS:
        params = {name: value for name, value in variant.items() if name in own}
        yield from ({**params, size: steps, "random_state": 7} for steps in SIZES)


def _data(*, classifies: bool) -> tuple[Any, Any]:
    random = np.random.default_rng(5)
    X = random.normal(size=(TRAIN + TEST, FEATURES))
    # Ties between values and between rows are where orders show.
    X[:, 1] = X[:, 1].round(1)
    X[:, 2] = X[:, 2] > 0
    X[5:15] = X[15:25]
    target = X[:, 0] + X[:, 1] * X[:, 2] + random.normal(size=len(X))
    return X, np.digitize(target, [-0.5, 0.8]) if classifies else target


def _package(kind: type) -> str:
    return kind.__module__.partition(".")[0]


def _release(kind: type) -> str:
    package = _package(kind)
    try:
        return f"{package} {version({'sklearn': 'scikit-learn'}.get(package, package))}"
    except PackageNotFoundError:
        return f"{package} {getattr(sys.modules[package], '__version__', '(unknown)')}"
