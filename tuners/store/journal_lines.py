"""The lines of a journal, and the fields of each.

A journal is a text file, one JSON object a line. First comes `session`, with what the session is, then `plan`, with its
cells, and `code`, with what it has imported; then `begin` when a run begins, `trial` when a trial ends, and `cell` when
a run ends, with all of its trials; last `end`, if the session comes to its end. Of a cell with several repeats there is
`repeat` when one ends; `rows` has what row numbers mean that come after it. Each line begins with a checksum of the
rest, so that one that was cut short or changed is recognised and left out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tuners.store import rows
from tuners.store.rows import RowsLine

SCHEMA = 1
WHERE_IT_DIFFERS = {"written": "where it differs"}
"""Of fields that are left out where they have their defaults, as files of before have none."""


@dataclass(frozen=True, kw_only=True)
class SessionLine:
    """What the session is."""

    kind: ClassVar = "session"
    number: int = 0
    """Its place among the journals of its folder, from 1; 0 in older versions."""
    schema: int
    setup: dict[str, Any] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CodeLine:
    """What was imported."""

    kind: ClassVar = "code"
    files: dict[str, str]
    """Digests by the names of the files."""


@dataclass(frozen=True)
class PlanLine:
    """The cells of the session, in the order in which a report shows them."""

    kind: ClassVar = "plan"
    cells: list[str]


@dataclass(frozen=True)
class BeginLine:
    """A run that begins."""

    kind: ClassVar = "begin"
    cell: str
    record: dict[str, Any]
    test: dict[str, Any] = field(default_factory=dict)
    at: float = 0.0
    """Seconds of the machine's monotonic clock."""
    resumed: bool = False
    """Whether repeats of the cell that have ended stay."""


@dataclass(frozen=True)
class TrialLine:
    """A trial that has ended."""

    kind: ClassVar = "trial"
    cell: str
    position: int
    trial: dict[str, Any]
    repeat: int = field(default=0, metadata=WHERE_IT_DIFFERS)


@dataclass(frozen=True)
class RepeatLine:
    """A repeat that has ended, of a cell with several."""

    kind: ClassVar = "repeat"
    cell: str
    repeat: int
    record: dict[str, Any]
    """Its own: fields that have their defaults are left out."""
    trials: list[dict[str, Any]] = field(default_factory=list)
    incumbents: list[dict[str, Any]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    """Its trials, where they are in the problem's table: those of the first repeat are there besides, with times."""


@dataclass(frozen=True)
class CellLine:
    """A run that has ended."""

    kind: ClassVar = "cell"
    cell: str
    record: dict[str, Any]
    trials: list[dict[str, Any]]
    incumbents: list[dict[str, Any]] = field(default_factory=list)
    test: dict[str, Any] = field(default_factory=dict)
    repeats: int = field(default=1, metadata=WHERE_IT_DIFFERS)
    """Those of several are in lines of their own, and their trials with them."""
    rows: list[int] = field(default_factory=list, metadata=WHERE_IT_DIFFERS)


@dataclass(frozen=True)
class EndLine:
    """The session came to its end."""

    kind: ClassVar = "end"


@dataclass(frozen=True)
class BenchmarkedTest:
    """The fields of `test` that are used: what pytest-benchmark says of a cell's test."""

    name: str | None = None
    fullname: str | None = None
    param: str | None = None
    group: str | None = None


Line = SessionLine | CodeLine | PlanLine | BeginLine | TrialLine | RepeatLine | RowsLine | CellLine | EndLine
LINES: Mapping[str, type[Line]] = {
    each.kind: each
    for each in (
        SessionLine,
        CodeLine,
        PlanLine,
        BeginLine,
        TrialLine,
        RepeatLine,
        RowsLine,
        CellLine,
        EndLine,
    )
}
"""By kind."""


def content(line: Line) -> dict[str, Any]:
    """Return a line as the JSON object that is written, without its checksum."""
    usual = {
        known.name
        for known in dataclasses.fields(line)
        if known.metadata == WHERE_IT_DIFFERS and getattr(line, known.name) in (known.default, [])
    }
    fields = rows.content(line) if isinstance(line, RowsLine) else vars(line)
    return {"kind": line.kind, **{name: value for name, value in fields.items() if name not in usual}}
