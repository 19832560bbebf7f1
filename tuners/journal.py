"""The journal: what a session has measured, on disk as soon as it is measured.

A text file, one JSON object a line: first `session`, with what the session is, and `plan`; then `begin` when a run
begins, `trial` when a trial ends and `cell` when a run ends, with all of its trials; last `end`, if the session came so
far. Each line begins with a checksum of the rest, so that a line cut short or changed is told from a good one, and left
out.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import os
import re
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tuners.errors import TuningError
from tuners.record import Record
from tuners.run import Incumbent, Run
from tuners.trial import Trial

SCHEMA = 1
_LINE = re.compile(r'\{"check": "([0-9a-f]{8})", (.*)\}', re.DOTALL)


class Journal:
    """A journal that is being written; any number of processes may write lines to one."""

    def __init__(self, path: Path) -> None:
        """Open for appending, making the file and its folder where needed; raise `OSError` where that fails."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.failure = ""
        """Why something could not be written, if so; a full disk does not end a session."""
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self._torn = path.stat().st_size > 0 and not path.read_bytes().endswith(b"\n")

    def session(self, setup: Mapping[str, Any], about: Mapping[str, Any] | None = None) -> None:
        """Write what the session is, and what a saved run of it says of machine and commit."""
        self._write({"kind": "session", "schema": SCHEMA, "setup": dict(setup), "about": dict(about or {})}, sync=True)

    def plan(self, cells: Sequence[str]) -> None:
        """Write the cells in the order in which a report shows them, whatever the order in which they end."""
        self._write({"kind": "plan", "cells": list(cells)})

    def begin(self, record: Record, test: Mapping[str, Any]) -> None:
        """Write that a run begins; an earlier one of its cell no longer counts. Seconds are of the monotonic clock."""
        at = time.monotonic()
        self._write({"kind": "begin", "cell": record.cell, "record": record.as_dict(), "test": dict(test), "at": at})

    def trial(self, cell: str, position: int, trial: Trial) -> None:
        """Write a trial of a run that goes on."""
        self._write({"kind": "trial", "cell": cell, "position": position, "trial": dataclasses.asdict(trial)})

    def cell(self, run: Run, test: Mapping[str, Any]) -> None:
        """Write a run that has ended, to the disk itself; `test` is what pytest-benchmark says of its test."""
        self._write(
            {
                "kind": "cell",
                "cell": run.record.cell,
                "record": run.record.as_dict(),
                "trials": [dataclasses.asdict(trial) for trial in run.trials],
                "incumbents": [dataclasses.asdict(incumbent) for incumbent in run.incumbents],
                "test": dict(test),
            },
            sync=True,
        )

    def end(self) -> None:
        """Write that the session has come to its end."""
        self._write({"kind": "end"}, sync=True)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _write(self, content: Mapping[str, Any], *, sync: bool = False) -> None:
        body = json.dumps(plain(content), default=repr)[1:-1]
        line = f'{{"check": "{zlib.crc32(body.encode()):08x}", {body}}}\n'
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
    setup: Mapping[str, Any]
    about: Mapping[str, Any]
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


def read(path: Path) -> Contents:
    """Read a journal. Raises `TuningError` for a file that is none, or one of another version."""
    try:
        text = path.read_bytes().decode(errors="replace")
    except OSError as error:
        message = f"{path}: expected a journal, cannot read it: {error.strerror}"
        raise TuningError(message) from None
    lines = [line for line in text.split("\n") if line.strip()]
    cut = bool(text) and not text.endswith("\n")
    found: Contents | None = None
    damaged = 0
    for number, line in enumerate(lines):
        content = _checked(line)
        if content is None:
            damaged += not (cut and number == len(lines) - 1)
            continue
        if content["kind"] == "session":
            if content["schema"] != SCHEMA:
                message = (
                    f"{path}: expected a journal of schema {SCHEMA}, got {content['schema']!r}: read it with the "
                    "version that wrote it"
                )
                raise TuningError(message)
            found = found or Contents(path, content["setup"], content["about"])
        elif found is not None:
            _add(found, content)
    if found is None:
        message = f"{path}: expected a journal, found no whole line of one: nothing was measured, or it is another file"
        raise TuningError(message)
    found.damaged = damaged
    ranks = {cell: rank for rank, cell in enumerate(found.plan)}
    found.entries = dict(sorted(found.entries.items(), key=lambda item: ranks.get(item[0], len(ranks))))
    return found


def _checked(line: str) -> dict[str, Any] | None:
    """Return a line's content, or None if it is not as it was written."""
    match = _LINE.fullmatch(line.rstrip("\r"))
    if match is None or f"{zlib.crc32(match[2].encode()):08x}" != match[1]:
        return None
    with contextlib.suppress(ValueError):
        content = json.loads("{" + match[2] + "}")
        if isinstance(content, dict) and isinstance(content.get("kind"), str):
            return content
    return None


def _add(found: Contents, content: dict[str, Any]) -> None:
    kind = content["kind"]
    if kind == "plan":
        found.plan = content["cells"]
    elif kind == "begin":
        cell = content["cell"]
        record = Record.from_dict(content["record"])
        found.entries.pop(cell, None)
        found.trials.pop(cell, None)
        if record is not None:
            found.begun[cell] = Begun(record, content["test"], content["at"])
    elif kind == "trial":
        trials = found.trials.setdefault(content["cell"], [])
        if content["position"] == 0:
            trials.clear()  # the run has begun anew
        trials.append(_trial(content["trial"]))
    elif kind == "cell":
        record = Record.from_dict(content["record"])
        if record is not None:
            incumbents = tuple(Incumbent(**each) for each in content["incumbents"])
            run = Run(record, tuple(_trial(trial) for trial in content["trials"]), incumbents)
            found.entries[content["cell"]] = Entry(run, content["test"])
            found.trials.pop(content["cell"], None)
            found.begun.pop(content["cell"], None)
    found.ended = kind == "end"


def _trial(saved: dict[str, Any]) -> Trial:
    scores = tuple(math.nan if score is None else score for score in saved["fold_scores"])
    score = math.nan if saved["score"] is None else saved["score"]
    return Trial(**{**saved, "fold_scores": scores, "score": score})


def plain(value: Any) -> Any:
    """Return a value as JSON has it: a number that is none, or is infinite, as null."""
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
