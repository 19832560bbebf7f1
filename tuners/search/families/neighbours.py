"""The k nearest neighbours: searched once a fold for the most that any candidate asks for, with any weights.

The first k of more neighbours are the k nearest, in order, where distances tell them apart. Where some are tied, to
within what rounding can do, which come first depends on k. That changes nothing where they have one distance and one
target; else scikit-learn's own search for k is asked. In a tree each row is searched by itself, so that only rows with
such ties are searched again; by brute force all are, since products of matrices round by blocks of rows.
"""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.utils import _safe_indexing, check_array

from tuners.results.keys import freeze
from tuners.search.anatomy import Params
from tuners.search.families import Family, Plan, Rows

Found = tuple[NDArray[np.float64], NDArray[np.intp]]
"""Distances and row numbers of the neighbours, nearest first, each (rows, neighbours)."""

KEPT_BYTES = 64 * 2**20
"""What one fold may keep for later candidates; the searches least recently used go first."""
SLACK = 16 * np.finfo(np.float64).eps
"""Squared distances closer than this, by features and by the square of the rows' size, are taken for tied: several
times the rounding of squared distances by products of matrices, and of a tree's bounds."""
_POWERS = {"euclidean": 2.0, "manhattan": 1.0, "chebyshev": np.inf}
_TREES = ("kd_tree", "ball_tree")
_SUBCLASSES: dict[type, type] = {}


def size(model: type) -> str | None:
    """Return nothing as the parameter that says how far: neighbours are found, not grown."""
    return "" if model in (KNeighborsClassifier, KNeighborsRegressor) else None


def plan(model: type, params: Params, rows: int, features: int) -> Plan | None:  # noqa: ARG001  the family's signature
    """Group candidates that differ in their number of neighbours and their weights alone."""
    count, weights = params["n_neighbors"], params["weights"]
    if not isinstance(count, int | np.integer) or isinstance(count, bool) or not 1 <= count <= rows:
        return None
    if weights not in ("uniform", "distance") or _power(params) is None:
        return None
    others = {name: value for name, value in params.items() if name not in ("n_neighbors", "weights")}
    # From half the rows on, scikit-learn chooses another algorithm.
    many = params["algorithm"] == "auto" and count >= rows // 2
    return Plan((model, freeze(others), many), weights, int(count))


def _power(params: Params) -> float | None:
    """Return the power of Minkowski's distance; None for other distances."""
    metric, power = params["metric"], params["p"]
    if params["metric_params"] is not None or not isinstance(metric, str):
        return None
    if metric != "minkowski":
        return _POWERS.get(metric)
    number = isinstance(power, int | float | np.number) and not isinstance(power, bool)
    return float(power) if number and power >= 1 else None


def fitted(
    members: Sequence[tuple[Plan, Any]], rows: Rows, check: Callable[[], None]
) -> Iterator[tuple[list[Plan], Any]]:
    """Fit once, and yield copies that know the neighbours of the rows asked."""
    most = max(plan.size for plan, _ in members)
    searched = _searched(members[0], rows)
    for member, estimator in members:
        check()
        model = copy.copy(searched.own)
        model.__class__ = _shared(type(estimator))
        model.n_neighbors, model.weights = estimator.n_neighbors, estimator.weights
        model._searched, model._most = searched, most  # noqa: SLF001  our own class, below
        yield [member], model


