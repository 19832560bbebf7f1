"""The arithmetic of the gate on seconds: whether a session lies beyond where earlier ones let it be expected."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from tuners.analysis.units import Interval


@dataclass(frozen=True)
class Prediction:
    """Where a further value of a sample is to be expected."""

    mean: float
    interval: Interval
    p_value: float
    """That it does not lie above a limit."""


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
