"""Costs: where a method's seconds went, and which methods no other beats in both score and seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tuners.analysis.methods import MethodRow
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
