"""How often tuning harms: the share of runs that end worse than the default on the test rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuners.analysis.methods import Group
from tuners.report.chapters import GAINS
from tuners.report.charts.style import Figure, axis, colours, dots, figure, methods_axis
from tuners.report.document import Report
from tuners.report.section import Chart, Section
from tuners.report.tables import Column, Table
from tuners.report.words import ends, interval, percentage
from tuners.results.record import BASE

COLUMNS: tuple[Column, ...] = (
    Column("tuner", lambda row: row.tuner),
    Column("worse than default", lambda row: percentage(row.share)),
    Column("95 % interval", lambda row: interval(row.interval, percentage)),
    Column("runs", lambda row: f"{row.worse} of {row.runs}"),
    Column("test rows", lambda row: ends(row.test_rows)),
)


def table(report: Report, group: Group) -> Table:
    """Return the rate of each method."""
    return Table.of(COLUMNS, [row for row in report.findings_of(group).worse if row.tuner != BASE])


def draw(report: Report, group: Group) -> Figure | str:
    """Draw the rate of each method with its interval."""
    found = [row for row in report.findings_of(group).worse if row.tuner != BASE]
    if not found:
        return "no run is compared with the untuned model here"
    data = dots([(row.tuner, row.share, row.interval) for row in found], colours(report.tuners))
    return figure(
        data, height=160 + 40 * len(found), yaxis=methods_axis([row.tuner for row in found]),
        xaxis=axis("share of runs worse than the default (95 % interval)", tickformat=".0%", range=[-0.02, 1.02]),
    )  # fmt: skip


def rows(report: Report) -> Mapping[str, Any]:
    """Return the rates of each group, unrounded."""
    return {"worse_than_default": report.found_by_group(lambda found: found.worse)}


SECTION = Section(
    key="worse",
    title="Runs that end worse than the default",
    place=64,
    chapter=GAINS,
    table=table,
    chart=Chart("On the test rows. Few test rows make the rate noise.", draw),
    rows=rows,
    extent="comment",
)
