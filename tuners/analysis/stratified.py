"""The arithmetic of the gate on scores: one method's differences, paired by problem and stratified by dataset.

The estimand is the mean of the datasets' means, datasets weighing equally: of *these datasets*. Its standard error
comes from the spread between the problems of each dataset, SE^2 = D^-2 sum s_d^2 / n_d, with Welch and Satterthwaite's
degrees of freedom (Welch 1947). Differences of searches are skewed, which makes Student's t find drops where there are
none (8 to 15 % in place of 4): of t, and Hall's (1992) transformation of it, which takes skewness away, the more
cautious one counts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.special import ndtri, stdtr, stdtrit

from tuners.analysis.units import Interval

OVERALL, EACH = 0.8, 0.2
"""Shares of alpha for the mean over datasets, and for all single datasets together (the guard)."""
POWER = 0.8
"""Chance of finding a change that is there, at which designs are reckoned."""
LEAST_SKEWED = 3
"""Values without which skewness is not known, and taken to be none."""


@dataclass(frozen=True)
class Estimate:
    """A mean, how well it is known, and how skewed the error is."""

    mean: float
    error: float
    """Standard error; NaN where there is no spread to estimate it from."""
    freedom: float
    skewness: float = 0.0
    """Third central moment of the mean, by the cube of its error."""

    def below(self) -> float:
        """Return the p-value that the mean is not below 0."""
        if not self.error > 0:
            return 1.0 if math.isnan(self.error) or self.mean >= 0 else 0.0
        t = self.mean / self.error
        return float(stdtr(self.freedom, max(t, self._unskewed(t))))

    def _unskewed(self, t: float) -> float:
        """Return Hall's transformation of t (1992, Journal of the Royal Statistical Society B 54, equation 2.4)."""
        s = self.skewness
        return t + s * t**2 / 3 + s**2 * t**3 / 27 + s / 6

    def interval(self, alpha: float) -> Interval | None:
        """Return Welch's interval at a confidence of 1 - alpha; None where the error is not known."""
        if math.isnan(self.error):
            return None
        half = float(stdtrit(self.freedom, 1 - alpha / 2)) * self.error
        return self.mean - half, self.mean + half


@dataclass(frozen=True)
class Drop:
    """How sure it is that a method has become worse, and where it shows."""

    p_value: float
    dataset: int | None
    """The one that shows it by itself more clearly than all do together; None where they do."""


@dataclass(frozen=True)
class Differences:
    """Differences of one method's scores, by dataset."""

    values: tuple[np.ndarray, ...]
    """Of each dataset, those of its problems."""
    floors: tuple[float, ...]
    """The least standard deviation between the problems of each dataset that is believed."""

    @property
    def problems(self) -> int:
        """How many there are."""
        return sum(map(len, self.values))

    def shifted(self, by: Sequence[float]) -> Differences:
        """Return the differences with a number added to those of each dataset."""
        return replace(self, values=tuple(each + shift for each, shift in zip(self.values, by, strict=True)))

    def turned(self) -> Differences:
        """Return the differences of then to now."""
        return replace(self, values=tuple(-each for each in self.values))

    @property
    def means(self) -> list[float]:
        """Of each dataset."""
        return [float(each.mean()) for each in self.values]

    @cached_property
    def overall(self) -> Estimate:
        """The mean of the datasets' means.

        A dataset of one problem has the spread of all others together. Where every dataset has just one, datasets are
        the replicates, which overstates the error where they differ in truth.
        """
        if all(len(each) == 1 for each in self.values):
            return _of_one(np.concatenate(self.values), max(self.floors))
        several = [each for each in self.values if len(each) > 1]
        pooled = sum(len(each) - 1 for each in several)
        together = sum(float(((each - each.mean()) ** 2).sum()) for each in several) / pooled
        sizes = np.array([len(each) for each in self.values])
        spread = np.array([each.var(ddof=1) if len(each) > 1 else together for each in self.values])
        shares = np.maximum(spread, np.square(self.floors)) / sizes
        total = float(shares.sum())
        each_freedom = np.where(sizes > 1, sizes - 1, pooled)
        freedom = total**2 / float((shares**2 / each_freedom).sum()) if total else float(pooled)
        thirds = sum(_third_moment(each) / len(each) ** 2 for each in self.values)
        skewness = thirds / total**1.5 if total else 0.0
        return Estimate(float(np.mean(self.means)), math.sqrt(total) / len(sizes), min(freedom, pooled), skewness)

    def drop(self) -> Drop:
        """Test that neither the mean nor any single dataset lies below 0, at their shares of one alpha."""
        overall = self.overall.below() / OVERALL
        alone = [_of_one(*each).below() for each in zip(self.values, self.floors, strict=True)]
        least = int(np.argmin(alone))
        guard = len(alone) * alone[least] / EACH
        if len(alone) > 1 and guard < overall:
            return Drop(min(guard, 1.0), least)
        return Drop(min(overall, 1.0), None)

    def reach(self, alpha: float) -> float:
        """Return how far below 0 the mean must lie for `drop` to find it at alpha, with `POWER`; NaN for never."""
        overall = self.overall
        quantiles = stdtrit(overall.freedom, 1 - OVERALL * alpha) + stdtrit(overall.freedom, POWER)
        return float(quantiles) * overall.error

    def more_problems(self, distance: float, alpha: float) -> float:
        """Return how many times as many problems show, with `POWER`, a mean that far from a limit; inf for never."""
        z = float(ndtri(1 - alpha) + ndtri(POWER))
        error = self.overall.error
        return (z * error / distance) ** 2 if distance and not math.isnan(error) else math.inf


def _of_one(values: np.ndarray, floor: float) -> Estimate:
    """Return the estimate of one dataset's mean; its error is NaN for one value."""
    count, mean = len(values), float(values.mean())
    if count == 1:
        return Estimate(mean, math.nan, 1.0)
    variance = max(float(values.var(ddof=1)), floor**2)
    skewness = _third_moment(values) / count**2 / (variance / count) ** 1.5 if variance else 0.0
    return Estimate(mean, math.sqrt(variance / count), count - 1.0, skewness)


def _third_moment(values: np.ndarray) -> float:
    """Return the unbiased third central moment; 0 for fewer than `LEAST_SKEWED`."""
    count = len(values)
    if count < LEAST_SKEWED:
        return 0.0
    sums = float(((values - values.mean()) ** 3).sum())
    return sums * count / ((count - 1) * (count - 2))
