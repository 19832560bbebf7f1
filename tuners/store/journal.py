"""The journal: what a session has measured, on disk as soon as it is measured.

A text file, one JSON object a line: first `session`, with what the session is, `plan`, with its cells, and `code`, with
what it has imported; then `begin` when a run begins, `trial` when a trial ends and `cell` when a run ends, with all of
its trials; last `end`, if the session came so far. Each line begins with a checksum of the rest, so that a line cut
short or changed is told from a good one, and left out.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tuners.errors import TuningError
from tuners.results.record import Record
from tuners.results.run import Incumbent, Run
from tuners.results.trial import Trial
from tuners.store import codec, forms, lines
from tuners.store.files import alone

SCHEMA = 1
END = {"kind": "end"}
KINDS = {"session", "code", "plan", "begin", "trial", "cell", "end"}
_NUMBERED = re.compile(rb'\{"check": "[0-9a-f]{8}", "kind": "session", "number": (\d{1,9}),')


class Journal:
    """A journal that is being written; any number of processes may write lines to one."""

    def __init__(self, path: Path) -> None:
        """Open for appending, making the file and its folder where needed; raise `OSError` where that fails."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.failure = ""
        """Why something could not be written, if so; a full disk does not end a session."""
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        self._torn = _tail(path, 1) not in {b"", b"\n"}

    def session(self, setup: Mapping[str, Any], about: Mapping[str, Any] | None = None) -> None:
        """Write what the session is, and what a saved run of it says of machine and commit.

        Journals of a folder are numbered in the order in which they are begun: clocks go back, and files are copied.
        """
        content = {"schema": SCHEMA, "setup": dict(setup), "about": dict(about or {})}
        with alone(self.path.parent):
            number = 1 + max(map(_number, self.path.parent.glob("*.jsonl")), default=0)
            self._write({"kind": "session", "number": number, **content}, sync=True)

    def code(self, files: Mapping[str, str]) -> None:
        """Write which files have been imported, each with a digest of what was in it."""
        self._write({"kind": "code", "files": dict(files)}, sync=True)

    def plan(self, cells: Sequence[str]) -> None:
        """Write the cells in the order in which a report shows them, whatever the order in which they end."""
        self._write({"kind": "plan", "cells": list(cells)})

    def begin(self, record: Record, test: Mapping[str, Any]) -> None:
        """Write that a run begins; an earlier one of its cell no longer counts. Seconds are of the monotonic clock."""
        at = time.monotonic()
        self._write({"kind": "begin", "cell": record.cell, "record": record.as_dict(), "test": dict(test), "at": at})

    def trial(self, cell: str, position: int, trial: Trial) -> None:
        """Write a trial of a run that goes on."""
        self._write({"kind": "trial", "cell": cell, "position": position, "trial": lines.written(trial)})

    def cell(self, run: Run, test: Mapping[str, Any]) -> None:
        """Write a run that has ended, to the disk itself; `test` is what pytest-benchmark says of its test."""
        self._write(
            {
                "kind": "cell",
                "cell": run.record.cell,
                "record": run.record.as_dict(),
                "trials": [lines.written(trial) for trial in run.trials],
                "incumbents": [dataclasses.asdict(incumbent) for incumbent in run.incumbents],
                "test": dict(test),
            },
            sync=True,
        )

    def end(self) -> None:
        """Write that the session has come to its end."""
        self._write(END, sync=True)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _write(self, content: Mapping[str, Any], *, sync: bool = False) -> None:
        line = codec.line(content)
        data = ("\n" + line if self._torn else line).encode()
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


@dataclass(frozen=True)
class Entry:
    """A run that has ended, as the journal has it."""

    run: Run
    test: Mapping[str, Any]


@dataclass(frozen=True)
class Begun:
    """A run that has not ended, as the journal has it."""

    record: Record
    test: Mapping[str, Any]
    at: float
    """Seconds of the machine's monotonic clock."""


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
    """By cell."""
    trials: dict[str, list[Trial]] = field(default_factory=dict)
    """By cell: those of runs that have not ended."""
    begun: dict[str, Begun] = field(default_factory=dict)
    """By cell: runs that have not ended."""
    plan: list[str] = field(default_factory=list)
    """The cells in the order in which a report shows them."""
    ended: bool = False
    damaged: int = 0
    """Lines left out; one cut short at the end, as by a crash, is none of them."""


@dataclass(frozen=True)
class SessionLine:
    """What the session is."""

    schema: int
    setup: dict[str, Any] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)
    number: int = 0


@dataclass(frozen=True)
class CodeLine:
    """What was imported."""

    files: dict[str, str]


@dataclass(frozen=True)
class PlanLine:
    """The cells of the session."""

    cells: list[str]


@dataclass(frozen=True)
class BeginLine:
    """A run that begins."""

    cell: str
    record: dict[str, Any]
    test: dict[str, Any] = field(default_factory=dict)
    at: float = 0.0


@dataclass(frozen=True)
class TrialLine:
    """A trial that has ended."""

    cell: str
    position: int
    trial: lines.TrialForm


@dataclass(frozen=True)
class Tested:
    """What pytest-benchmark says of a test."""

    name: str | None = None
    fullname: str | None = None
    param: str | None = None
    group: str | None = None


