"""The arithmetic of many comparisons at once: differences of methods, paired within problems, over some datasets.

A matrix of differences has a row a problem and a column a comparison. Its estimand is the mean of the datasets' means,
datasets weighing equally: what holds *on these datasets*. Standard errors come from the spread between the problems
of each dataset, with Welch and Satterthwaite's degrees of freedom (Welch 1947).

Tests: the step-down method of Westfall and Young (1993, algorithm 2.8) on the greatest |t|, by joint sign flips of
whole problems (Romano and Wolf 2005, section 4), which keep what the comparisons have in common.
Intervals: single step, at one common level for which all comparisons of a family hold together (Hothorn, Bretz and
Westfall 2008). Sign flips give no such level: where a difference is there, flipped values spread more than errors do,
and their greatest |t| is too small (2.0 in place of 2.6 at six problems).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from tuners.analysis.levels import ALPHA
from tuners.analysis.statistics import LEAST_BLOCKS, RESAMPLES, Matrix

DRAWS = 20_000
"""Of normal vectors, for the common level of a family's intervals."""
LEAST_FREEDOM = 10
"""Degrees of freedom below which covariances are known too badly for a common level: Bonferroni's stands in."""
ROUNDING = 1e-12
"""Share of a sum of squares that is rounding, and not spread."""
_Places = NDArray[np.intp]


@dataclass(frozen=True)
class Layout:
    """Which problems belong to which dataset, and how finely their scores can differ."""

    places: tuple[_Places, ...]
    """Row numbers of each dataset's problems."""
    floors: Matrix
    """The least standard deviation between the problems of each dataset that is believed."""
    inflation: Matrix
    """By which each dataset's variance of a mean is multiplied: 1 for these problems (see `Layout.of`)."""

    @classmethod
    def of(
        cls, datasets: list[str], floors: dict[str, float] | None = None, shares: dict[str, float] | None = None
    ) -> Layout:
        """Make a layout of each problem's dataset.

        `shares` are test rows by training rows: with them, errors are those of new rows of the same datasets, of
        variance s^2 (1/J + test/train) in place of s^2/J (Nadeau and Bengio 2003).
        """
        names = list(dict.fromkeys(datasets))
        places = tuple(np.flatnonzero([each == name for each in datasets]) for name in names)
        inflation = [1 + len(place) * (shares or {}).get(name, 0.0) for name, place in zip(names, places, strict=True)]
        return cls(places, np.array([(floors or {}).get(name, 0.0) for name in names]), np.array(inflation))

    @property
    def problems(self) -> int:
        """How many there are."""
        return sum(map(len, self.places))

    @cached_property
    def sizes(self) -> Matrix:
        """Problems of each dataset."""
        return np.array([len(place) for place in self.places], dtype=float)


@dataclass(frozen=True)
class Estimate:
    """Means of a matrix's columns with their standard errors; NaN errors where no dataset has two problems."""

    means: Matrix
    errors: Matrix
    freedom: Matrix
    """Welch and Satterthwaite's degrees of freedom."""


def estimate(differences: Matrix, layout: Layout) -> Estimate:
    """Return the mean of the datasets' means of each column, with its standard error and degrees of freedom."""
    sums = np.array([differences[place].sum(axis=0) for place in layout.places])
    squares = np.array([(differences[place] ** 2).sum(axis=0) for place in layout.places])
    means = sums / layout.sizes[:, None]
    shares = _variances(means, squares, layout) / layout.sizes[:, None] * layout.inflation[:, None]
    errors = np.sqrt(shares.sum(axis=0)) / len(layout.places)
    pooled = max(float((layout.sizes - 1).sum()), 1.0)
    each = np.where(layout.sizes > 1, layout.sizes - 1, pooled)[:, None]
    total = shares.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        freedom = np.where(total > 0, total**2 / (shares**2 / each).sum(axis=0), pooled)
    return Estimate(means.mean(axis=0), errors, np.minimum(freedom, pooled))


def _variances(means: Matrix, squares: Matrix, layout: Layout) -> Matrix:
    """Return the variance between problems, datasets first; a dataset of one problem has that of all others together.

    `means` and `squares`, sums of squares, have the datasets first and any further axes.
    """
    shape = (-1,) + (1,) * (means.ndim - 1)
    sizes = layout.sizes.reshape(shape)
    spread = squares - sizes * means**2
    spread = np.where(spread <= ROUNDING * squares, 0.0, spread)
    pooled = float((layout.sizes - 1).sum())
    together = spread.sum(axis=0) / pooled if pooled else np.full(spread.shape[1:], np.nan)
    found = np.where(sizes > 1, spread / np.maximum(sizes - 1, 1), together)
    return np.asarray(np.maximum(found, layout.floors.reshape(shape) ** 2))


