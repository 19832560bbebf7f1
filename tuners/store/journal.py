"""The journal: what a session has measured, on disk as soon as it is measured."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tuners.results.record import Record
from tuners.results.run import Run
from tuners.results.trial import Trial
from tuners.store import codec, journal_lines, records, trials
from tuners.store.files import alone, tail
from tuners.store.journal_folder import next_number
from tuners.store.journal_lines import (
    BeginLine,
    CellLine,
    CodeLine,
    EndLine,
    Line,
    PlanLine,
    RepeatLine,
    SessionLine,
    TrialLine,
)
from tuners.store.rows import Written

LONG = 1.0
"""Seconds of a repeat that is worth waiting for the disk itself; others outlive a killed process, which is enough."""


class Journal:
    """A journal that is being written; any number of processes may write lines to one."""

    def __init__(self, path: Path) -> None:
        """Open for appending, making the file and its folder where needed; raise `OSError` where that fails."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.failure = ""
        """Why something could not be written, if so; a full disk does not end a session."""
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        self._rows = Written()
        self._torn = tail(path, 1) not in {b"", b"\n"}

    def session(self, setup: Mapping[str, Any], about: Mapping[str, Any] | None = None) -> None:
        """Write what the session is, and what a saved run of it says of machine and commit."""
        with alone(self.path.parent):
            number = next_number(self.path.parent)
            line = SessionLine(number=number, schema=journal_lines.SCHEMA, setup=dict(setup), about=dict(about or {}))
            self._write(line, sync=True)

    def code(self, files: Mapping[str, str]) -> None:
        """Write which files have been imported, each with a digest of its content."""
        self._write(CodeLine(dict(files)), sync=True)

    def plan(self, cells: Sequence[str]) -> None:
        """Write the cells in the order in which a report shows them, whatever the order in which they end."""
        self._write(PlanLine(list(cells)))

    def begin(self, record: Record, test: Mapping[str, Any], *, resumed: bool = False) -> None:
        """Write that a run begins; an earlier one of its cell no longer counts, but for repeats if it is resumed."""
        self._write(BeginLine(record.cell, record.as_dict(), dict(test), time.monotonic(), resumed=resumed))

    def trial(self, cell: str, position: int, trial: Trial, repeat: int = 0) -> None:
        """Write a trial of a run that goes on."""
        self._write(TrialLine(cell, position, trials.written(trial), repeat))

    def repeat(self, number: int, run: Run) -> None:
        """Write a repeat that has ended, of a cell with several."""
        rows = self._new_rows(run)
        line = RepeatLine(
            run.record.cell,
            number,
            records.written(run.record),
            [trials.written(trial) for trial in run.trials] if not (rows and number) else [],
            [dataclasses.asdict(incumbent) for incumbent in run.incumbents],
            rows,
        )
        self._write(line, sync=(run.record.seconds or 0.0) > LONG)

    def cell(self, run: Run, test: Mapping[str, Any]) -> None:
        """Write a run that has ended, to the disk itself; `test` is what pytest-benchmark says of its test.

        The repeats of a run with several are written already.
        """
        several = len(run.repeats) > 1
        line = CellLine(
            run.record.cell,
            run.record.as_dict(),
            [] if several else [trials.written(trial) for trial in run.trials],
            [] if several else [dataclasses.asdict(incumbent) for incumbent in run.incumbents],
            dict(test),
            max(1, len(run.repeats)),
            [] if several else self._new_rows(run),
        )
        self._write(line, sync=True)

    def _new_rows(self, run: Run) -> list[int]:
        """Write what the row numbers of a run's one repeat mean, where that is not in the file; return them."""
        new = self._rows.new(run)
        if new is not None:
            self._write(new)
        return list(run.repeats[0].rows) if run.repeats else []

    def end(self) -> None:
        """Write that the session has come to its end."""
        self._write(EndLine(), sync=True)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _write(self, line: Line, *, sync: bool = False) -> None:
        text = codec.line(journal_lines.content(line))
        data = ("\n" + text if self._torn else text).encode()
        try:
            # One call, so that lines of several processes do not mix.
            self._torn = os.write(self._file, data) < len(data)
            if sync:
                os.fsync(self._file)
        except OSError as error:
            self.failure = error.strerror or "it cannot be written"
        else:
            if self._torn:
                self.failure = "No space left on device"
