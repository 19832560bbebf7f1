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
from tuners.analysis.components import Variances, in_one_unit, test_samples, variances
from tuners.analysis.contrasts import Contrast, Contrasts
from tuners.analysis.levels import AGREEING, EQUIVALENT, LEAST, POWER
from tuners.analysis.observed import by_tuner
from tuners.results.run import Run

MOST_REPEATS = 200
"""More of them are not advised: the seeds are too few, then."""
MOST_SEEDS = 200
"""More of them are not advised: what is open is too small to be found."""
DEARER = 1.25
"""Repeats may cost this many times what seeds do: they leave the problems as they are."""
BESIDE = 0.1
"""Seconds of a recorded cell beside its method's own: its look-ups, its journal, its report."""
CRITICAL = 2.8
"""Standard errors in half an interval, near enough for what is told as `about`."""


@dataclass(frozen=True)
class More:
    """What would probably settle which method to use, if it varies as it did here: the nearest answer there is."""

    kind: Literal["repeats", "seeds"]
    now: int
    then: int
    """Of all sessions: `then - now` more."""
    option: str
    """The option that a further session needs in place of its own."""
    minutes: float | None
    """That such a session takes, which runs all cells again, one after another; of recorded runs the methods' own, and
    those of the new tables, if it is known what tables take."""
    tables: int = 0
    """To be recorded first, one a new problem."""
    problems: int = 0
    """From which it is told: of few, it is a guess."""
    least: bool = False
    """Whether it is only the least with which anything can be tested."""


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
        _more(found, _needed(cheaper, region, decided=use is not None), runs),
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


def _more(found: Contrasts, factors: Mapping[str, float], runs: Sequence[Run]) -> More | None:
    """Return the repeats that shrink variances by these factors; seeds, where repeats cannot, or cost more."""
    if not factors or not found.datasets:
        return None
    seeds = max(1, math.ceil(found.problems / found.datasets))
    if not _shown(found):
        return _seeds(seeds, seeds, found, runs, least=True)
    repeats = _repeats(factors, found, runs)
    more_seeds = _seeds(seeds, seeds * max(factors.values()), found, runs)
    if repeats is None or more_seeds is None:
        return repeats or more_seeds
    unknown = more_seeds.tables and _of_tables(runs) is None
    return repeats if unknown or (repeats.minutes or 0.0) <= DEARER * (more_seeds.minutes or 0.0) else more_seeds


def _needed(undecided: Sequence[Contrast], region: float | None, *, decided: bool) -> dict[str, float]:
    """Return by how much the variance of each of these must shrink, so that the nearest answer is shown with `POWER`.

    Without advice that is one method equivalent to the best, or all others excluded; with it, all that is open.
    """
    equal = {each.tuner: _factor(each, (region or 0.0) - abs(each.mean), agreeing=AGREEING) for each in undecided}
    worse = {each.tuner: _factor(each, abs(each.mean), agreeing=math.inf) for each in undecided}
    if decided or not undecided:
        return {tuner: min(equal[tuner], worse[tuner]) for tuner in equal}
    return min([*({tuner: each} for tuner, each in equal.items()), worse], key=lambda answer: max(answer.values()))


def _factor(contrast: Contrast, reach: float, *, agreeing: float) -> float:
    """Return by how much the variance must shrink, so that an interval is shorter than its reach with `POWER`.

    Of methods that agree: how many times the problems it takes, where so many are enough.
    """
    if contrast.agree:
        return agreeing / contrast.problems
    low, high = contrast.interval or (-math.inf, math.inf)
    needed = (high - low) / 2 * (1 + float(stats.norm.ppf(POWER)) / CRITICAL)
    return (needed / reach) ** 2 if reach > 0 else math.inf


def _repeats(factors: Mapping[str, float], found: Contrasts, runs: Sequence[Run]) -> More | None:
    """Return the repeats that settle it, if it is repeats that vary and not problems."""
    samples = test_samples(runs) if found.what == "test" else in_one_unit(test_samples(runs))
    now = max((len(run.repeats) for run in runs), default=1)
    if now < 2:
        return None
    needed = [_of_repeats(variances(samples, tuner, found.best[0]), factor) for tuner, factor in factors.items()]
    if any(each is None for each in needed):
        return None
    then = max(now + 1, math.ceil(now * max(each for each in needed if each is not None)))
    if then > MOST_REPEATS:
        return None
    able = [run for run in runs if run.record.ok]
    return More(
        "repeats",
        now,
        then,
        f"--tuning-repeats={then}",
        _cost(able, then / now, repeated=True),
        problems=found.problems,
    )


def _of_repeats(found: Variances | None, factor: float) -> float | None:
    """Return how many times the repeats make a difference's variance so much smaller; None if they cannot."""
    if found is None or not found.total:
        return None
    share = min(found.noise / found.total, 1.0)
    left = 1 / factor - (1 - share)
    return share / left if left > 0 else None


def _seeds(now: int, needed: float, found: Contrasts, runs: Sequence[Run], *, least: bool = False) -> More | None:
    if needed > MOST_SEEDS:
        return None
    then = max(now + 1, 2, math.ceil(LEAST / found.datasets), math.ceil(needed))
    compared = [run for run in runs if run.record.ok and run.record.tuner in found.tuners]
    recorded = any(run.record.clock == "recorded" for run in compared)
    tables = (then - now) * found.datasets if recorded else 0
    minutes = _cost(compared, then / now)
    building = _of_tables(compared)
    if minutes is not None and building is not None:
        minutes += tables * building
    return More("seeds", now, then, f"--tuning-seeds={then}", minutes, tables, found.problems, least)


def _of_tables(runs: Sequence[Run]) -> float | None:
    """Return the minutes that building a table took on average; None where none is known."""
    marks = {(run.record.dataset, run.record.seed): run.record.landmarks for run in runs}
    seconds = [each.seconds for each in marks.values() if each is not None and each.whole and each.seconds is not None]
    return float(np.mean(seconds)) / 60 if seconds else None


def _cost(runs: Sequence[Run], times: float, *, repeated: bool = False) -> float | None:
    """Return the minutes of so many times these runs with their repeats, or of those alone that have several."""
    minutes = [_minutes_of(run) * (1.0 if repeated and len(run.repeats) < 2 else times) for run in runs]
    return sum(minutes) if minutes else None


def _minutes_of(run: Run) -> float:
    seconds = run.record.seconds if run.record.clock == "wall" else run.record.search_seconds
    beside = 0.0 if run.record.clock == "wall" else BESIDE
    return ((seconds or 0.0) * len(run.repeats) + beside) / 60
