"""Ground whose trees a compiled kernel grows, where numba is installed (the extra `fast`) and it pays.

Before its first use in a process, the kernel's trees are compared with scikit-learn's; if they differ, which a
release or a processor may bring about, scikit-learn's own builder grows them all, after one warning.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Sequence
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tuners.errors import one_line
from tuners.search.families.trees import UNLIMITED, Draws, Ground, Grown, Limits, Shape
from tuners.search.not_exact import NotExactWarning

if TYPE_CHECKING:
    from tuners.search.families.kernel import Ordered

ENABLED = True
"""False: as if numba were not installed; for measurements and tests."""


class CompiledDraws(Draws):
    """The random numbers of one forest's trees, by a compiled Mersenne twister."""

    def first_draws(self, seeds: NDArray[np.int64]) -> NDArray[np.uint32]:
        """Return what generators with these seeds draw first below 2^31 - 1, (trees,)."""
        from tuners.search.families import twister  # noqa: PLC0415  numba takes a second to load

        return twister.first_draws(seeds)

    def bootstraps(self, seeds: NDArray[np.int64]) -> NDArray[np.uint16]:
        """Return how often each row is in the bootstrap samples of generators with these seeds, (trees, rows)."""
        from tuners.search.families import twister  # noqa: PLC0415  it loads numba, as the kernel does

        return twister.bootstraps(seeds, self.rows)


class CompiledGround(Ground):
    """One fold's rows, with the kernel's trees."""

    drawer = CompiledDraws

    def grow(self, shape: Shape, limits: Limits, trees: Sequence[int]) -> Grown:
        """Grow some trees of the forest, by their numbers."""
        from tuners.search.families import kernel  # noqa: PLC0415  numba takes a second to load

        rows, features = self.X.shape
        served = self.classifies and shape.splitter == "best"
        if not served or not kernel.pays(rows, features, shape.max_features):
            return super().grow(shape, limits, trees)
        draws = self.draws(shape.seed)
        states = draws.states(trees)
        counts = draws.counts(trees) if shape.bootstrap else np.ones((len(trees), rows), dtype=np.uint16)
        grown = kernel.grow(
            self._ordered,
            counts,
            states,
            criterion=shape.criterion,
            max_features=shape.max_features,
            min_samples_leaf=shape.min_samples_leaf,
            min_samples_split=limits.min_samples_split,
            max_depth=limits.max_depth,
        )
        return Grown(*grown)

    @cached_property
    def _ordered(self) -> Ordered:
        from tuners.search.families import kernel  # noqa: PLC0415  numba takes a second to load

        return kernel.Ordered(self.X, self.y, int(self.classes[0]), self.asked)


def ground(X: Any, y: Any, classes: int, asked: Any) -> Ground:
    """Return one fold's ground, compiled where that serves."""
    if ENABLED and classes and _compiles():
        return CompiledGround(X, y, classes, asked)
    return Ground(X, y, classes, asked)


@cache
def _compiles() -> bool:
    """Whether numba is installed and its trees are scikit-learn's."""
    if importlib.util.find_spec("numba") is None:
        return False
    try:
        reason = _difference()
    except Exception as error:  # noqa: BLE001  whatever is wrong with the compiler, there is another way
        reason = one_line(error)
    if reason:
        message = f"trees are grown by scikit-learn's builder, not compiled: the kernel's self-check failed ({reason})"
        warnings.warn(message, NotExactWarning, stacklevel=2)
    return not reason


def _difference() -> str:
    """Return what differs from scikit-learn's trees on made-up rows; empty where nothing does."""
    random = np.random.default_rng(1)
    X = random.normal(size=(160, 5)).astype(np.float32)
    X[:, 1] = X[:, 1].round(1)
    X[:, 2] = X[:, 2] > 0
    for classes in (2, 3):
        y = np.digitize(X[:, 0] + X[:, 1] * X[:, 2] + random.normal(size=160), [-0.3, 0.6][: classes - 1])
        given = X[:120], y[:120], classes, X[120:]
        for criterion in ("gini", "entropy"):
            shape = Shape(criterion, "best", 2, 1, bootstrap=True, seed=classes)
            for limits in (Limits(2, UNLIMITED), Limits(9, 4)):
                compiled, built = (kind(*given).grow(shape, limits, range(12)) for kind in (CompiledGround, Ground))
                if not all(np.array_equal(one, other) for one, other in zip(compiled, built, strict=True)):
                    return f"{criterion} of {classes} classes"
    return ""
