"""Random forests and extremely randomized trees: each tree grown once for all candidates that have it.

What holds, tree for tree, on scikit-learn 1.9: the first k trees of N are the k-tree forest, whose
probabilities are summed in the order of the trees; `max_features` counts by the number it resolves to;
`min_samples_split` below twice `min_samples_leaf` changes nothing; and a tree is the same under other
limits where it attempted the same splits (`trees.attempts`).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from math import ceil
from typing import Any

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import NDArray
from sklearn.base import is_classifier
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor, RandomForestClassifier, RandomForestRegressor
from sklearn.utils import check_array
from sklearn.utils.multiclass import type_of_target

from tuners.search.families import Plan, Rows, seeded
from tuners.search.anatomy import Params
from tuners.search.families.starts import Start, Starts
from tuners.search.families.trees import UNLIMITED, Ground, Grown, Limits, Shape

threads = True
alone = True

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
_CHUNK_TREES = 64
_CHUNK_BYTES = 64 * 2**20
"""What the trees of one chunk may hold, all limits together."""
_RUNNING_BYTES = 64 * 2**20
"""What the running sums may hold, one for each of the limits."""


class NotSharedError(Exception):
    """A scorer asked a shared forest for more than its predictions: scikit-learn must fit it."""


def plan(model: type, params: Params, rows: int, features: int) -> Plan | None:
    """Resolve a forest's parameters to numbers on this data."""
    if model not in _SPLITTERS or not seeded(params) or effective_n_jobs(params["n_jobs"]) != 1:
        return None
    if any(params[name] is not value and params[name] != value for name, value in _PLAIN.items() if name in params):
        return None
    criterion = _criterion(model, params["criterion"])
    max_features = _max_features(params["max_features"], features)
    leaf = _samples(params["min_samples_leaf"], rows, least=1)
    split = _samples(params["min_samples_split"], rows, least=2)
    depth = UNLIMITED if params["max_depth"] is None else _count(params["max_depth"])
    trees = _count(params["n_estimators"])
    bootstrap = params["bootstrap"]
    if None in (criterion, max_features, leaf, split, depth, trees) or not isinstance(bootstrap, bool):
        return None
    shape = Shape(criterion, _SPLITTERS[model], max_features, leaf, bootstrap, int(params["random_state"]))
    return Plan((model, shape), Limits(max(split, 2 * leaf), depth), trees)


def _criterion(model: type, criterion: object) -> str | None:
    if issubclass(model, RandomForestRegressor | ExtraTreesRegressor):
        return "squared_error" if criterion == "squared_error" else None
    return _CRITERIA.get(criterion) if isinstance(criterion, str) else None


def _count(value: object) -> int | None:
    counts = isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= 1
    return int(value) if counts else None


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
    _, shape = members[0][0].group  # type: ignore[misc]  this family's own
    estimators = {(plan.detail, plan.size): (plan, estimator) for plan, estimator in members}
    field = _field(rows, classifies=is_classifier(members[0][1]))
    if rows.remember and len(members) == 1:
        sums = _continued(field, shape, members[0][0], check)
    else:
        wanted: dict[Limits, set[int]] = {}
        for plan, _ in members:
            wanted.setdefault(plan.detail, set()).add(plan.size)  # type: ignore[arg-type]  this family's own
        sums = _grown(field.ground, shape, wanted, check)
    for limits, trees, total in sums:
        same = [estimators[(each, trees)] for each in limits]
        yield [plan for plan, _ in same], _forest(same[0][1], field, total / trees)


Sums = Iterator[tuple[list[Limits], int, NDArray[np.float64]]]
"""Limits under which the first so many trees are the same, how many, and the sum of what they predict."""


