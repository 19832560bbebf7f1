"""Advice: the cheapest method that is shown to be as good as the best, or what would settle which one is.

a method is *equivalent* to the best if its interval to the best lies within the region of equivalence, or if both agree
on each of many problems; *excluded* if the test finds it worse; and else *open*, however near the two means are
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from tuners.analysis import units
from tuners.analysis.components import Variances, test_samples, variances
from tuners.analysis.contrasts import Contrast, Contrasts
from tuners.analysis.levels import AGREEING, EQUIVALENT, LEAST, POWER
from tuners.analysis.observed import by_tuner
from tuners.results.run import Run

MOST_REPEATS = 200
"""More of them are not advised: the seeds are too few, then."""
MOST_SEEDS = 1_000
"""More of them are not advised: what is open is too small to be found."""
DEARER = 1.25
"""Repeats may cost this many times what seeds do: they leave the problems as they are."""
CRITICAL = 2.8
"""Standard errors in half an interval, near enough for what is told as `about`."""


@dataclass(frozen=True)
class More:
    """What would probably settle which method to use, if it varies as it did here."""

    kind: Literal["repeats", "seeds"]
    now: int
    then: int
    """Of all sessions: `then - now` more."""
    option: str
    """The option that a further session needs in place of its own."""
    minutes: float | None
    """That the further runs take, one after another; of recorded runs the methods' own seconds."""
    tables: int = 0
    """To be recorded first, one a new problem, whose seconds are not in `minutes`: they are not known."""

    @property
    def sentence(self) -> str:
        """What to run, and how long it takes."""
        kind = self.kind if self.then - self.now > 1 else self.kind.removesuffix("s")
        return f"about {self.then - self.now} more {kind} ({', '.join([self.option, *self.costs])})"

    @property
    def costs(self) -> list[str]:
        """What it takes, in words: minutes, and tables that come on top."""
        tables = f"and {self.tables} new table{'' if self.tables == 1 else 's'}" if self.tables else ""
        return list(filter(None, ["" if self.minutes is None else _minutes(self.minutes), tables]))


@dataclass(frozen=True)
class Advice:
    """Which method to use on these datasets, as far as it is known."""

    use: str | None = None
    """The cheapest of the equivalent ones; None where it is undecided."""
    seconds: float | None = None
    """Of a run of it."""
    best: tuple[str, ...] = ()
    equivalent: tuple[str, ...] = ()
    """With the best, where another one is equivalent to it or all others are excluded."""
    open: tuple[str, ...] = ()
    """Neither equivalent nor excluded."""
    region: float | None = None
    """Of equivalence, in the metric's unit; None for a metric of which it is not known what makes no difference."""
    metric: str = ""
    more: More | None = None
    """What would settle the open ones."""

    @property
    def sentence(self) -> str:
        """The advice; empty where nothing is compared."""
        if not self.best:
            return ""
        settle = f": {self.more.sentence}" if self.more is not None else ""
        if self.use is None:
            return f"which method to use is undecided{settle}"
        cost = "" if self.seconds is None else f", {self.seconds:.2g} s a run"
        if len(self.equivalent) == 1:
            return f"use {self.use}: every other method is behind{cost}"
        within = "" if self.region is None else f" (within {units.size(self.region, self.metric)})"
        text = f"use {self.use}: it is as good as the best{within} at the least cost{cost}"
        return text if not self.open else f"{text}; undecided are {', '.join(self.open)}{settle}"


def advise(found: Contrasts, runs: Sequence[Run]) -> Advice:
    """Return the advice on methods that are compared by test scores; `runs` have their seconds and repeats."""
    if len(found.tuners) < 2 or not found.best:
        return Advice()
    region = EQUIVALENT if units.is_share(found.metric) else None
    first = found.best[0]
    equal = [each.tuner for each in found.to_best if _shown(found) and _equal(each, region)]
    undecided = [each for each in found.to_best if each.tuner not in equal and each.found != "worse"]
    equivalent = [first, *equal] if equal or not undecided else []
    costs = {tuner: _seconds(mine) for tuner, mine in by_tuner(runs, lambda run: run.record.ok).items()}
    failing = {run.record.tuner for run in runs if run.record.failed}
    able = [tuner for tuner in equivalent if tuner in costs and tuner not in failing]
    use = min(able, key=lambda tuner: costs[tuner]) if able else None
    cheaper = [each for each in undecided if use is None or costs.get(each.tuner, math.inf) < costs[use]]
    return Advice(
        use,
        None if use is None else costs[use],
        found.best,
        tuple(equivalent),
        tuple(each.tuner for each in cheaper),
        region,
        found.metric,
        _more(found, cheaper, first, region, runs),
    )


