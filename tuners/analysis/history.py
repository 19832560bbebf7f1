"""Regret, score and seconds of each method over commits, and where they changed. No files: `store/past_runs` reads.

runs in the order of their commits, those of one commit together
for each method and measure: runs that compared the same cells under the same options make a series
regret and score: commits whose trials are the same, one by one, are one search; its problems are the replicates
seconds: divided by those of the reference workload, of one kind of processor; sessions are the replicates
change points in each series, at the false alarm rate divided by the number of series (Bonferroni)
"""

from __future__ import annotations

import datetime as dt
import itertools
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tuners.analysis import units
from tuners.analysis.change_points import changes, columns_needed
from tuners.analysis.followed import MEASURES, Followed, Point, Series, compared, followed
from tuners.results.past import PastRun

ALPHA = 0.05
"""The chance that anything is marked where nothing has changed, if no other is asked for."""


@dataclass(frozen=True)
class Change:
    """A place where a series changed its level."""

    series: Series
    at: int
    """The place of the first point after it."""
    before: float
    """Mean of the level before; of seconds the geometric mean."""
    after: float
    p_value: float
    better: bool
    libraries: tuple[str, ...] = ()
    """Versions that changed there, such as `scikit-learn 1.8 to 1.9`."""


@dataclass(frozen=True)
class History:
    """What came of each method over commits."""

    points: Sequence[Point]
    series: Sequence[Series]
    changes: Sequence[Change]
    alpha: float
    tested: int
    """Series with at least two searches or sessions."""
    notes: Sequence[str] = ()
    needed: Mapping[str, int] = field(default_factory=dict)
    """By measure: how many searches or sessions a change needs to show, where each tested series has fewer."""

    @property
    def models(self) -> list[str]:
        """The models, in order of appearance."""
        return list(dict.fromkeys(each.model for each in self.series))

    @property
    def tuners(self) -> list[str]:
        """The methods, in order of appearance."""
        return list(dict.fromkeys(each.tuner for each in self.series))


def history(runs: Sequence[PastRun], alpha: float = ALPHA, notes: Sequence[str] = ()) -> History:
    """Return the history of runs; `notes` are what there is to say of those that are not among them."""
    points = _points(runs)
    made = [one for columns in compared(points) for measure in MEASURES for one in followed(columns, measure)]
    tested = [one for one in made if one.searches.shape[1] > 1]
    found = [change for one in tested for change in _changes(one, alpha / len(tested), points)]
    return History(
        points, [one.series for one in made], found, alpha, len(tested), tuple(notes), _needed(tested, alpha)
    )


def _needed(tested: Sequence[Followed], alpha: float) -> dict[str, int]:
    """Return by measure the searches or sessions that a change needs to show, where each series has fewer."""
    needed: dict[str, int] = {}
    for measure in {one.measure.name for one in tested}:
        mine = [one for one in tested if one.measure.name == measure]
        least = [columns_needed(len(one.searches), one.measure.kind, alpha / len(tested)) for one in mine]
        if all(one.searches.shape[1] < count for one, count in zip(mine, least, strict=True)):
            needed[measure] = min(least)
    return dict(sorted(needed.items()))


def _points(runs: Sequence[PastRun]) -> list[Point]:
    """Return commits in the order of their time, each with its runs; what is not committed stands by itself."""
    together: dict[tuple[str, str], list[PastRun]] = {}
    for run in runs:
        committed = run.commit.id and not run.commit.dirty
        together.setdefault((run.commit.id, "") if committed else ("", run.name), []).append(run)
    points = [Point(each[0].commit, tuple(each)) for each in together.values()]
    return sorted(points, key=lambda point: (_utc(point.commit.time or point.runs[0].date), _utc(point.runs[0].date)))


def _utc(time: str) -> str:
    """Return a time in UTC: one repository has commits of several time zones."""
    try:
        found = dt.datetime.fromisoformat(time)
    except ValueError:
        return time
    return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC).isoformat()


def _changes(one: Followed, level: float, points: Sequence[Point]) -> list[Change]:
    series, kind = one.series, one.measure.kind
    seed = zlib.crc32(f"{series.model}-{series.tuner}-{series.measure}-{series.number}".encode())
    found = changes(one.searches, kind, level, seed)
    # In columns of the series, with its two ends.
    edges = [0, *(one.firsts[place] for place in found), len(series.at)]
    means = [_mean(series, *ends) for ends in itertools.pairwise(edges)]
    return [
        Change(
            series, series.at[edge], before, after, p,
            better=(after < before) is (units.falls(series.metric) if one.measure.name == "score" else True),
            libraries=_libraries(points[series.at[edge - 1]], points[series.at[edge]]),
        )
        for edge, (before, after), p in zip(edges[1:-1], itertools.pairwise(means), found.values(), strict=True)
    ]  # fmt: skip


def _mean(series: Series, first: int, end: int) -> float:
    values = np.array(series.values[first:end])
    return float(np.exp(np.log(values).mean()) if series.measure == "seconds" else values.mean())


def _libraries(before: Point, after: Point) -> tuple[str, ...]:
    then, now = before.runs[-1].libraries, after.runs[0].libraries
    names = [name for name in now if name in then and then[name] != now[name]]
    return tuple(f"{name} {then[name]} to {now[name]}" for name in names)
