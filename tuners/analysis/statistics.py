"""The arithmetic of the tables: intervals and tests on paired scores.

A block is one dataset x seed; rows of a score matrix are blocks, columns are methods. Comparing within blocks removes
what makes one split harder than another, which otherwise hides the methods' differences. Intervals are Student's t;
p-values are adjusted for their number by Holm (1979). `inference` has what is done for many methods together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from tuners.analysis.levels import CONFIDENCE
from tuners.analysis.units import Interval
from tuners.results.landmarks import EQUAL

Matrix = NDArray[np.float64]

LEAST_BLOCKS = 3
"""Fewer give no interval: with two, Student's t is wider than any score's range."""
RESAMPLES = 9_999
"""Sign flips drawn where all 2**n are more than these."""


def mean_interval(values: Sequence[float] | Matrix) -> Interval | None:
    """Return Student's t interval of a mean; None for fewer than `LEAST_BLOCKS`."""
    values = np.asarray(values, dtype=float)
    if len(values) < LEAST_BLOCKS:
        return None
    return _interval(float(values.mean()), float(values.std(ddof=1)), len(values))


def not_below_zero(interval: Interval | None) -> Interval | None:
    """Return the part of an interval that a quantity which is never negative can have."""
    return None if interval is None else (max(0.0, interval[0]), interval[1])


def _interval(mean: float, deviation: float, count: int) -> Interval:
    half = float(stats.t.ppf((1 + CONFIDENCE) / 2, count - 1)) * deviation / math.sqrt(count)
    return mean - half, mean + half


def tied_ranks(scores: Matrix) -> Matrix:
    """Return each method's rank within each block, 1 being best; scores equal to rounding share the mean rank."""
    distance = scores[:, None, :] - scores[:, :, None]
    better = (distance > EQUAL).sum(axis=2)
    equal = (np.abs(distance) <= EQUAL).sum(axis=2)
    return np.asarray(better + (equal + 1) / 2)


def average_ranks(scores: Matrix) -> Matrix:
    """Return each method's mean rank over the blocks, 1 being best; ties share the mean rank."""
    return np.asarray(tied_ranks(scores).mean(axis=0))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values for their number (Holm 1979), in the order given."""
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for place, index in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - place) * p_values[index]))
        adjusted[index] = largest
    return adjusted