def _shown(found: Contrasts) -> bool:
    """Whether there are enough problems for a test: without one the best may be so by chance."""
    return all(each.p_value is not None for each in found.to_best)


def _equal(contrast: Contrast, region: float | None) -> bool:
    """Whether what matters is excluded. Equal means may be chance, and so may agreement on few problems."""
    if contrast.agree:
        return contrast.problems >= AGREEING
    low, high = contrast.interval or (-math.inf, math.inf)
    return region is not None and -region <= low and high <= region


def _seconds(runs: Sequence[Run]) -> float:
    return float(np.mean([run.record.seconds or 0.0 for run in runs]))


def _more(
    found: Contrasts, undecided: Sequence[Contrast], first: str, region: float | None, runs: Sequence[Run]
) -> More | None:
    """Return the more repeats that settle all that is open; more seeds, where repeats cannot, or cost more."""
    if not undecided or not found.datasets:
        return None
    seeds = max(1, math.ceil(found.problems / found.datasets))
    if not _shown(found):
        return _seeds(seeds, seeds, found, runs)
    factors = {each.tuner: _factor(each, region) for each in undecided}
    repeats = _repeats(factors, first, runs)
    more_seeds = _seeds(seeds, seeds * max(factors.values()), found, runs)
    if repeats is None or more_seeds is None:
        return repeats or more_seeds
    # Seeds of recorded runs need new tables, too, whose cost is not known here.
    recorded = any(run.record.clock == "recorded" for run in runs)
    return repeats if recorded or (repeats.minutes or 0.0) <= DEARER * (more_seeds.minutes or 0.0) else more_seeds


def _factor(contrast: Contrast, region: float | None) -> float:
    """Return by how much the variance must shrink, so that the nearer of both outcomes is shown with `POWER`.

    Of methods that agree: how many times the problems it takes.
    """
    if contrast.agree:
        return AGREEING / contrast.problems
    low, high = contrast.interval or (-math.inf, math.inf)
    half, distance = (high - low) / 2, abs(contrast.mean)
    reach = max(distance, (region or 0.0) - distance)
    needed = half * (1 + float(stats.norm.ppf(POWER)) / CRITICAL)
    return (needed / reach) ** 2 if reach > 0 else math.inf


def _repeats(factors: Mapping[str, float], first: str, runs: Sequence[Run]) -> More | None:
    """Return the repeats that settle it, if it is repeats that vary and not problems."""
    samples = test_samples(runs)
    now = max((len(run.repeats) for run in runs), default=1)
    if now < 2:
        return None
    needed = [_of_repeats(variances(samples, tuner, first), factor) for tuner, factor in factors.items()]
    if any(each is None for each in needed):
        return None
    then = max(now + 1, math.ceil(now * max(each for each in needed if each is not None)))
    if then > MOST_REPEATS:
        return None
    random = [run for run in runs if run.record.ok and len(run.repeats) > 1]
    return More("repeats", now, then, f"--tuning-repeats={then}", _cost(random, (then - now) / now))


def _of_repeats(found: Variances | None, factor: float) -> float | None:
    """Return how many times the repeats make a difference's variance so much smaller; None if they cannot."""
    if found is None or not found.total:
        return None
    share = min(found.noise / found.total, 1.0)
    left = 1 / factor - (1 - share)
    return share / left if left > 0 else None


def _seeds(now: int, needed: float, found: Contrasts, runs: Sequence[Run]) -> More | None:
    if needed > MOST_SEEDS:
        return None
    then = max(now + 1, 2, math.ceil(LEAST / found.datasets), math.ceil(needed))
    compared = [run for run in runs if run.record.ok and run.record.tuner in found.tuners]
    recorded = any(run.record.clock == "recorded" for run in compared)
    tables = (then - now) * found.datasets if recorded else 0
    return More("seeds", now, then, f"--tuning-seeds={then}", _cost(compared, (then - now) / now), tables)


def _cost(runs: Sequence[Run], share: float) -> float | None:
    """Return the minutes of a share more of what runs took, with their repeats."""
    if not runs:
        return None
    seconds = [(run.record.seconds if run.record.clock == "wall" else run.record.search_seconds) or 0.0 for run in runs]
    return share * sum(each * len(run.repeats) for each, run in zip(seconds, runs, strict=True)) / 60


def _minutes(minutes: float) -> str:
    if minutes < 1:
        return "under a minute"
    return f"{minutes:.0f} minute{'' if round(minutes) == 1 else 's'}" if minutes < 90 else f"{minutes / 60:.1f} hours"
