"""Targets: what a method takes to reach a cross-validation score that was fixed before any search.

The figure is the expected running time: all that was spent until the target, or until the end of a run that did not
reach it, over the number of runs that did (Hansen et al., "COCO: a platform for comparing continuous optimizers in a
black-box setting", 2021, section 4). No target is a score of a run: identical methods would differ by a winner's luck.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tuners.analysis.observed import Spot, by_tuner, default_scores, spot
from tuners.analysis.resampling import even, percentiles, weights
from tuners.analysis.units import Interval
from tuners.results.landmarks import EQUAL
from tuners.results.record import BASE, Record
from tuners.results.run import Repeat, Run

Target = Literal["default", "tenth", "hundredth"]
LABELS: Mapping[Target, str] = {
    "default": "as good as the default",
    "tenth": "among the space's best 10 %",
    "hundredth": "among the space's best 1 %",
}
BETTER = "better than the default"
"""Where searches begin with the default, whose score each has after one evaluation."""


@dataclass(frozen=True)
class TargetRow:
    """What one method takes to reach one target, on these datasets, which weigh equally."""

    tuner: str
    target: Target
    label: str
    evaluations: float | None
    """Expected running time; None if the target was never reached."""
    evaluations_interval: Interval | None
    """95 % bootstrap interval over problems; None where an end is not finite."""
    seconds: float | None
    """On the runs' clock; None where it is not known."""
    seconds_interval: Interval | None
    reached: int
    runs: int
    """Repeats of all problems whose target is known."""
    problems: int


@dataclass(frozen=True)
class _Goal:
    """A score to reach, or to exceed."""

    score: float
    beyond: bool

    def is_reached(self, score: float) -> bool:
        return score > self.score + EQUAL if self.beyond else score >= self.score - EQUAL


def targets(records: Sequence[Record], runs: Sequence[Run]) -> list[TargetRow]:
    """Return a row for each method and each target that is known on a problem of it; of runs with incumbents."""
    found = []
    untuned = default_scores(records)
    listed = by_tuner(runs, lambda run: bool(run.repeats) and run.record.ok and run.record.tuner != BASE)
    marks = {spot(r): r.landmarks for r in records if r.landmarks is not None and r.landmarks.whole}
    beyond = any(run.record.start == "default" for mine in listed.values() for run in mine)
    scores: Mapping[Target, Mapping[Spot, float | None]] = {
        "default": untuned,
        "tenth": {where: each.tenth for where, each in marks.items()},
        "hundredth": {where: each.hundredth for where, each in marks.items()},
    }
    for target, known in scores.items():
        exceeds = target == "default" and beyond
        goals = {where: _Goal(score, exceeds) for where, score in known.items() if score is not None}
        # What no candidate exceeds is no target: searches would be charged for what cannot be done.
        best = {where: each.optimum for where, each in marks.items() if each.optimum is not None}
        goals = {where: each for where, each in goals.items() if each.is_reached(best.get(where, math.inf))}
        label = BETTER if exceeds else LABELS[target]
        for tuner, mine in listed.items():
            there = [run for run in mine if spot(run.record) in goals]
            if there:
                found.append(_row(tuner, target, label, there, goals))
    return found


def _row(tuner: str, target: Target, label: str, runs: Sequence[Run], goals: Mapping[Spot, _Goal]) -> TargetRow:
    datasets = tuple(run.record.dataset for run in runs)
    means = np.array([np.mean([_until(r, goals[spot(run.record)]) for r in run.repeats], axis=0) for run in runs])
    hits = [[_hit(repeat, goals[spot(run.record)]) for repeat in run.repeats] for run in runs]
    reached = np.array([np.mean(each) for each in hits])
    drawn = weights(datasets)
    evaluations, seconds = means.T
    return TargetRow(
        tuner, target, label,
        *_expected(evaluations, reached, even(datasets), drawn),
        *_expected(seconds, reached, even(datasets), drawn),
        reached=sum(map(sum, hits)), runs=sum(map(len, hits)), problems=len(runs),
    )  # fmt: skip


def _hit(repeat: Repeat, goal: _Goal) -> bool:
    return any(goal.is_reached(each.cv_score) for each in repeat.incumbents)


def _until(repeat: Repeat, goal: _Goal) -> tuple[float, float]:
    """Return what a run spent until its goal, or to its end, in evaluations and seconds; NaN where it is not known."""
    there = [each for each in repeat.incumbents if goal.is_reached(each.cv_score)]
    if not there:
        return float(repeat.evaluations), np.nan if repeat.seconds is None else repeat.seconds
    spent = [np.nan if each.spent is None else each.spent for each in there]
    seconds = [np.nan if each.seconds is None else each.seconds for each in there]
    return min(spent), min(seconds)


def _expected(
    spent: np.ndarray, reached: np.ndarray, each: np.ndarray, drawn: np.ndarray | None
) -> tuple[float | None, Interval | None]:
    share = float(each @ reached)
    if not share or not np.isfinite(spent).all():
        return None, None
    if drawn is None:
        return float(each @ spent) / share, None
    with np.errstate(divide="ignore"):
        return float(each @ spent) / share, percentiles((drawn @ spent) / (drawn @ reached))