class _Searched:
    """A fitted model, and the neighbours it found of the rows asked."""

    def __init__(self, own: Any, rows: Rows) -> None:
        self.own = own
        self._given = [rows.X_asked] if rows.X_asked_train is None else [rows.X_asked, rows.X_asked_train]
        self._found: list[tuple[Found, NDArray[np.bool_]] | None] = [None] * len(self._given)

    def __sizeof__(self) -> int:
        """Return the bytes held: those of the rows fitted on, twice with a tree, and of what was found."""
        found = [array.nbytes for known in self._found if known for array in (*known[0], known[1])]
        return 2 * int(getattr(self.own._fit_X, "nbytes", 0)) + sum(found)  # noqa: SLF001  where the rows are

    def part(self, X: Any) -> int | None:
        """Return which part of the rows asked these are; None for any others."""
        return next((part for part, given in enumerate(self._given) if X is given), None)

    def nearest(self, part: int, count: int, most: int) -> Found:
        """Return so many neighbours of a part of the rows asked, which predict as those of a search of their own."""
        (distances, numbers), unsettled = self._search(part, most)
        distances, numbers = distances[:, :count].copy(), numbers[:, :count].copy()
        if count == unsettled.shape[1] + 1:
            return distances, numbers
        again: NDArray[np.bool_] = np.any(unsettled[:, :count], axis=1)
        if again.any():
            if self.own._fit_method not in _TREES:  # noqa: SLF001  as scikit-learn resolved it
                again[:] = True
            X = self._given[part]
            found = self.own.kneighbors(X if again.all() else _safe_indexing(X, np.flatnonzero(again)), count)
            distances[again], numbers[again] = found
        return distances, numbers

    def _search(self, part: int, most: int) -> tuple[Found, NDArray[np.bool_]]:
        """Return at least so many neighbours, and where the next one is tied with a difference."""
        known = self._found[part]
        if known is None or known[0][0].shape[1] < most:
            found = self.own.kneighbors(self._given[part], most)
            known = self._found[part] = (found, self._unsettled(self._tied(part, found[0]), *found))
        return known

    def _tied(self, part: int, distances: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which neighbours are as far as the next one, to within rounding: (rows, neighbours - 1)."""
        fit_X = np.abs(check_array(self.own._fit_X, dtype=np.float64))  # noqa: SLF001  as scikit-learn took them
        asked = np.abs(check_array(self._given[part], dtype=np.float64))
        power = _power(self.own.get_params(deep=False))
        scale = np.linalg.norm(asked + fit_X.max(axis=0), ord=power, axis=1)[:, np.newaxis]
        near, far = distances[:, :-1], distances[:, 1:]
        return np.asarray((far - near) * (far + near) <= SLACK * (fit_X.shape[1] + 4) * scale**2)

    def _unsettled(
        self, tied: NDArray[np.bool_], distances: NDArray[np.float64], numbers: NDArray[np.intp]
    ) -> NDArray[np.bool_]:
        """Return which ties belong to a run whose order can matter."""
        targets = self.own._y.reshape(len(self.own._y), -1)[numbers]  # noqa: SLF001  as scikit-learn took them
        alike = (targets[:, 1:] == targets[:, :-1]).all(axis=2) & (distances[:, 1:] == distances[:, :-1])
        matters: NDArray[np.bool_] = tied & ~alike
        matters[:, -1:] |= tied[:, -1:]  # it may go on with neighbours that were not asked for
        # Neighbours at the same distance have no order of their own: all of a run of ties are looked at.
        for place in reversed(range(1, tied.shape[1])):
            matters[:, place - 1] |= tied[:, place - 1] & matters[:, place]
        return matters


class _Kept:
    """The searches of one fold, for candidates that come one by one."""

    def __init__(self) -> None:
        self._kept: OrderedDict[object, _Searched] = OrderedDict()
        self._lock = Lock()

    def get(self, group: object, make: Callable[[], _Searched]) -> _Searched:
        """Return the search of a group, made if there is none, and forget others beyond `KEPT_BYTES`."""
        with self._lock:
            if group not in self._kept:
                self._kept[group] = make()
            self._kept.move_to_end(group)
            while len(self._kept) > 1 and sum(map(_Searched.__sizeof__, self._kept.values())) > KEPT_BYTES:
                self._kept.popitem(last=False)
            return self._kept[group]


def _searched(member: tuple[Plan, Any], rows: Rows) -> _Searched:
    plan, estimator = member

    def make() -> _Searched:
        return _Searched(clone(estimator).fit(rows.X_train, rows.y_train), rows)

    if not rows.remember:
        return make()
    kept: _Kept = rows.memory.setdefault("neighbours", _Kept())
    return kept.get(plan.group, make)


def _shared(model: type) -> type:
    """Return a subclass that predicts the rows asked from what was found; any others, as it was fitted."""
    if model in _SUBCLASSES:
        return _SUBCLASSES[model]

    def kneighbors(self: Any, X: Any, return_distance: bool = True) -> Any:
        found = self._searched.nearest(self._searched.part(X), self.n_neighbors, self._most)
        return found if return_distance else found[1]

    informed = type(f"Informed{model.__name__}", (model,), {"kneighbors": kneighbors})

    def answering(method: str) -> Callable[[Any, Any], Any]:
        def answer(self: Any, X: Any) -> Any:
            asks = self
            if self._searched.part(X) is not None:
                asks = copy.copy(self)
                asks.__class__ = informed
                asks._fit_method = "shared"  # noqa: SLF001  by brute force, it would not ask for its neighbours
            return getattr(model, method)(asks, X)

        answer.__name__ = method  # scorers look methods up by it
        return answer

    methods = [method for method in ("predict", "predict_proba") if hasattr(model, method)]
    own = {method: answering(method) for method in methods}
    return _SUBCLASSES.setdefault(model, type(f"Shared{model.__name__}", (model,), own))


FAMILY = Family(
    size,
    plan,
    fitted,
    threads=True,
    alone=True,
    variants=tuple(
        {"n_neighbors": count, "weights": weights, "algorithm": algorithm}
        for algorithm in ("auto", "brute")
        for count in (1, 4, 9)
        for weights in ("uniform", "distance")
    ),
)
