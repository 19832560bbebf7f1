"""Anytime rows: the best score so far over the course of a search, and the time a method needs to reach a score.

The best so far is a step function: a value holds until a better one, and is never interpolated. The time to reach a
score is the expected running time, total seconds over successes (Hansen et al., "COCO: a platform for comparing
continuous optimizers in a black-box setting", 2021).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tuners.analysis.statistics import CONFIDENCE
from tuners.analysis.units import Interval
from tuners.results.run import Run

Axis = Literal["evaluations", "seconds"]
Measure = Literal["cv", "test"]
MOST_POINTS = 300
"""Of one curve; more steps than these are thinned, by leaving points out."""
RESAMPLES = 2_000
_Array = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """One method's best score so far: median and quartiles over seeds, each seed's mean over the datasets."""

    tuner: str
    measure: Measure
    axis: Axis
    x: tuple[float, ...]
    """Evaluations, or seconds since the run began; from where every seed has a score."""
    median: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    seeds: int


@dataclass(frozen=True)
class Reach:
    """What a method needs to reach the best method's final cross-validation score, relative to that method."""

    tuner: str
    target: str
    """The best method's name."""
    ratio: float | None
    """Of expected running times (total seconds over successes; Hansen et al. 2021); None if it was never reached."""
    interval: Interval | None
    """95 % bootstrap interval over blocks; None where a resample has no success."""
    reached: int
    blocks: int


def curves(runs: Sequence[Run], axis: Axis, measure: Measure) -> list[Curve]:
    """Make the curve of each method from good runs of one model, on one dataset or several.

    With several, only seeds count that a method has on all of the datasets; a method without any has no curve.
    """
    found = []
    datasets = {run.record.dataset for run in runs if run.record.ok and run.incumbents}
    for tuner in dict.fromkeys(run.record.tuner for run in runs):
        mine = [run for run in runs if run.record.tuner == tuner and run.record.ok and run.incumbents]
        seeds: dict[int, list[tuple[_Array, _Array]]] = {}
        for run in mine:
            seeds.setdefault(run.record.seed, []).append(steps(run, axis, measure))
        whole = [each for each in seeds.values() if len(each) == len(datasets) and all(len(x) for x, _ in each)]
        if whole:
            end = max(_end(run, axis) for run in mine)
            found.append(_curve(tuner, measure, axis, whole, end))
    return found


def steps(run: Run, axis: Axis, measure: Measure) -> tuple[_Array, _Array]:
    """Return where a run's best score changes, and to what; the test score is of the best in cross-validation."""
    events = [
        (
            incumbent.trial + 1.0 if axis == "evaluations" else run.trials[incumbent.trial].end,
            incumbent.cv_score,
            incumbent.test_score,
        )
        for incumbent in run.incumbents
    ]
    x, y, best = [], [], -math.inf
    for at, cv_score, test_score in sorted(events, key=lambda event: event[0]):
        value = cv_score if measure == "cv" else test_score
        if cv_score > best and value is not None:  # parallel trials end in an order of their own
            best = cv_score
            x.append(at)
            y.append(value)
    return np.array(x), np.array(y)


def _end(run: Run, axis: Axis) -> float:
    if axis == "evaluations":
        return float(len(run.trials))
    return max((trial.end for trial in run.trials), default=run.record.seconds or 0.0)


def held(x: _Array, y: _Array, at: _Array) -> _Array:
    """Return a step function's values: the last one carried forward, NaN before the first."""
    position = np.searchsorted(x, at, side="right") - 1
    return np.where(position >= 0, y[np.maximum(position, 0)], np.nan)


def _curve(tuner: str, measure: Measure, axis: Axis, seeds: list[list[tuple[_Array, _Array]]], end: float) -> Curve:
    at = np.unique(np.concatenate([*(x for each in seeds for x, _ in each), [end]]))
    begun = max(x[0] for each in seeds for x, _ in each)
    at = at[at >= begun]
    if len(at) > MOST_POINTS:
        at = at[np.unique(np.linspace(0, len(at) - 1, MOST_POINTS).round().astype(int))]
    values = np.array([np.mean([held(x, y, at) for x, y in each], axis=0) for each in seeds])
    low, median, high = np.percentile(values, [25, 50, 75], axis=0)
    return Curve(tuner, measure, axis, _plain(at), _plain(median), _plain(low), _plain(high), len(seeds))


def _plain(values: _Array) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def reach(runs: Sequence[Run], best: str) -> list[Reach]:
    """Return what each other method needs, block by block, to reach the best one's final cross-validation score."""
    blocks: dict[tuple[str, int], dict[str, Run]] = {}
    for run in runs:
        if run.record.failed or run.incumbents:
            blocks.setdefault((run.record.dataset, run.record.seed), {})[run.record.tuner] = run
    tuners = dict.fromkeys(run.record.tuner for run in runs)
    return [
        found
        for tuner in tuners
        if tuner != best
        and (
            found := _reach(tuner, best, [block for block in blocks.values() if tuner in block and _ended(block, best)])
        )
    ]


def _ended(block: Mapping[str, Run], tuner: str) -> bool:
    """Whether a method has a final score in a block."""
    return tuner in block and block[tuner].record.ok and bool(block[tuner].incumbents)


def _reach(tuner: str, best: str, blocks: Sequence[Mapping[str, Run]]) -> Reach | None:
    if not blocks:
        return None
    rows = []
    for block in blocks:
        x, y = steps(block[best], "seconds", "cv")
        mine, scores = steps(block[tuner], "seconds", "cv")
        hits = mine[scores >= y[-1]]
        spent = hits[0] if len(hits) else _end(block[tuner], "seconds")  # of a failed run, too: it did not reach it
        rows.append((spent, float(len(hits) > 0), x[-1]))
    spent, success, target = np.array(rows).T
    if not target.all():
        return None  # a search whose clock stood still has no time to compare with
    reached = int(success.sum())
    if not reached:
        return Reach(tuner, best, None, None, 0, len(blocks))
    drawn = np.random.default_rng(0).integers(len(rows), size=(RESAMPLES, len(rows)))
    successes = success[drawn].sum(axis=1)
    interval = None
    if len(rows) > 2 and successes.all():
        ratios = spent[drawn].sum(axis=1) / successes / target[drawn].mean(axis=1)
        low, high = np.percentile(ratios, [50 * (1 - CONFIDENCE), 50 * (1 + CONFIDENCE)])
        interval = float(low), float(high)
    return Reach(tuner, best, float(spent.sum() / reached / target.mean()), interval, reached, len(blocks))
