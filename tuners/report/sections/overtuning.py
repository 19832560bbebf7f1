"""Overtuning: what choosing by cross-validation cost on the test rows (Schneider, Bischl and Feurer 2025)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuners.analysis import units
from tuners.analysis.methods import Group
from tuners.analysis.overtuning import OvertuningRow
from tuners.report.chapters import SEARCH
from tuners.report.charts.style import Figure, axis, colours, dots, figure, methods_axis
from tuners.report.document import Report
from tuners.report.section import Chart, Section
from tuners.report.tables import Column, Table
from tuners.report.words import NOTHING, bare_distance, ends, number, unit
from tuners.results.record import BASE


def _rows(report: Report, group: Group) -> list[OvertuningRow]:
    """Return the rows of methods that choose: the untuned model's only trial has none before it."""
    return [row for row in report.findings_of(group).overtuning if row.tuner != BASE]


def table(report: Report, group: Group) -> Table:
    """Return what overtuning cost each method, and how far its winners are from the oracle's."""
    found = _rows(report, group)
    metric = found[0].metric if found else group.metric

    def lost(row: OvertuningRow) -> str:
        return bare_distance(row.mean, row.interval, metric)

    def oracle(row: OvertuningRow) -> str:
        return NOTHING if row.oracle is None else bare_distance(row.oracle, row.oracle_interval, metric)

    columns = (
        Column("tuner", lambda row: row.tuner),
        Column(f"mean loss, {unit(metric)}", lost),
        Column("overtuned runs", lambda row: f"{row.overtuned} of {row.runs}"),
        Column("largest", lambda row: units.size(row.largest, metric).removesuffix(f" {unit(metric)}")),
        Column("relative", lambda row: number(row.relative, 2)),
        Column("worse than its first", lambda row: str(row.severe)),
        Column("to the oracle", oracle, lambda rows: any(row.oracle is not None for row in rows)),
        Column("test rows", lambda row: ends(row.test_rows)),
    )
    return Table.of(columns, found)


def draw(report: Report, group: Group) -> Figure | str:
    """Draw the mean overtuning with its interval."""
    found = _rows(report, group)
    if not found:
        return "no run has test scores of its incumbents here"
    data = dots(
        [(row.tuner, *units.apart(row.mean, row.interval, row.metric)) for row in found], colours(report.tuners)
    )
    title = (
        f"{unit(found[0].metric)} lost to the best earlier incumbent, on {ends(found[0].test_rows)} test rows (95 %)"
    )
    return figure(
        data, height=160 + 40 * len(found), yaxis=methods_axis([row.tuner for row in found]),
        xaxis=axis(title, rangemode="tozero"),
    )  # fmt: skip


def rows(report: Report) -> Mapping[str, Any]:
    """Return the rows of each group, unrounded."""
    return {"overtuning": report.found_by_group(lambda found: found.overtuning)}


SECTION = Section(
    key="overtuning",
    title="Overtuning",
    place=130,
    chapter=SEARCH,
    table=table,
    chart=Chart(
        "What the winner loses on the test rows against the best earlier incumbent of its search: the noise of few "
        "test rows is in it. Relative: by what the search had gained. The oracle is the candidate that is best on the "
        "test rows, which nobody can know.",
        draw,
    ),
    rows=rows,
    extent="comment",
)
