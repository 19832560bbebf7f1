"""Anytime curves: the best score so far over the course of a search.

The best so far is a step function: a value holds until a better one, and is never interpolated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tuners.results.run import Run
from tuners.results.trial import spent

Axis = Literal["evaluations", "seconds"]
Measure = Literal["cv", "test"]
MOST_POINTS = 300
"""Of one curve; more steps than these are thinned, by leaving points out."""
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
            end = max(span(run, axis) for run in mine)
            found.append(_curve(tuner, measure, axis, whole, end))
    return found


def steps(run: Run, axis: Axis, measure: Measure) -> tuple[_Array, _Array]:
    """Return where a run's best score changes, and to what; the test score is of the best in cross-validation."""
    events = [
        (
            spent(run.trials[: incumbent.trial + 1]) if axis == "evaluations" else run.trials[incumbent.trial].end,
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


def span(run: Run, axis: Axis) -> float:
    """Return how long a run was, on an axis."""
    if axis == "evaluations":
        return float(spent(run.trials))
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
