"""The speed of the machine: a fixed workload, timed just before each run."""

from __future__ import annotations

import statistics
from functools import cache
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

REPEATS = 3


def reference_seconds() -> float:
    """Return the median seconds of `REPEATS` rounds of work as a search does: Python, sorting, products of matrices."""
    return statistics.median(_round() for _ in range(REPEATS))


@cache
def _values() -> NDArray[np.float64]:
    return np.random.default_rng(0).normal(size=(300, 300))


def _round() -> float:
    values = _values()
    began = perf_counter()
    np.sort(values.ravel())
    np.linalg.norm(values @ values)
    total = 0
    for number in range(100_000):
        total += number & 3
    return perf_counter() - began
