"""The contents of a journal: what its lines say of the session and of each cell, without the lines that are damaged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tuners.errors import TuningError
from tuners.results.record import Record
from tuners.results.repeats import Repeats
from tuners.results.run import Incumbent, Run, placed, repeat_of
from tuners.results.trial import Trial, in_order
from tuners.store import codec, records, trials
from tuners.store.benchmark_json import About
from tuners.store.journal_lines import (
    LINES,
    SCHEMA,
    BeginLine,
    BenchmarkedTest,
    CellLine,
    CodeLine,
    EndLine,
    PlanLine,
    RepeatLine,
    SessionLine,
    TrialLine,
)
from tuners.store.rows import RowsLine, Tables


@dataclass(frozen=True)
class Entry:
    """A run that has ended."""

    run: Run
    test: Mapping[str, Any]
    """What pytest-benchmark says of its test."""


@dataclass(frozen=True)
class Begun:
    """A run that has not ended."""

    record: Record
    test: Mapping[str, Any]
    at: float
    """When it began: seconds of the machine's monotonic clock."""


@dataclass
class Contents:
    """What a journal holds."""

    path: Path
    setup: Mapping[str, Any] | None = None
    """None if the line that says it is damaged."""
    about: Mapping[str, Any] = field(default_factory=dict)
    code: dict[str, str] = field(default_factory=dict)
    """Digests of the files that were imported, as they were first."""
    entries: dict[str, Entry] = field(default_factory=dict)
    """Runs that have ended, by cell."""
    placed: dict[str, dict[int, Trial]] = field(default_factory=dict)
    """By cell and position: trials of the repeat in flight, of runs that have not ended."""
    repeats: dict[str, dict[int, Run]] = field(default_factory=dict)
    """By cell and number: repeats that have ended, of runs that have not."""
    begun: dict[str, Begun] = field(default_factory=dict)
    """Runs that have not ended, by cell."""
    plan: list[str] = field(default_factory=list)
    """The cells in the order in which a report shows them."""
    ended: bool = False
    """Whether the session came to its end."""
    tables: Tables = field(default_factory=Tables)
    """What row numbers mean, in the lines that were read so far."""
    damaged: int = 0
    """Lines left out; the last one, if a crash cut it short, is not counted."""

    @property
    def trials(self) -> dict[str, list[Trial]]:
        """By cell: trials of runs that have not ended, in the order of the method."""
        return {cell: in_order(placed) for cell, placed in self.placed.items()}


def read(path: Path) -> Contents:
    """Read a journal. Raises `TuningError` for a file that is none, or one of another version."""
    try:
        text = path.read_bytes().decode(errors="replace")
    except OSError as error:
        message = f"{path}: expected a journal, cannot read it: {error.strerror}"
        raise TuningError(message) from None
    found = Contents(path)
    known = 0
    written = text.split("\n")
    for number, line in enumerate(written, 1):
        texts, rest = codec.recovered(line)
        # A crash may have cut the last one short.
        found.damaged += bool(rest) and number < len(written)
        for each in texts:
            try:
                known += _add(found, codec.parsed(each.encode()))
            except codec.DamagedError as error:
                message = f"{path}: line {number}: {error}: it is of another version, or was changed"
                raise TuningError(message) from None
    if not known:
        message = f"{path}: expected a journal, found no whole line of one: nothing was measured, or it is another file"
        raise TuningError(message)
    ranks = {cell: rank for rank, cell in enumerate(found.plan)}
    found.entries = dict(sorted(found.entries.items(), key=lambda item: ranks.get(item[0], len(ranks))))
    return found


def _add(found: Contents, content: Mapping[str, Any]) -> bool:
    """Take in a line; return whether it is of a kind that is known. Later versions may write others."""
    kind = content.get("kind")
    found.ended = kind == EndLine.kind
    if not isinstance(kind, str) or kind not in LINES:
        return False
    line = codec.shaped(content, LINES[kind])
    _TAKERS[type(line)](found, line)
    return True


def _session(found: Contents, line: SessionLine) -> None:
    if line.schema != SCHEMA:
        message = (
            f"{found.path}: expected a journal of schema {SCHEMA}, got {line.schema}: read it with the version "
            "that wrote it"
        )
        raise TuningError(message)
    codec.shaped(line.about, About, "about")
    if found.setup is None:
        found.setup, found.about = line.setup, line.about


def _code(found: Contents, line: CodeLine) -> None:
    found.code = line.files | found.code


def _plan(found: Contents, line: PlanLine) -> None:
    found.plan = line.cells


def _begin(found: Contents, line: BeginLine) -> None:
    found.entries.pop(line.cell, None)
    found.placed.pop(line.cell, None)
    if not line.resumed:
        found.repeats.pop(line.cell, None)
    found.begun[line.cell] = Begun(records.read(line.record, "record"), line.test, line.at)


def _trial(found: Contents, line: TrialLine) -> None:
    placed = found.placed.setdefault(line.cell, {})
    if line.position == 0 and line.cell not in found.begun:
        placed.clear()  # the run has begun anew, and older versions did not say so
    placed[line.position] = trials.read(line.trial, "trial")


def _run(found: Contents, line: CellLine | RepeatLine) -> Run:
    """Return the run, made once, of a line."""
    record = records.read_ended(line.record, "record")
    ended = tuple(trials.read(each, f"trials[{place}]") for place, each in enumerate(line.trials))
    best = tuple(codec.shaped(each, Incumbent, f"incumbents[{place}]") for place, each in enumerate(line.incumbents))
    if not line.rows:
        return Run(record, ended, best)
    table = found.tables.of(record, line.rows)
    best = placed(best, ended)
    return Run(record, ended, best, (repeat_of(record, best, rows=tuple(line.rows)),), table=table)


def _repeat(found: Contents, line: RepeatLine) -> None:
    found.repeats.setdefault(line.cell, {})[line.repeat] = _run(found, line)
    found.placed.pop(line.cell, None)


def _rows(found: Contents, line: RowsLine) -> None:
    found.tables.take(line)


def _cell(found: Contents, line: CellLine) -> None:
    codec.shaped(line.test, BenchmarkedTest, "test")
    run = _run(found, line)
    if line.repeats > 1:
        ended = found.repeats.get(line.cell, {})
        if not ended.keys() >= set(range(line.repeats)):
            return  # a line of a repeat is damaged: the cell has not ended, and the others can be taken from it
        whole = Repeats(line.repeats)
        for number in range(line.repeats):
            whole.add(number, ended[number])
        run = replace(whole.run(), record=run.record)
    found.entries[line.cell] = Entry(run, line.test)
    for begun in (found.placed, found.begun, found.repeats):
        begun.pop(line.cell, None)


def _end(found: Contents, line: EndLine) -> None:
    """Take in nothing more: that it was the last line is all that it says."""


_TAKERS: Mapping[type, Callable[[Contents, Any], None]] = {
    SessionLine: _session,
    CodeLine: _code,
    PlanLine: _plan,
    BeginLine: _begin,
    TrialLine: _trial,
    RepeatLine: _repeat,
    RowsLine: _rows,
    CellLine: _cell,
    EndLine: _end,
}
