"""Failures: which cells and which candidates have no score, and why, counted by reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from tuners.results.record import Record, Status
from tuners.results.run import Run

STATUSES = get_args(Status)
"""In the order in which they are told."""


@dataclass(frozen=True)
class FailureRow:
    """What failed for one reason: cells, or candidates of one method on one model."""

    what: Literal["cells", "trials"]
    whose: str
    """Of trials, the method and model; of cells, all."""
    status: str
    where: tuple[str, ...]
    """The cells; of trials, those that they are in."""
    count: int
    total: int
    """Of all cells; of trials, of all in the method's good cells on the model."""
    reason: str


def failures(records: Sequence[Record], runs: Sequence[Run]) -> list[FailureRow]:
    """Return a row a reason: of cells, then of the candidates of good cells; the most frequent first."""
    return [*_cells(records), *_trials(runs)]


def _cells(records: Sequence[Record]) -> list[FailureRow]:
    found: dict[tuple[str, str], list[str]] = {}
    for record in records:
        if not record.ok:
            found.setdefault((record.status, record.reason), []).append(record.cell)
    rows = [
        FailureRow("cells", "all", status, tuple(cells), len(cells), len(records), reason)
        for (status, reason), cells in found.items()
    ]
    return sorted(rows, key=lambda row: (STATUSES.index(row.status), -row.count))


def _trials(runs: Sequence[Run]) -> list[FailureRow]:
    found: dict[tuple[str, str, str, str], list[str]] = {}
    totals: dict[tuple[str, str], int] = {}
    for run in runs:
        method = run.record.model, run.record.tuner
        if not run.record.ok:
            continue  # what failed a cell is its reason, already
        totals[method] = totals.get(method, 0) + len(run.trials)
        for trial in run.trials:
            if not trial.ok:
                found.setdefault((*method, trial.status, trial.reason), []).append(run.record.cell)
    rows = [
        FailureRow(
            "trials",
            f"{tuner} on {model}",
            status,
            tuple(dict.fromkeys(cells)),
            len(cells),
            totals[model, tuner],
            reason,
        )
        for (model, tuner, status, reason), cells in found.items()
    ]
    return sorted(rows, key=lambda row: -row.count)
