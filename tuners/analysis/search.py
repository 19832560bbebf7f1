"""How well methods search: normalised regret at the end, over the course of the search, and over all runs.

Regret is 0 at the space's optimum and 1 at the median of its candidates; where these are not known, 0 at the best score
that any method saw and 1 at the default's (`observed.Scales`). All figures hold on these datasets, which weigh equally.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from tuners.analysis.anytime import held
from tuners.analysis.inference import Layout, estimate
from tuners.analysis.levels import ALPHA
from tuners.analysis.observed import Scale, Scales, by_tuner, horizon, spot
from tuners.analysis.resampling import even, mean_with_interval, percentiles, share_with_interval, weights
from tuners.analysis.statistics import LEAST_BLOCKS, Matrix
from tuners.analysis.units import Interval
from tuners.results.landmarks import EQUAL, MOST_REGRET, area
from tuners.results.record import Record
from tuners.results.run import Repeat, Run

MOST_POINTS = 100
"""Of one curve."""
THRESHOLDS = np.linspace(0, 1, 41)
"""Regrets of a performance profile."""
TARGETS = np.array([0.0, *np.geomspace(1e-3, 1, 50)])
"""Regrets that a search may reach, of the ECDF of targets."""
MIDDLE = (0.25, 0.75)
"""Of the runs, whose mean the interquartile mean is."""


@dataclass(frozen=True)
class SearchRow:
    """One method's search, over the problems on which it ran; where it failed it has the most regret."""

    tuner: str
    problems: int
    runs: int
    """Repeats of all problems together; a failed cell is one."""
    regret: float
    """Of the winner's cross-validation score."""
    regret_interval: Interval | None
    area: float | None
    """Mean regret over the logarithm of the evaluations up to the horizon; None without incumbents."""
    area_interval: Interval | None
    iqm: float
    """Interquartile mean of the runs' regrets at the end (Agarwal et al. 2021, section 4.3)."""
    iqm_interval: Interval | None
    """Bootstrap over problems."""
    found: float
    """Share of the runs that ended at regret 0: the optimum, or the best score seen."""
    found_interval: Interval


@dataclass(frozen=True)
class RegretCurve:
    """One method's regret over the course of a search, with a 95 % interval at each point."""

    tuner: str
    x: tuple[float, ...]
    """Evaluations, up to the horizon."""
    mean: tuple[float, ...]
    low: tuple[float, ...]
    """The mean where there are too few problems for an interval; and `high`."""
    high: tuple[float, ...]
    problems: int
    datasets: int


@dataclass(frozen=True)
class Profile:
    """A performance profile: the share of runs whose regret at the end is at most some (Agarwal et al. 2021, 4.2)."""

    tuner: str
    regrets: tuple[float, ...]
    share: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class Reached:
    """The share of all targets of all runs that are reached by so many evaluations (Hansen et al., COCO, 2021)."""

    tuner: str
    x: tuple[float, ...]
    share: tuple[float, ...]


@dataclass(frozen=True)
class Search:
    """What there is to say of the searches of a group."""

    optimum: str
    """What regret 0 is: `optimum` or `best seen`; empty where there is no regret."""
    horizon: int
    """Evaluations up to which curves and areas go."""
    rows: tuple[SearchRow, ...] = ()
    curves: tuple[RegretCurve, ...] = ()
    profiles: tuple[Profile, ...] = ()
    reached: tuple[Reached, ...] = ()


def search(records: Sequence[Record], runs: Sequence[Run], scales: Scales) -> Search:
    """Return the figures of the searches; of records alone, without repeats, those at the end."""
    end = horizon(records)
    runs = [run for run in runs if run.record.ok and spot(run.record) in scales.of]
    listed = by_tuner(
        runs or [Run(record, ()) for record in records if record.ok and spot(record) in scales.of], lambda _: True
    )
    if not listed:
        return Search(scales.kind, end)
    for record in records:
        if record.failed and record.tuner in listed and spot(record) in scales.of:
            listed[record.tuner].append(Run(record, ()))
    traced = {tuner: mine for tuner, mine in listed.items() if all(_traced(run) for run in mine)}
    steps = np.unique(np.geomspace(1, max(end, 1), MOST_POINTS).round())
    means = {tuner: _Steps.of(mine, scales, steps) for tuner, mine in traced.items()}
    return Search(
        scales.kind,
        end,
        tuple(_row(tuner, mine, scales, end) for tuner, mine in listed.items()),
        tuple(_curve(tuner, each, steps) for tuner, each in means.items()),
        tuple(_profile(tuner, mine, scales) for tuner, mine in listed.items()),
        tuple(
            Reached(tuner, _plain(steps), _plain(even(each.datasets) @ each.reached)) for tuner, each in means.items()
        ),
    )


def _traced(run: Run) -> bool:
    """Whether it is known when the incumbents of a run were found."""
    return all(each.incumbents and all(x.spent is not None for x in each.incumbents) for each in run.repeats if each.ok)


def _finals(run: Run, scale: Scale) -> list[float]:
    """Return the regret of each repeat at its end; a failed one has the most, and so has a failed cell."""
    if not run.record.ok:
        return [MOST_REGRET]
    return [scale.regret(repeat.cv_score if repeat.ok else None) for repeat in run.repeats]


