"""Random forests and extremely randomized trees: each tree grown once for all candidates that have it.

What holds, tree for tree, on scikit-learn 1.9: the first k trees of N are the k-tree forest, whose
probabilities are summed in the order of the trees; `max_features` counts by the number it resolves to;
`min_samples_split` below twice `min_samples_leaf` changes nothing; and a tree is the same under other
limits where it attempted the same splits (`trees.attempts`).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from math import ceil
from typing import Any

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import NDArray
from sklearn.base import is_classifier
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor
from sklearn.utils import check_array
from sklearn.utils.multiclass import type_of_target

from tuners.search.anatomy import Params
from tuners.search.families import Family, Plan, Rows, seeded
from tuners.search.families.compiled import ground
from tuners.search.families.starts import Starts
from tuners.search.families.sums import continued, grown
from tuners.search.families.trees import UNLIMITED, Limits, Shape

_CRITERIA = {"gini": "gini", "entropy": "entropy", "log_loss": "entropy"}
_SPLITTERS = {
    RandomForestClassifier: "best",
    RandomForestRegressor: "best",
    ExtraTreesClassifier: "random",
    ExtraTreesRegressor: "random",
}
_PLAIN = {
    "max_leaf_nodes": None,
    "min_weight_fraction_leaf": 0.0,
    "min_impurity_decrease": 0.0,
    "class_weight": None,
    "ccp_alpha": 0.0,
    "max_samples": None,
    "monotonic_cst": None,
    "oob_score": False,
    "warm_start": False,
    "verbose": 0,
}
"""Parameters that the builder is not called with here: other values are left to scikit-learn."""


_SUBCLASSES: dict[type, type] = {}


class NotSharedError(Exception):
    """A scorer asked a shared forest for more than its predictions: scikit-learn must fit it."""


def plan(model: type, params: Params, rows: int, features: int) -> Plan | None:
    """Resolve a forest's parameters to numbers on this data."""
    if model not in _SPLITTERS or not seeded(params) or not isinstance(params["n_jobs"], int | None):
        return None
    if effective_n_jobs(params["n_jobs"]) != 1:
        return None
    if any(not _is(params[name], usual) for name, usual in _PLAIN.items() if name in params):
        return None
    criterion = _criterion(model, params["criterion"])
    depth = UNLIMITED if params["max_depth"] is None else _count(params["max_depth"])
    trees = _count(params["n_estimators"])
    features_tried = _max_features(params["max_features"], features)
    leaf = _samples(params["min_samples_leaf"], rows, least=1)
    split = _samples(params["min_samples_split"], rows, least=2)
    bootstrap = params["bootstrap"]
    if criterion is None or not isinstance(bootstrap, bool):
        return None
    if depth is None or trees is None or features_tried is None or leaf is None or split is None:
        return None
    shape = Shape(criterion, _SPLITTERS[model], features_tried, leaf, bootstrap, int(params["random_state"]))
    return Plan((model, shape), Limits(max(split, 2 * leaf), depth), trees)


def _is(value: object, usual: object) -> bool:
    # An array's `==` gives no truth value; and 0 for False is an error that scikit-learn is to say.
    if isinstance(value, bool) or isinstance(usual, bool):
        return value is usual
    return value is usual or (isinstance(value, int | float) and value == usual)


def _criterion(model: type, criterion: object) -> str | None:
    if issubclass(model, RandomForestRegressor | ExtraTreesRegressor):
        return "squared_error" if criterion == "squared_error" else None
    return _CRITERIA.get(criterion) if isinstance(criterion, str) else None


def _count(value: object) -> int | None:
    if isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= 1:
        return int(value)
    return None


def _samples(value: object, rows: int, *, least: int) -> int | None:
    if isinstance(value, float | np.floating):
        return max(least, ceil(value * rows)) if 0.0 < value < 1.0 else None
    count = _count(value)
    return count if count is not None and count >= least else None


def _max_features(value: object, features: int) -> int | None:
    if value is None:
        return features
    if isinstance(value, str):
        resolve = {"sqrt": np.sqrt, "log2": np.log2}.get(value)
        return max(1, int(resolve(features))) if resolve else None
    if isinstance(value, float | np.floating):
        return max(1, int(value * features)) if 0.0 < value <= 1.0 else None
    count = _count(value)
    return count if count is not None and count <= features else None