@dataclass(frozen=True)
class CellLine:
    """A run that has ended."""

    cell: str
    record: dict[str, Any]
    trials: list[lines.TrialForm]
    incumbents: list[Incumbent]
    test: dict[str, Any] = field(default_factory=dict)


def read(path: Path) -> Contents:
    """Read a journal. Raises `TuningError` for a file that is none, or one of another version."""
    try:
        text = path.read_bytes().decode(errors="replace")
    except OSError as error:
        message = f"{path}: expected a journal, cannot read it: {error.strerror}"
        raise TuningError(message) from None
    found = Contents(path)
    whole = 0
    written = text.split("\n")
    for number, line in enumerate(written, 1):
        texts, rest = _recovered(line)
        # The last one may have been cut short by a crash.
        found.damaged += bool(rest) and number < len(written)
        for each in texts:
            try:
                content = codec.parsed(each.encode())
                whole += content.get("kind") in KINDS
                _add(found, content)
            except codec.DamagedError as error:
                message = f"{path}: line {number}: {error}: it is of another version, or was changed"
                raise TuningError(message) from None
    if not whole:
        message = f"{path}: expected a journal, found no whole line of one: nothing was measured, or it is another file"
        raise TuningError(message)
    ranks = {cell: rank for rank, cell in enumerate(found.plan)}
    found.entries = dict(sorted(found.entries.items(), key=lambda item: ranks.get(item[0], len(ranks))))
    return found


def _recovered(line: str) -> tuple[list[str], str]:
    """Return the objects of a line that are as they were written, and what else it has.

    Mostly the one object. Where a process died, or the disk was full, in the middle of one, the next begins on the
    same line.
    """
    line = line.rstrip("\r")
    whole: list[str] = []
    rest = ""
    while line:
        begins = line.find(codec.START)
        ends = _end(line, begins) if begins >= 0 else 0
        if ends:
            rest += line[:begins]
            whole.append(line[begins:ends])
            line = line[ends:]
        else:
            rest += line[: begins + 1] if begins >= 0 else line
            line = line[begins + 1 :] if begins >= 0 else ""
    return whole, rest.strip()


def _end(line: str, begins: int) -> int:
    """Return where the object that begins there ends, 0 if it is not as it was written."""
    if codec.is_whole(line[begins:]):
        return len(line)
    try:
        _, ends = json.JSONDecoder().raw_decode(line, begins)
    except (ValueError, RecursionError):
        return 0
    return ends if codec.is_whole(line[begins:ends]) else 0


def _add(found: Contents, content: Mapping[str, Any]) -> None:
    kind = content.get("kind")
    if kind == "session":
        session = codec.shaped(content, SessionLine)
        if session.schema != SCHEMA:
            message = (
                f"{found.path}: expected a journal of schema {SCHEMA}, got {session.schema}: read it with the version "
                "that wrote it"
            )
            raise TuningError(message)
        codec.shaped(session.about, forms.About, "about")
        if found.setup is None:
            found.setup, found.about = session.setup, session.about
    elif kind == "code":
        found.code = codec.shaped(content, CodeLine).files | found.code
    elif kind == "plan":
        found.plan = codec.shaped(content, PlanLine).cells
    elif kind == "begin":
        begin = codec.shaped(content, BeginLine)
        found.entries.pop(begin.cell, None)
        found.trials.pop(begin.cell, None)
        found.begun[begin.cell] = Begun(codec.shaped(begin.record, Record, "record"), begin.test, begin.at)
    elif kind == "trial":
        line = codec.shaped(content, TrialLine)
        trials = found.trials.setdefault(line.cell, [])
        if line.position == 0:
            trials.clear()  # the run has begun anew
        trials.append(lines.trial(line.trial))
    elif kind == "cell":
        found.entries[str(content.get("cell"))] = _entry(content)
        found.trials.pop(str(content.get("cell")), None)
        found.begun.pop(str(content.get("cell")), None)
    found.ended = kind == "end"


def _entry(content: Mapping[str, Any]) -> Entry:
    cell = codec.shaped(content, CellLine)
    codec.shaped(cell.test, Tested, "test")
    trials = tuple(map(lines.trial, cell.trials))
    run = Run(forms.record(cell.record, "record"), trials, tuple(cell.incumbents))
    return Entry(run, cell.test)


def listed(folder: Path) -> list[Path]:
    """List the journals of a folder in the order in which they were begun; older versions' by their names, before."""
    return sorted(folder.glob("*.jsonl"), key=lambda path: (_number(path), path.name))


def _number(path: Path) -> int:
    """Return a journal's number among those of its folder; 0 for one of an older version, or one that is damaged."""
    try:
        with path.open("rb") as file:
            found = _NUMBERED.match(file.read(100))
    except OSError:
        return 0
    return int(found[1]) if found else 0


def has_ended(path: Path) -> bool:
    """Whether a journal's session came to its end, so that there is nothing to resume; by its last line alone."""
    try:
        last = _tail(path, 1000).decode(errors="replace").rstrip("\n").rpartition("\n")[2]
    except OSError:
        return False
    texts, rest = _recovered(last)
    return not rest and texts[-1:] == [codec.line(END).rstrip("\n")]


def _tail(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        size = min(most, path.stat().st_size)
        file.seek(-size, os.SEEK_END)
        return file.read(size)
