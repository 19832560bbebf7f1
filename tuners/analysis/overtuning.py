"""Overtuning: what a search's winner loses on the test rows to what its search had before, and to the true oracle.

Overtuning and relative overtuning are those of Schneider, Bischl and Feurer, "Overtuning in hyperparameter
optimization" (AutoML 2025, section 3). The test rows are a sample, whose noise alone makes overtuning: the fewer rows,
the more of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tuners.analysis import units
from tuners.analysis.observed import by_tuner, rows_of
from tuners.analysis.resampling import mean_with_interval
from tuners.analysis.statistics import not_below_zero
from tuners.analysis.units import Interval
from tuners.results.landmarks import EQUAL
from tuners.results.record import Record
from tuners.results.run import Incumbent, Repeat, Run


@dataclass(frozen=True)
class OvertuningRow:
    """One method's overtuning: the best test score that an incumbent of a run has had, minus the winner's.

    Never below 0. What it measures is not known while tuning.
    """

    tuner: str
    runs: int
    """Repeats of all problems."""
    overtuned: int
    """Runs in which it is above 0."""
    mean: float
    """Datasets weigh equally."""
    interval: Interval | None
    largest: float
    relative: float | None = None
    """Median over the runs of overtuning by what the search had gained, from its first incumbent to its best.

    None where it is infinite: more than half of the runs had gained nothing, and lost."""
    severe: int = 0
    """Runs whose winner is worse on the test rows than their first incumbent."""
    test_rows: tuple[int, int] = (0, 0)
    """The fewest and the most of a dataset; zeros where they are not known."""
    oracle: float | None = None
    """Mean of the best test score of any candidate in the space, minus the winner's; None without whole tables."""
    oracle_interval: Interval | None = None
    metric: str = ""
    """Whose unit the figures have; over datasets of unlike scale they are shares of the untuned models' test scores."""


@dataclass(frozen=True)
class Loss:
    """What one run lost on the test rows."""

    overtuning: float
    relative: float
    severe: bool

    @classmethod
    def of(cls, incumbents: Sequence[Incumbent]) -> Loss | None:
        """Return a run's loss; None where its winner has no test score."""
        scores = [each.test_score for each in incumbents if each.test_score is not None]
        if not scores or incumbents[-1].test_score is None:
            return None
        lost, gained = max(scores) - scores[-1], max(scores) - scores[0]
        lost = 0.0 if lost <= EQUAL else lost
        relative = 0.0 if not lost else lost / gained if gained > EQUAL else math.inf
        return cls(lost, relative, scores[0] - scores[-1] > EQUAL)


def overtuning(runs: Sequence[Run]) -> list[OvertuningRow]:
    """Return a row a method whose incumbents have test scores."""
    rows = rows_of([run.record for run in runs])
    metric, by = _unit([run.record for run in runs if run.record.ok])
    found = []
    for tuner, mine in by_tuner(runs, lambda run: run.record.ok and bool(run.repeats)).items():
        losses = [(run, each) for run in mine if (each := _losses(run))]
        if not losses:
            continue
        losses = [
            (run, [replace(loss, overtuning=by(run.record) * loss.overtuning) for loss in each]) for run, each in losses
        ]
        every = [loss for _, each in losses for loss in each]
        datasets = [run.record.dataset for run, _ in losses]
        mean, interval = mean_with_interval([_mean([loss.overtuning for loss in each]) for _, each in losses], datasets)
        relative = float(np.median([loss.relative for loss in every]))
        tested = [rows[name][1] for name in dict.fromkeys(datasets) if name in rows] or [0]
        oracle, oracle_interval = _oracle([run for run, _ in losses], by)
        found.append(
            OvertuningRow(
                tuner,
                runs=len(every),
                overtuned=sum(loss.overtuning > 0 for loss in every),
                mean=mean,
                interval=not_below_zero(interval),
                largest=max(loss.overtuning for loss in every),
                relative=relative if math.isfinite(relative) else None,
                severe=sum(loss.severe for loss in every),
                test_rows=(min(tested), max(tested)),
                oracle=oracle,
                oracle_interval=not_below_zero(oracle_interval),
                metric=metric,
            )
        )
    return found


def _losses(run: Run) -> list[Loss]:
    return [loss for repeat in run.repeats if (loss := Loss.of(repeat.incumbents)) is not None]


def _unit(records: Sequence[Record]) -> tuple[str, Callable[[Record], float]]:
    """Return the unit of the figures, and by what those of a record are multiplied.

    Errors of several datasets, each in its own unit, have no mean: shares of the untuned models' errors have.
    """
    metric = next((record.metric for record in records if record.metric), "")
    untuned: dict[str, list[float]] = {}
    for record in records:
        if record.default_test_score is not None:
            untuned.setdefault(record.dataset, []).append(abs(record.default_test_score))
    levels = {dataset: float(np.mean(scores)) for dataset, scores in untuned.items()}
    datasets = {record.dataset for record in records}
    if len(datasets) < 2 or not units.falls(metric) or not all(levels.get(dataset) for dataset in datasets):
        return metric, lambda _: 1.0
    return f"{units.UNTUNED}{metric}", lambda record: 1 / levels[record.dataset]


def _oracle(runs: Sequence[Run], by: Callable[[Record], float]) -> tuple[float | None, Interval | None]:
    gaps = [by(run.record) * gap for run in runs if (gap := _gap(run)) is not None]
    return mean_with_interval(gaps, [run.record.dataset for run in runs]) if len(gaps) == len(runs) else (None, None)


def _gap(run: Run) -> float | None:
    marks = run.record.landmarks
    if marks is None or marks.oracle is None:
        return None
    scores = [repeat.test_score for repeat in run.repeats if repeat.test_score is not None]
    return marks.oracle - _mean(scores) if scores else None


def overtuned(repeat: Run | Repeat) -> float | None:
    """Return how much a run's best incumbent on the test rows beats its winner there; None without test scores."""
    loss = Loss.of(repeat.incumbents)
    return None if loss is None else loss.overtuning


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))