def size(model: type) -> str | None:
    """Return the parameter that says how many trees."""
    return "n_estimators" if model in _SPLITTERS else None


def fitted(
    members: Sequence[tuple[Plan, Any]], rows: Rows, check: Callable[[], None]
) -> Iterator[tuple[list[Plan], Any]]:
    """Grow every tree once, and yield the forests that they make."""
    _, shape = members[0][0].group
    estimators = {(plan.detail, plan.size): (plan, estimator) for plan, estimator in members}
    field = _field(rows, classifies=is_classifier(members[0][1]))
    if rows.remember and len(members) == 1:
        plan = members[0][0]
        sums = continued(field.ground, field.starts, shape, (plan.detail, plan.size), check)
    else:
        wanted: dict[Limits, set[int]] = {}
        for plan, _ in members:
            wanted.setdefault(plan.detail, set()).add(plan.size)
        sums = grown(field.ground, shape, wanted, check)
    for limits, trees, total in sums:
        same = [estimators[(each, trees)] for each in limits]
        yield [plan for plan, _ in same], _forest(same[0][1], field, total / trees)


class _Field:
    """A fold's rows as its forests need them, and what they predict for whom."""

    def __init__(self, rows: Rows, *, classifies: bool) -> None:
        self.X = check_array(rows.X_train, dtype=np.float32, order="C")
        target = np.asarray(rows.y_train)
        self.classes = None
        if classifies:
            if type_of_target(target) not in ("binary", "multiclass") or target.ndim != 1:
                message = "several outputs"
                raise NotSharedError(message)
            self.classes, target = np.unique(target, return_inverse=True)
        elif target.ndim != 1:
            message = "several outputs"
            raise NotSharedError(message)
        elif not np.isfinite(target).all():
            message = "a target that is no number"
            raise NotSharedError(message)
        self.given = [rows.X_asked] if rows.X_asked_train is None else [rows.X_asked, rows.X_asked_train]
        self.parts = [check_array(part, dtype=np.float32, order="C") for part in self.given]
        asked = self.parts[0] if len(self.parts) == 1 else np.concatenate(self.parts)
        self.ground = ground(self.X, target, 0 if self.classes is None else len(self.classes), asked)
        self.starts = Starts()


def _field(rows: Rows, *, classifies: bool) -> _Field:
    if "forest" not in rows.memory:
        rows.memory["forest"] = _Field(rows, classifies=classifies)
    field: _Field = rows.memory["forest"]
    return field


def _forest(estimator: Any, field: _Field, predictions: NDArray[np.float64]) -> Any:
    """Return the estimator as if fitted, for the rows whose predictions we have."""
    forest = copy.copy(estimator)
    forest.__class__ = _shared(type(estimator))
    forest.n_features_in_ = field.X.shape[1]
    forest.n_outputs_ = 1
    if field.classes is not None:
        forest.classes_ = field.classes
        forest.n_classes_ = len(field.classes)
    else:
        predictions = predictions[:, 0]
    forest._given = field.given  # noqa: SLF001  our own class, below
    forest._parts = field.parts  # noqa: SLF001  our own class, below
    forest._predictions = predictions  # noqa: SLF001  our own class, below
    return forest


def _shared(model: type) -> type:
    """Return a subclass of a forest whose trees are gone, but whose predictions are known."""
    if model in _SUBCLASSES:
        return _SUBCLASSES[model]
    method = "predict_proba" if is_classifier(model()) else "predict"

    def answer(self: Any, X: Any) -> NDArray[np.float64]:
        asked = None
        start = 0
        for given, part in zip(self._given, self._parts, strict=True):
            if X is not given and asked is None:
                asked = check_array(X, dtype=np.float32)
            if X is given or (asked is not None and np.array_equal(asked, part)):
                known: NDArray[np.float64] = self._predictions[start : start + len(part)]
                return known.copy()
            start += len(part)
        raise NotSharedError

    def estimators(self: Any) -> Any:  # noqa: ARG001  a property's signature
        raise NotSharedError

    answer.__name__ = method  # scorers look methods up by it
    own = {method: answer, "estimators_": property(estimators)}
    return _SUBCLASSES.setdefault(model, type(f"Shared{model.__name__}", (model,), own))


FAMILY = Family(size, plan, fitted, threads=True, alone=True, answers=True)
