"""Intervals over problems: of means by Student's t, of shares by Clopper and Pearson, of all else by the bootstrap.

Each is of scope "these datasets": datasets weigh equally and stay the same, problems are what may have been others.
Repeats of one problem are no further problems: a method's runs on it are averaged first, or drawn together.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy import stats

from tuners.analysis.inference import Layout, estimate
from tuners.analysis.levels import ALPHA, CONFIDENCE
from tuners.analysis.statistics import LEAST_BLOCKS, Matrix
from tuners.analysis.units import Interval

RESAMPLES = 2_000
"""Of the problems, for an interval."""


def mean_with_interval(values: Sequence[float] | Matrix, datasets: Sequence[str]) -> tuple[float, Interval | None]:
    """Return the mean of the datasets' means of one value a problem, with its 95 % interval."""
    layout = Layout.of(list(datasets))
    found = estimate(np.asarray(values, dtype=float)[:, None], layout)
    mean = float(found.means[0])
    if layout.problems < LEAST_BLOCKS or not np.isfinite(found.errors[0]):
        return mean, None
    half = float(stats.t.ppf(1 - ALPHA / 2, found.freedom[0]) * found.errors[0])
    return mean, (mean - half, mean + half)


def share_with_interval(shares: Sequence[float] | Matrix, datasets: Sequence[str]) -> tuple[float, Interval]:
    """Return the mean of the datasets' means of one share a problem, with a 95 % interval that ends at 0 and 1.

    It is Clopper and Pearson's at the effective number of problems (Korn and Graubard 1998): the number of independent
    yeses and noes that would vary as much. Where all are 0, or all 1, each problem counts once.
    """
    values = np.asarray(shares, dtype=float)
    layout = Layout.of(list(datasets))
    found = estimate(values[:, None], layout)
    share, error = float(np.clip(found.means[0], 0.0, 1.0)), float(found.errors[0])
    count = float(len(values))
    if error > 0 and 0 < share < 1 and len(values) > 1:
        ratio = float(stats.t.ppf(1 - ALPHA / 2, len(values) - 1) / stats.t.ppf(1 - ALPHA / 2, found.freedom[0]))
        count = share * (1 - share) / error**2 * ratio**2
    yes = share * count
    low = float(stats.beta.ppf(ALPHA / 2, yes, count - yes + 1)) if yes > 0 else 0.0
    high = float(stats.beta.ppf(1 - ALPHA / 2, yes + 1, count - yes)) if yes < count else 1.0
    return share, (min(low, share), max(high, share))


@lru_cache(maxsize=64)
def weights(datasets: tuple[str, ...]) -> Matrix | None:
    """Return what each problem weighs in each bootstrap resample, resamples x problems; each row adds up to 1.

    Problems are drawn within their dataset. None for fewer than `LEAST_BLOCKS`, or where no dataset has two.
    """
    layout = Layout.of(list(datasets))
    if layout.problems < LEAST_BLOCKS or max(layout.sizes) < 2:
        return None
    generator = np.random.default_rng(0)
    drawn = np.empty((RESAMPLES, layout.problems))
    for place in layout.places:
        count = len(place)
        drawn[:, place] = generator.multinomial(count, np.full(count, 1 / count), RESAMPLES) / count
    drawn /= len(layout.places)
    drawn.flags.writeable = False  # every method of a group has the same
    return drawn


def even(datasets: Sequence[str]) -> Matrix:
    """Return what each problem weighs where datasets weigh equally."""
    layout = Layout.of(list(datasets))
    found = np.empty(layout.problems)
    for place in layout.places:
        found[place] = 1 / len(place) / len(layout.places)
    return found


def percentiles(resampled: Matrix) -> Interval | None:
    """Return the 95 % bootstrap interval of resampled values; None where an end is not finite."""
    low, high = np.quantile(resampled, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], axis=0, method="nearest")
    return (float(low), float(high)) if np.isfinite(low) and np.isfinite(high) else None