def _grown(ground: Ground, shape: Shape, wanted: dict[Limits, set[int]], check: Callable[[], None]) -> Sums:
    """Grow all trees wanted, as many limits at a time as memory allows."""
    # From the least to the most restrictive: a tree is looked for among those grown under wider limits.
    order = sorted(wanted, key=lambda limits: (limits.min_samples_split, -limits.max_depth))
    bytes_each = 8 * int(ground.classes[0]) * max(1, len(ground.asked))
    at_once = max(1, _RUNNING_BYTES // bytes_each)
    for first in range(0, len(order), at_once):
        some = order[first : first + at_once]
        trees = min(_CHUNK_TREES, max(1, _CHUNK_BYTES // (bytes_each * len(some))))
        yield from _grown_together(ground, shape, {limits: wanted[limits] for limits in some}, trees, check)


def _grown_together(
    ground: Ground, shape: Shape, wanted: dict[Limits, set[int]], chunk: int, check: Callable[[], None]
) -> Sums:
    last = {limits: max(sizes) for limits, sizes in wanted.items()}
    running = dict.fromkeys(wanted, np.zeros((len(ground.asked), int(ground.classes[0]))))
    for first in range(0, max(last.values()), chunk):
        grown: dict[Limits, Grown] = {}
        alike: dict[tuple[int, int], list[Limits]] = {}
        for limits in wanted:
            if first < last[limits]:
                check()
                trees = range(first, min(first + chunk, last[limits]))
                grown[limits] = _chunk(ground, shape, limits, trees, grown)
                # Same trees added to the same sum. Both objects live on until the chunk ends.
                alike.setdefault((id(grown[limits].values), id(running[limits])), []).append(limits)
        following: dict[Limits, NDArray[np.float64]] = {}
        for same in alike.values():
            values = grown[same[0]].values
            sums = np.cumsum(np.concatenate([running[same[0]][np.newaxis], values]), axis=0)
            for size in range(first + 1, first + len(values) + 1):
                asking = [limits for limits in same if size in wanted[limits]]
                if asking:
                    yield asking, size, sums[size - first]
            following |= dict.fromkeys(same, sums[-1].copy())
        running = following


def _continued(field: _Field, shape: Shape, plan: Plan, check: Callable[[], None]) -> Sums:
    """Grow one forest from the largest known start of it."""
    limits: Limits = plan.detail  # type: ignore[assignment]  this family's own
    ground = field.ground
    start = field.starts.largest(shape, limits, plan.size)
    if start is None:
        start = Start(limits, 0, np.zeros((len(ground.asked), int(ground.classes[0]))), UNLIMITED, -1)
    while start.trees < plan.size:
        check()
        # To the next whole chunk, so that starts are found again whatever sizes are asked for.
        trees = range(start.trees, min(plan.size, (start.trees // _CHUNK_TREES + 1) * _CHUNK_TREES))
        grown = ground.grow(shape, limits, trees)
        total = np.cumsum(np.concatenate([start.total[np.newaxis], grown.values]), axis=0)[-1].copy()
        smallest, deepest = int(grown.smallest.min()), int(grown.deepest.max())
        start = Start(limits, trees.stop, total, min(start.smallest, smallest), max(start.deepest, deepest))
        field.starts.add(shape, start)
    yield [limits], plan.size, start.total


def _chunk(ground: Ground, shape: Shape, limits: Limits, trees: range, grown: dict[Limits, Grown]) -> Grown:
    """Grow some trees under these limits, but for those that were the same under wider ones."""
    missing = np.ones(len(trees), dtype=bool)
    found: list[tuple[NDArray[np.bool_], Grown]] = []
    for wider in _relatives(limits, grown):
        other = grown[wider]
        if len(other.values) < len(trees):
            continue
        same = (other.smallest[: len(trees)] >= limits.min_samples_split) & (
            other.deepest[: len(trees)] < limits.max_depth
        )
        if same.all():
            return other if len(other.values) == len(trees) else Grown(*(part[: len(trees)] for part in other))
        found.append((same & missing, other))
        missing &= ~same
        if not missing.any():
            break
    numbers = [number for number, grow in zip(trees, missing, strict=True) if grow]
    new = ground.grow(shape, limits, numbers)
    if missing.all():
        return new
    result = Grown(
        np.empty((len(trees), *new.values.shape[1:])),
        np.empty(len(trees), dtype=np.int64),
        np.empty(len(trees), dtype=np.int64),
    )
    for part, fresh in zip(result, new, strict=True):
        part[missing] = fresh
    for same, other in found:
        for part, old in zip(result, other, strict=True):
            part[same] = old[: len(trees)][same]
    return result


def _relatives(limits: Limits, grown: dict[Limits, Grown]) -> list[Limits]:
    """Return wider limits whose trees are likeliest the same: the next ones, and the widest of the same split."""
    wider = [
        other
        for other in grown
        if other.min_samples_split <= limits.min_samples_split and other.max_depth >= limits.max_depth
    ]
    same_split = [other for other in wider if other.min_samples_split == limits.min_samples_split]
    same_depth = [other for other in wider if other.max_depth == limits.max_depth]
    return list(dict.fromkeys([*same_split[:1], *same_split[-1:], *same_depth[-1:]]))


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
        self.given = [rows.X_asked] if rows.X_asked_train is None else [rows.X_asked, rows.X_asked_train]
        self.parts = [check_array(part, dtype=np.float32, order="C") for part in self.given]
        asked = self.parts[0] if len(self.parts) == 1 else np.concatenate(self.parts)
        self.ground = Ground(self.X, target, 0 if self.classes is None else len(self.classes), asked)
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
    forest._parts = field.parts  # noqa: SLF001  likewise
    forest._predictions = predictions  # noqa: SLF001  likewise
    return forest


@cache
def _shared(model: type) -> type:
    """Return a subclass of a forest whose trees are gone, but whose predictions are known."""
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

    def estimators(self: Any) -> Any:
        raise NotSharedError

    answer.__name__ = method  # scorers look methods up by it
    return type(f"Shared{model.__name__}", (model,), {method: answer, "estimators_": property(estimators)})
