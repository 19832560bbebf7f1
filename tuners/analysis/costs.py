"""Costs: where a method's seconds went, its overtuning, and which methods no other beats in both score and seconds.

Overtuning is that of Schneider, Bischl and Feurer, "Overtuning in hyperparameter optimization" (AutoML 2025): what the
winner by cross-validation does worse on the test rows than an earlier incumbent of its search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tuners.analysis.methods import MethodRow
from tuners.analysis.statistics import mean_interval, not_below_zero
from tuners.analysis.units import Interval
from tuners.results.run import Run


@dataclass(frozen=True)
class TimeRow:
    """One method's seconds, mean over its good runs; the three add up to the run's seconds."""

    tuner: str
    runs: int
    fitting: float
    """Evaluating, the refit included, in the share that fits have of the trials' own seconds."""
    scoring: float
    searching: float


@dataclass(frozen=True)
class OvertuningRow:
    """One method's overtuning: the best test score that an incumbent of a run has had, minus the winner's.

    Never below 0. What it measures is not known while tuning.
    """

    tuner: str
    runs: int
    overtuned: int
    """Runs in which it is above 0."""
    mean: float
    interval: Interval | None
    largest: float


def times(runs: Sequence[Run]) -> list[TimeRow]:
    """Return a row a method, of its good runs."""
    found = []
    for tuner, mine in _by_tuner(runs).items():
        rows = []
        for run in mine:
            fit = sum(trial.fit_seconds for trial in run.trials)
            score = sum(trial.score_seconds for trial in run.trials)
            share = score / (fit + score) if fit + score else 0.0
            evaluating, searching = run.record.evaluation_seconds or 0.0, run.record.search_seconds or 0.0
            rows.append((evaluating * (1 - share), evaluating * share, searching))
        fitting, scoring, searching = np.array(rows).mean(axis=0)
        found.append(TimeRow(tuner, len(mine), float(fitting), float(scoring), float(searching)))
    return found


def overtuning(runs: Sequence[Run]) -> list[OvertuningRow]:
    """Return a row a method that has trials and test scores of its incumbents."""
    found = []
    for tuner, mine in _by_tuner(runs).items():
        differences = [each for run in mine if (each := overtuned(run)) is not None]
        if differences:
            found.append(
                OvertuningRow(
                    tuner,
                    len(differences),
                    sum(each > 0 for each in differences),
                    float(np.mean(differences)),
                    not_below_zero(mean_interval(differences)),
                    max(differences),
                )
            )
    return found


def overtuned(run: Run) -> float | None:
    """Return how much a run's best incumbent on the test rows beats its winner there; None without test scores."""
    scores = [incumbent.test_score for incumbent in run.incumbents if incumbent.test_score is not None]
    if not scores or not run.incumbents or run.incumbents[-1].test_score is None:
        return None
    return max(scores) - scores[-1]


def pareto(rows: Sequence[MethodRow]) -> list[MethodRow]:
    """Return the methods, fastest first, than which no other is both at least as good and at least as fast.

    Without those that have failed cells: their seconds are of the others, their score is not.
    """
    known = [row for row in rows if row.test_score is not None and row.seconds is not None and not row.failures]
    front: list[MethodRow] = []
    for row in sorted(known, key=lambda row: (row.seconds or 0.0, -(row.test_score or 0.0))):
        if not front or (row.test_score or 0.0) > (front[-1].test_score or 0.0):
            front.append(row)
    return front


def _by_tuner(runs: Sequence[Run]) -> dict[str, list[Run]]:
    found: dict[str, list[Run]] = {}
    for run in runs:
        if run.record.ok and run.trials:
            found.setdefault(run.record.tuner, []).append(run)
    return found
