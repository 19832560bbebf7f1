"""Overtuning: what choosing by cross-validation cost on the test rows (Schneider, Bischl and Feurer 2025)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuners.analysis.methods import Group
from tuners.analysis.overtuning import overtuning
from tuners.report.chapters import SEARCH
from tuners.report.charts.style import Figure, axis, colours, dots, figure, label, methods_axis
from tuners.report.document import Report
from tuners.report.section import Chart, Section
from tuners.report.tables import Column, Table
from tuners.report.words import interval, number

COLUMNS: tuple[Column, ...] = (
    Column("tuner", lambda row: row.tuner),
    Column("runs", lambda row: str(row.runs)),
    Column("overtuned", lambda row: str(row.overtuned)),
    Column("mean loss", lambda row: number(row.mean)),
    Column("95 % interval", lambda row: interval(row.interval)),
    Column("largest", lambda row: number(row.largest)),
)


def table(report: Report, group: Group) -> Table:
    """Return what overtuning cost each method."""
    return Table.of(COLUMNS, overtuning(report.runs_of(group)))


def draw(report: Report, group: Group) -> Figure | str:
    """Draw the mean overtuning with its interval."""
    found = overtuning(report.runs_of(group))
    if not found:
        return "no run has test scores of its incumbents here"
    data = dots([(row.tuner, row.mean, row.interval) for row in found], colours(report.tuners))
    return figure(
        data, height=160 + 40 * len(found), yaxis=methods_axis([row.tuner for row in found]),
        xaxis=axis(f"test {label(group.metric)} lost to the best earlier incumbent (mean, 95 % interval)"),
    )  # fmt: skip


def rows(report: Report) -> Mapping[str, Any]:
    """Return the rows of each group, unrounded."""
    return {"overtuning": report.rows_by_group(overtuning)}


SECTION = Section(
    key="overtuning",
    title="Overtuning",
    place=130,
    chapter=SEARCH,
    table=table,
    chart=Chart(
        "What the winner loses on the test rows against the best earlier incumbent of its search.",
        draw,
    ),
    rows=rows,
    extent="comment",
)
