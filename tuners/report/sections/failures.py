"""Failures: which cells and trials have no score, and why."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from tuners.analysis.failures import FailureRow
from tuners.report.document import Report
from tuners.report.section import Block, Chapter, Section
from tuners.report.tables import Column, Table

TITLE = "Failures"
MOST_CELLS = 20
"""Of one failure row that are listed."""


def _where(row: FailureRow) -> str:
    more = len(row.where) - MOST_CELLS
    return ", ".join(row.where[:MOST_CELLS]) + (f" and {more} more" if more > 0 else "")


COLUMNS: tuple[Column, ...] = (
    Column("what", lambda row: row.what),
    Column("status", lambda row: row.status),
    Column("of", lambda row: row.whose),
    Column("how many", lambda row: f"{row.count} of {row.total}"),
    Column("reason", lambda row: row.reason),
    Column("where", _where),
)


def blocks(report: Report) -> list[Block]:
    """Return a row a reason, if anything failed."""
    table = Table.of(COLUMNS, report.failures, caption="Cells and trials without a score, and why")
    return [Block(TITLE, [table])] if report.failures else []


def rows(report: Report) -> Mapping[str, Any]:
    """Return the rows with all cells."""
    return {"failures": [dataclasses.asdict(row) for row in report.failures]}


SECTION = Section(
    key="failures",
    title=TITLE,
    place=160,
    chapter=Chapter("failures", TITLE, TITLE, empty="Every cell and every trial has a score."),
    blocks=blocks,
    rows=rows,
    extent="page",
)
