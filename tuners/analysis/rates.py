"""Rates over runs: how often a method's run ends worse than the default, and how often it beats another's."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tuners.analysis.observed import by_tuner, rows_of, spot
from tuners.analysis.resampling import share_with_interval
from tuners.analysis.statistics import Matrix
from tuners.analysis.units import Interval
from tuners.results.landmarks import EQUAL
from tuners.results.record import BASE, Record
from tuners.results.run import Run


@dataclass(frozen=True)
class WorseRow:
    """How often a method's run ended worse than the default on the test rows."""

    tuner: str
    share: float
    """Of the runs; datasets weigh equally."""
    interval: Interval
    """95 %, within 0 and 1."""
    worse: int
    runs: int
    problems: int
    test_rows: tuple[int, int]
    """The fewest and the most of a dataset: few make the rate noise. Zeros where they are not known."""


@dataclass(frozen=True)
class WinRow:
    """How likely a run of one method beats a run of another on the test rows of the same problem."""

    tuner: str
    other: str
    share: float
    """Ties count half (probability of improvement: Agarwal et al. 2021, section 4.3)."""
    interval: Interval
    problems: int


def endings(runs: Sequence[Run], records: Sequence[Record]) -> list[Run]:
    """Return runs with repeats; of records without, runs whose one repeat is their means."""
    there = {run.record.cell for run in runs}
    return [*runs, *(Run(record, ()) for record in records if record.cell not in there)]


def scores(run: Run) -> Matrix | None:
    """Return the test score of each repeat, the default's for a failed one; None for a run that was skipped."""
    base = run.record.default_test_score
    if run.record.status == "skipped" or (base is None and not run.record.ok):
        return None
    found = [repeat.test_score if repeat.ok else base for repeat in run.repeats] or [base]
    return np.array([score for score in found if score is not None], dtype=float)


def worse_than_default(runs: Sequence[Run]) -> list[WorseRow]:
    """Return a row a method, of its runs; a failed run leaves its user with the default, which is no worse."""
    found = []
    rows = rows_of([run.record for run in runs])
    known = by_tuner(runs, lambda run: run.record.tuner != BASE and run.record.default_test_score is not None)
    for tuner, mine in known.items():
        ends = [(run.record, values) for run in mine if (values := scores(run)) is not None and len(values)]
        if not ends:
            continue
        worse = [values < (record.default_test_score or 0.0) - EQUAL for record, values in ends]
        datasets = [record.dataset for record, _ in ends]
        tested = [rows[name][1] for name in dict.fromkeys(datasets) if name in rows] or [0]
        found.append(
            WorseRow(
                tuner,
                *share_with_interval([float(each.mean()) for each in worse], datasets),
                worse=sum(int(each.sum()) for each in worse),
                runs=sum(map(len, worse)),
                problems=len(ends),
                test_rows=(min(tested), max(tested)),
            )
        )
    return found


def wins(runs: Sequence[Run]) -> list[WinRow]:
    """Return a row for each ordered pair of methods that share a problem."""
    ends = {
        tuner: {spot(run.record): values for run in mine if (values := scores(run)) is not None and len(values)}
        for tuner, mine in by_tuner(runs, lambda _: True).items()
    }
    found = []
    for one, other in itertools.combinations(ends, 2):
        shared = [where for where in ends[one] if where in ends[other]]
        if shared:
            shares = [beats(ends[one][where], ends[other][where]) for where in shared]
            share, (low, high) = share_with_interval(shares, [name for name, _ in shared])
            found.append(WinRow(one, other, share, (low, high), len(shared)))
            found.append(WinRow(other, one, 1 - share, (1 - high, 1 - low), len(shared)))
    return found


def beats(one: Matrix, other: Matrix) -> float:
    """Return the chance that a value drawn from one sample is above one from the other; equal to rounding is half."""
    distance = one[:, None] - other[None, :]
    return float((distance > EQUAL).mean() + (np.abs(distance) <= EQUAL).mean() / 2)