def _incumbents(repeat: Repeat, scale: Scale) -> list[tuple[float, float]]:
    """Return when the best score changed, and the regret from there on."""
    found: list[tuple[float, float]] = []
    for each in sorted(repeat.incumbents, key=lambda each: each.spent or 0.0):
        regret = scale.regret(each.cv_score)
        if not found or regret < found[-1][1]:  # parallel trials end in an order of their own
            found.append((each.spent or 0.0, regret))
    return found


def _row(tuner: str, runs: Sequence[Run], scales: Scales, end: int) -> SearchRow:
    datasets = tuple(run.record.dataset for run in runs)
    finals = [_finals(run, scales.of[spot(run.record)]) for run in runs]
    regret, regret_interval = mean_with_interval([float(np.mean(each)) for each in finals], datasets)
    found, found_interval = share_with_interval([float(np.mean(np.array(e) <= EQUAL)) for e in finals], datasets)
    areas = [_area(run, scales.of[spot(run.record)], end) for run in runs]
    known = [each for each in areas if each is not None]
    mean, interval = mean_with_interval(known, datasets) if len(known) == len(runs) else (None, None)
    resampled = weights(datasets)
    return SearchRow(
        tuner,
        len(runs),
        sum(map(len, finals)),
        regret,
        _regrets(regret_interval),
        mean,
        _regrets(interval),
        float(_iqm(finals, even(datasets)[None])[0]),
        None if resampled is None else percentiles(_iqm(finals, resampled)),
        found,
        found_interval,
    )


def _regrets(interval: Interval | None) -> Interval | None:
    """Return the part of an interval that regrets can have."""
    return None if interval is None else (max(interval[0], 0.0), min(interval[1], MOST_REGRET))


def _area(run: Run, scale: Scale, end: int) -> float | None:
    if not run.record.ok:
        return MOST_REGRET
    if not _traced(run):
        return run.record.area
    return float(np.mean([area(_incumbents(repeat, scale), end) for repeat in run.repeats]))


def _iqm(finals: Sequence[Sequence[float]], weights: Matrix) -> Matrix:
    """Return the interquartile mean of all runs' values, for each row of weights of the problems.

    With equal weights it is SciPy's `trim_mean` at 0.25, where a quarter of the runs is a whole number.
    """
    values = np.concatenate([np.asarray(each, dtype=float) for each in finals])
    order = np.argsort(values)
    shared = np.concatenate(
        [np.full((len(weights), len(f)), w[:, None] / len(f)) for f, w in zip(finals, weights.T, strict=True)], axis=1
    )
    above = np.cumsum(shared[:, order], axis=1)
    inside = np.minimum(above, MIDDLE[1]) - np.maximum(above - shared[:, order], MIDDLE[0])
    inside = np.maximum(inside, 0.0)
    return np.asarray(inside @ values[order] / inside.sum(axis=1))


@dataclass(frozen=True)
class _Steps:
    """What each problem's repeats have on average at each step: problems x steps."""

    datasets: tuple[str, ...]
    regrets: Matrix
    reached: Matrix
    """Share of the targets."""

    @classmethod
    def of(cls, runs: Sequence[Run], scales: Scales, steps: Matrix) -> _Steps:
        regrets, reached = np.empty((2, len(runs), len(steps)))
        for index, run in enumerate(runs):
            scale = scales.of[spot(run.record)]
            events = [_incumbents(repeat, scale) for repeat in run.repeats] if run.record.ok else [[]]
            lines = np.array([_line(each, steps) for each in events])
            regrets[index] = lines.mean(axis=0)
            reached[index] = (1 - np.searchsorted(TARGETS, lines - EQUAL) / len(TARGETS)).mean(axis=0)
        return cls(tuple(run.record.dataset for run in runs), regrets, reached)


def _line(events: Sequence[tuple[float, float]], steps: Matrix) -> Matrix:
    if not events:
        return np.full(len(steps), MOST_REGRET)
    x, y = np.array(events).T
    values = held(x, y, steps)
    return np.where(np.isnan(values), MOST_REGRET, values)


def _curve(tuner: str, each: _Steps, steps: Matrix) -> RegretCurve:
    layout = Layout.of(list(each.datasets))
    found = estimate(each.regrets, layout)
    half = np.zeros(len(steps))
    if layout.problems >= LEAST_BLOCKS and np.isfinite(found.errors).all():
        half = stats.t.ppf(1 - ALPHA / 2, found.freedom) * found.errors
    low, high = np.clip([found.means - half, found.means + half], 0.0, MOST_REGRET)
    return RegretCurve(
        tuner, _plain(steps), _plain(found.means), _plain(low), _plain(high), layout.problems, len(layout.places)
    )


def _profile(tuner: str, runs: Sequence[Run], scales: Scales) -> Profile:
    datasets = tuple(run.record.dataset for run in runs)
    finals = [np.array(_finals(run, scales.of[spot(run.record)])) for run in runs]
    shares = np.array([(each[:, None] <= THRESHOLDS + EQUAL).mean(axis=0) for each in finals])
    mean = even(datasets) @ shares
    drawn = weights(datasets)
    low, high = (mean, mean) if drawn is None else np.quantile(drawn @ shares, [ALPHA / 2, 1 - ALPHA / 2], axis=0)
    return Profile(tuner, _plain(THRESHOLDS), _plain(mean), _plain(low), _plain(high))


def _plain(values: Matrix) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
