"""Growing the trees of a forest by scikit-learn's own tree builder, called directly, on one fold's rows.

Five sixths of `RandomForestClassifier.fit` on small data is Python around the builder, which itself
releases the interpreter's lock, so that threads serve.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray
from sklearn.tree._criterion import MSE, Entropy, Gini
from sklearn.tree._splitter import BestSplitter, RandomSplitter
from sklearn.tree._tree import DepthFirstTreeBuilder, Tree

UNLIMITED = int(np.iinfo(np.int32).max)
"""The depth that scikit-learn's trees take for `max_depth=None`."""
_EPSILON = np.finfo(np.double).eps  # of sklearn.tree._tree: an impurity at or below it is a leaf
_COUNTS_BYTES = 64 * 2**20
_SEEDS = 4
"""Forests whose random draws one fold keeps."""
_SPLITTERS = {"best": BestSplitter, "random": RandomSplitter}
_CRITERIA = {"gini": Gini, "entropy": Entropy}


@dataclass(frozen=True)
class Shape:
    """What the trees of a forest have in common, resolved to numbers on this data."""

    criterion: str
    """`gini`, `entropy`, or `squared_error` for regression."""
    splitter: str
    max_features: int
    min_samples_leaf: int
    bootstrap: bool
    seed: int


class Limits(NamedTuple):
    """What stops a tree early."""

    min_samples_split: int
    max_depth: int


class Grown(NamedTuple):
    """Trees of one fold: what they predict, and where they tried to split."""

    values: NDArray[np.float64]
    """(trees, rows asked, classes): each tree's probabilities, or its prediction for regression."""
    smallest: NDArray[np.int64]
    """(trees,): rows of the smallest node at which a split was attempted."""
    deepest: NDArray[np.int64]
    """(trees,): depth of the deepest such node; -1 where there was none."""

    @classmethod
    def empty(cls, trees: int, rows: int, classes: int) -> Grown:
        """Return room for some trees."""
        counts = (np.empty(trees, dtype=np.int64), np.empty(trees, dtype=np.int64))
        return cls(np.empty((trees, rows, classes)), *counts)

    def first(self, trees: int) -> Grown:
        """Return the first trees."""
        return Grown(self.values[:trees], self.smallest[:trees], self.deepest[:trees])

    def where(self, chosen: NDArray[np.bool_]) -> Grown:
        """Return some trees, chosen by a mask."""
        return Grown(self.values[chosen], self.smallest[chosen], self.deepest[chosen])

    def put(self, chosen: NDArray[np.bool_], trees: Grown) -> None:
        """Put trees in places chosen by a mask."""
        self.values[chosen], self.smallest[chosen], self.deepest[chosen] = trees


class _Drawn:
    """A random state that has drawn already: what a splitter asks its random state for, once."""

    def __init__(self, value: int) -> None:
        self.value = value

    def randint(self, low: int, high: int) -> int:  # noqa: ARG002  numpy's signature
        """Return the number drawn before."""
        return self.value


class _Sofar(NamedTuple):
    random: np.random.RandomState
    """What the seeds of the next trees are drawn from."""
    seeds: NDArray[np.int64]
    states: NDArray[np.uint32]
    counts: NDArray[np.uint16]


