"""The repeats of a cell, put together: means of what varies, and what the user would take, which is the best."""

from __future__ import annotations

import hashlib
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tuners.results.record import Record
from tuners.results.run import Repeat, Run, repeat_of
from tuners.results.trial import Trial

MEANS = ("test_score", "cv_score", "regret", "area")
"""Fields of a record that are means over the repeats; None where a repeat has none."""
SECONDS = ("seconds", "evaluation_seconds", "search_seconds")
"""Those that are means over the repeats that were made alone, where some were: beside others a method takes longer."""
OTHERS: Mapping[str, Callable[[list[Any]], Any]] = {
    "evaluations": max,
    "failed_trials": sum,
    "peak_memory": lambda values: max((value for value in values if value is not None), default=None),
    "memory_growth": lambda values: max((value for value in values if value is not None), default=None),
    "own_space": any,
    "timed_out": any,
    "earlier": any,
    "contended": all,
}
"""What other fields are of the repeats'; the rest is of the best one."""


def aggregated(records: Sequence[Record], of: int) -> Record:
    """Return the one record of a cell from those of its repeats, in order; `of` is how many it was to have.

    If one has failed, the cell has, for its reason, and has no test score. Else parameters, confusion matrix and ties
    are of the repeat with the best cross-validation score, the earliest of equals.
    """
    if of == 1:
        return records[0]
    common = {name: of_all([getattr(record, name) for record in records]) for name, of_all in OTHERS.items()}
    common |= {"repeats": len(records), "trials_sha256": repeats_hash([each.trials_sha256 for each in records])}
    failed = next((number for number, record in enumerate(records) if not record.ok), None)
    if failed is not None:
        record = records[failed]
        named = f"repeat {failed + 1} of {of}: {record.reason}" if record.failed else record.reason
        return replace(record, **common, reason=named, seconds=_mean([each.seconds for each in records]))
    best = max(records, key=lambda record: float("-inf") if record.cv_score is None else record.cv_score)
    means: dict[str, Any] = {name: _mean([getattr(record, name) for record in records]) for name in MEANS}
    alone = [record for record in records if not record.contended] or records
    means |= {name: _mean([getattr(record, name) for record in alone]) for name in SECONDS}
    return replace(best, **common, **means)


def repeats_hash(hashes: Sequence[str]) -> str:
    """Return the SHA-256 of repeats' hashes, of a single one that itself; empty where one was cut short."""
    if len(hashes) == 1 or not all(hashes):
        return hashes[0] if len(hashes) == 1 else ""
    return hashlib.sha256("".join(hashes).encode()).hexdigest()


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    # Exact: the mean of equal numbers is that number.
    return statistics.mean(known) if known and len(known) == len(values) else None


class Repeats:
    """The runs of a cell as they end, each kept as small as it can be."""

    def __init__(self, of: int) -> None:
        """Begin with none of so many."""
        self.of = of
        self._at, self._end = 0, of
        self._runs: dict[int, Run] = {}
        self._tables: list[Mapping[int, Trial]] = []

    def __len__(self) -> int:
        """Return how many have ended."""
        return len(self._runs)

    @property
    def missing(self) -> list[int]:
        """The numbers of those still to be made: none after one that failed, since the cell has failed by then."""
        first = min((number for number, run in self._runs.items() if not run.record.ok), default=self.of)
        return [number for number in range(first) if number not in self._runs]

    @property
    def next(self) -> int | None:
        """The first of those that are missing; None without one. Takes no longer the more there are."""
        while self._at < self._end and self._at in self._runs:
            self._at += 1
        return self._at if self._at < self._end else None

    def add(self, number: int, run: Run) -> None:
        """Take in the run of a repeat, by its number from 0."""
        self._end = self._end if run.record.ok else min(self._end, number)
        rows = run.repeats[0].rows if run.repeats else ()
        if run.table is not None and not any(table is run.table for table in self._tables):
            self._tables.append(run.table)
        # Rows are in the table, once for all repeats; trials with times are the first one's alone.
        self._runs[number] = replace(run, trials=(), table=None) if number and rows else replace(run, table=None)

    def run(self) -> Run:
        """Return what came of the cell: the repeats up to the first that failed."""
        runs = [self._runs[number] for number in sorted(self._runs)]
        ended = next((number for number, run in enumerate(runs, 1) if not run.record.ok), len(runs))
        runs = runs[:ended]
        record = aggregated([run.record for run in runs], self.of)
        if len(runs) == 1:
            return replace(runs[0], record=record, table=self._table())
        return Run(
            record,
            runs[0].trials,
            runs[0].incumbents,
            tuple(_repeat(number, run) for number, run in enumerate(runs)),
            error=runs[-1].error,
            table=self._table(),
        )

    def _table(self) -> Mapping[int, Trial] | None:
        if len(self._tables) < 2:
            return self._tables[0] if self._tables else None
        return {row: trial for table in self._tables for row, trial in table.items()}


def _repeat(number: int, run: Run) -> Repeat:
    """Return a repeat with its trials, if it is a further one whose trials are not in a table."""
    repeat = run.repeats[0] if run.repeats else repeat_of(run.record, run.incumbents)
    return replace(repeat, trials=run.trials if number else ())