def step_down(differences: Matrix, layout: Layout) -> list[float]:
    """Return the adjusted p-value of each column: that its mean is 0, against that it is not.

    Exact where the flips are few enough to be listed, else from `RESAMPLES` of them, drawn with a fixed generator.
    """
    flips = _flips(layout.problems)
    every = _t_values(flips, differences, layout)
    observed = _t_values(np.ones((1, layout.problems)), differences, layout)[0]
    order = np.argsort(-observed, kind="stable")
    greatest = np.maximum.accumulate(every[:, order[::-1]], axis=1)[:, ::-1]
    as_extreme = (greatest >= observed[order] * (1 - 1e-9)).sum(axis=0)
    exact = len(flips) != RESAMPLES
    p_values = as_extreme / len(flips) if exact else (as_extreme + 1) / (RESAMPLES + 1)
    adjusted = np.empty(len(order))
    adjusted[order] = np.maximum.accumulate(p_values)
    return [float(min(p, 1.0)) for p in adjusted]


def _flips(problems: int) -> Matrix:
    """Return signs, a row a flip: one of each pair of opposites, since |t| is the same of both."""
    if 2 ** (problems - 1) <= RESAMPLES:
        bits = np.arange(2 ** (problems - 1))[:, None] >> np.arange(problems) & 1
        return np.asarray(1.0 - 2.0 * bits, dtype=np.float64)
    return np.random.default_rng(0).choice([-1.0, 1.0], size=(RESAMPLES, problems))


def _t_values(flips: Matrix, differences: Matrix, layout: Layout) -> Matrix:
    """Return |t| of each flip and column. A flip changes means, and no sum of squares."""
    sums = np.array([flips[:, place] @ differences[place] for place in layout.places])
    squares = np.array([(differences[place] ** 2).sum(axis=0) for place in layout.places])
    means = sums / layout.sizes[:, None, None]
    variances = _variances(means, np.broadcast_to(squares[:, None, :], means.shape), layout)
    error = np.sqrt((variances / layout.sizes[:, None, None]).sum(axis=0))
    size = np.abs(means.sum(axis=0))
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.where(size <= ROUNDING * np.abs(differences).max(initial=0.0), 0.0, size / error)
    return np.asarray(np.nan_to_num(found, nan=0.0, posinf=np.inf))


def half_widths(differences: Matrix, layout: Layout, found: Estimate) -> Matrix | None:
    """Return by how much each mean's interval goes to either side, so that all hold together in 95 % of samples.

    None for fewer than `LEAST_BLOCKS` problems, or where no dataset has two. One column has Welch's interval.
    """
    if layout.problems < LEAST_BLOCKS or not np.isfinite(found.errors).all():
        return None
    common = _common_level(differences, layout, found.errors)
    level = np.where(found.freedom < LEAST_FREEDOM, min(common, ALPHA / differences.shape[1]), common)
    return np.asarray(stats.t.ppf(1 - level / 2, found.freedom) * found.errors)


def _common_level(differences: Matrix, layout: Layout, errors: Matrix) -> float:
    """Return the level at which each interval is made: of normal means with the columns' covariances."""
    columns = differences.shape[1]
    if columns == 1:
        return ALPHA
    roots = np.zeros_like(differences)
    for place, inflation in zip(layout.places, layout.inflation, strict=True):
        if len(place) > 1:
            centred = differences[place] - differences[place].mean(axis=0)
            roots[place] = centred * math.sqrt(inflation / (len(place) * (len(place) - 1))) / len(layout.places)
    generator = np.random.default_rng(0)
    small = np.linalg.qr(roots, mode="r")
    drawn = generator.standard_normal((DRAWS, len(small))) @ small
    # What a floor adds to an error, or a dataset of one problem, is taken to be each column's own.
    own = np.sqrt(np.maximum(errors**2 - (roots**2).sum(axis=0), 0.0))
    drawn += own * generator.standard_normal((DRAWS, columns))
    with np.errstate(invalid="ignore", divide="ignore"):
        greatest = np.nanmax(np.where(errors > 0, np.abs(drawn) / errors, 0.0), axis=1)
    return float(2 * stats.norm.sf(np.quantile(greatest, 1 - ALPHA)))