class Draws:
    """The random numbers of one forest's trees, as `BaseForest.fit` draws them; kept within `_COUNTS_BYTES`."""

    def __init__(self, seed: int, rows: int) -> None:
        self.rows = rows
        self._kept = max(1, _COUNTS_BYTES // (2 * rows))
        self._drawn = _Sofar(
            np.random.RandomState(seed),
            np.empty(0, dtype=np.int64),
            np.empty(0, dtype=np.uint32),
            np.empty((0, rows), dtype=np.uint16),
        )
        self._lock = threading.Lock()

    def states(self, numbers: Sequence[int]) -> NDArray[np.uint32]:
        """Return what each tree's splitter draws first, the state of its own generator, (trees,)."""
        states: NDArray[np.uint32] = self._reach(max(numbers)).states[np.asarray(numbers)]
        return states

    def counts(self, numbers: Sequence[int]) -> NDArray[np.uint16]:
        """Return how often each tree's bootstrap sample has each row, (trees, rows)."""
        drawn = self._reach(max(numbers))
        if max(numbers) < len(drawn.counts):
            counts: NDArray[np.uint16] = drawn.counts[np.asarray(numbers)]
            return counts
        return self.bootstraps(drawn.seeds[np.asarray(numbers)])

    def _reach(self, number: int) -> _Sofar:
        with self._lock:
            drawn = self._drawn
            first = len(drawn.states)
            if number >= first:
                # On a copy, and put in place at once: an interrupt leaves what was there.
                random = copy.deepcopy(drawn.random)
                # One number after another is what numpy draws for an array, too.
                seeds = random.randint(np.iinfo(np.int32).max, size=max(64, number + 1 - first))
                room = seeds[: max(0, self._kept - first)]
                counts = np.concatenate([drawn.counts, self.bootstraps(room)]) if len(room) else drawn.counts
                states = np.concatenate([drawn.states, self.first_draws(seeds)])
                self._drawn = _Sofar(random, np.concatenate([drawn.seeds, seeds]), states, counts)
            return self._drawn

    def first_draws(self, seeds: NDArray[np.int64]) -> NDArray[np.uint32]:
        """Return what generators with these seeds draw first below 2^31 - 1, (trees,)."""
        return np.array([np.random.RandomState(seed).randint(0, 0x7FFFFFFF) for seed in seeds], dtype=np.uint32)

    def bootstraps(self, seeds: NDArray[np.int64]) -> NDArray[np.uint16]:
        """Return how often each row is in the bootstrap samples of generators with these seeds, (trees, rows)."""
        counts = np.empty((len(seeds), self.rows), dtype=np.uint16)
        for count, seed in zip(counts, seeds, strict=True):
            drawn = np.random.RandomState(seed).randint(0, self.rows, self.rows)
            count[:] = np.bincount(drawn, minlength=self.rows)
        return counts


_all_draws: WeakValueDictionary[tuple[type[Draws], int, int], Draws] = WeakValueDictionary()
_all_draws_lock = threading.Lock()


def drawn(drawer: type[Draws], seed: int, rows: int) -> Draws:
    """Return the draws that all folds of so many rows have in common."""
    with _all_draws_lock:
        found = _all_draws.get((drawer, seed, rows))
        if found is None:
            found = _all_draws[drawer, seed, rows] = drawer(seed, rows)
        return found


class Ground:
    """One fold's rows in the builder's types, and the random draws of each tree, made once.

    `X` is float32 (rows, features), `y` the class numbers or the target, `asked` the rows to predict.
    """

    drawer: type[Draws] = Draws

    def __init__(self, X: NDArray[np.float32], y: NDArray[Any], classes: int, asked: NDArray[np.float32]) -> None:
        """Take rows without missing values; `classes` is 0 for regression."""
        self.X = X
        self.y = np.ascontiguousarray(y.reshape(-1, 1), dtype=np.float64)
        self.asked = asked
        self.classes = np.array([max(classes, 1)], dtype=np.intp)
        self.classifies = classes > 0
        self._draws: dict[int, Draws] = {}
        self._lock = threading.Lock()

    def draws(self, seed: int) -> Draws:
        """Return the draws of the forest with this seed."""
        with self._lock:
            if seed not in self._draws:
                if len(self._draws) == _SEEDS:  # of a search over random states
                    self._draws.pop(next(iter(self._draws)))
                self._draws[seed] = drawn(self.drawer, seed, len(self.X))
            return self._draws[seed]

    def grow(self, shape: Shape, limits: Limits, trees: Sequence[int]) -> Grown:
        """Grow some trees of the forest, by their numbers."""
        values = np.empty((len(trees), len(self.asked), int(self.classes[0])))
        smallest = np.empty(len(trees), dtype=np.int64)
        deepest = np.empty(len(trees), dtype=np.int64)
        draws = self.draws(shape.seed)
        states = draws.states(trees)
        weights = draws.counts(trees).astype(np.float64) if shape.bootstrap else [None] * len(trees)
        for position, (state, weight) in enumerate(zip(states, weights, strict=True)):
            tree = self._tree(shape, limits, int(state), weight)
            values[position] = tree.predict(self.asked)
            smallest[position], deepest[position] = attempts(tree, limits)
        return Grown(values, smallest, deepest)

    def _tree(self, shape: Shape, limits: Limits, state: int, weights: NDArray[np.float64] | None) -> Any:
        criterion = _CRITERIA[shape.criterion](1, self.classes) if self.classifies else MSE(1, len(self.X))
        splitter = _SPLITTERS[shape.splitter](
            criterion, shape.max_features, shape.min_samples_leaf, 0.0, _Drawn(state), None
        )
        tree = Tree(self.X.shape[1], self.classes, 1)
        builder = DepthFirstTreeBuilder(
            splitter, limits.min_samples_split, shape.min_samples_leaf, 0.0, limits.max_depth, 0.0
        )
        builder.build(tree, self.X, self.y, weights, None)
        return tree


def attempts(tree: Any, limits: Limits) -> tuple[int, int]:
    """Return rows of the smallest and depth of the deepest node at which a split was attempted.

    A tree is the same under other limits if every attempt is made under them, too, and no other. The
    deepest level counts even where the attempt fails, since it draws random numbers.
    """
    inner = tree.children_left != -1
    rows = tree.n_node_samples
    attempted = inner | ((rows >= limits.min_samples_split) & (tree.impurity > _EPSILON))
    at_limit = limits.max_depth <= tree.max_depth
    failed = attempted.sum() > inner.sum()
    if not (failed or inner[0]):
        return UNLIMITED, -1
    if not failed:
        return int(rows[inner].min()), tree.max_depth - 1
    depths = np.asarray(tree.compute_node_depths()) - 1
    if at_limit:
        attempted &= depths < limits.max_depth
    if not attempted.any():
        return UNLIMITED, -1
    return int(rows[attempted].min()), int(depths[attempted].max())
