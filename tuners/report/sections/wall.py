"""The recorded clock beside the wall's: each method once for real, and what the recorded clock made of that run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tuners.report.chapters import COSTS
from tuners.report.document import Report
from tuners.report.section import Block, Section
from tuners.report.tables import Column, Table
from tuners.report.words import RECORDED, duration, number

TITLE = "The recorded clock beside the wall's"
COLUMNS: tuple[Column, ...] = (
    Column("tuner", lambda row: row.tuner),
    Column("wall, s", lambda row: duration(row.wall)),
    Column("recorded, s", lambda row: f"{duration(row.recorded)}{RECORDED}"),
    Column("recorded / wall", lambda row: number(row.ratio, 2)),
    Column("evaluations", lambda row: str(row.evaluations)),
    Column("model", lambda row: row.model),
    Column("dataset", lambda row: row.dataset),
)
NOTE = (
    "Each method ran once for real, with plain evaluation, as other runs are timed; the recorded clock adds the "
    "seconds recorded of the same evaluations and the method's own."
)


def blocks(report: Report) -> list[Block]:
    """Return a row a run that was made for real, and which of them was another one with the same seed."""
    other = [f"{row.tuner} on {row.model}" for row in report.wall if not row.alike]
    notes = (
        [f"{', '.join(other)}: other trials with the same seed, so that the seconds are of two runs"] if other else []
    )
    return [Block(TITLE, [Table.of(COLUMNS, report.wall)], [NOTE, *notes], folded=True)]


def rows(report: Report) -> Mapping[str, Any]:
    """Return the runs, unrounded."""
    return {"wall": [asdict(row) for row in report.wall]}


SECTION = Section(
    key="wall",
    title=TITLE,
    place=85,
    chapter=COSTS,
    shown=lambda report: bool(report.wall),
    blocks=blocks,
    rows=rows,
)
