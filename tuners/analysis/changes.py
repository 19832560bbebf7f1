"""The arithmetic of the gate: whether paired differences lie beyond a tolerance, and what it would take to tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from tuners.analysis.statistics import LEAST_BLOCKS, RESAMPLES, holm, sign_flip
from tuners.analysis.units import Interval

POWER = 0.8
"""Chance of seeing a change that is there, at which needed blocks are reckoned."""


@dataclass(frozen=True)
class Prediction:
    """Where a further value of a sample is to be expected."""

    mean: float
    interval: Interval
    p_value: float
    """That it does not lie above a limit."""


def drops(differences: Sequence[np.ndarray]) -> list[float]:
    """Return, for each method, the p-value that its differences beyond the tolerance are no drop; Holm-adjusted.

    Where flips are drawn, the upper end of p's 95 % confidence interval, so that the draw raises no false alarm.
    """
    return holm([_cautious(sign_flip(values, "less"), len(values)) for values in differences])


def _cautious(p: float, pairs: int) -> float:
    if 2**pairs <= RESAMPLES:
        return p  # exact
    return min(1.0, p + float(stats.norm.ppf(0.95)) * math.sqrt(p * (1 - p) / RESAMPLES))


def interval(values: np.ndarray, alpha: float) -> Interval | None:
    """Return Student's t interval of a mean at a confidence of 1 - alpha; None for fewer than `LEAST_BLOCKS`."""
    if len(values) < LEAST_BLOCKS:
        return None
    half = float(stats.t.ppf(1 - alpha / 2, len(values) - 1)) * float(values.std(ddof=1)) / math.sqrt(len(values))
    return float(values.mean()) - half, float(values.mean()) + half


def blocks_needed(differences: np.ndarray, tolerance: float, alpha: float) -> float:
    """Return how many blocks would settle it, if what was measured is what there is (normal approximation)."""
    distance = abs(float(differences.mean()) + tolerance)
    deviation = float(differences.std(ddof=1)) if len(differences) > 1 else math.inf
    z = float(stats.norm.ppf(1 - alpha) + stats.norm.ppf(POWER))
    return (z * deviation / distance) ** 2 if distance else math.inf


def predicted(differences: Sequence[float], limit: float, alpha: float) -> Prediction:
    """Return mean, prediction interval and p of one session against some: log ratios of seconds, now to then."""
    values = np.array(differences)
    count = len(values)
    mean = float(values.mean())
    error = float(values.std(ddof=1)) * math.sqrt(1 + 1 / count)
    half = float(stats.t.ppf(1 - alpha / 2, count - 1)) * error
    beyond = mean - limit
    p = float(stats.t.sf(beyond / error, count - 1)) if error else float(beyond <= 0)
    return Prediction(mean, (mean - half, mean + half), p)
