"""Regret: how far below the space's optimum a search is, over its course and at its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuners.analysis.methods import Group
from tuners.report.chapters import SEARCH
from tuners.report.charts import bands
from tuners.report.charts.style import Figure, axis, figure
from tuners.report.document import Report
from tuners.report.section import Chart, Section
from tuners.report.tables import Column, Table
from tuners.report.words import interval, number, percentage

KINDS = {
    "optimum": "0 is the optimum of the cross-validation score in the space, 1 the median of its candidates.",
    "best seen": "0 is the best cross-validation score seen, since the optimum is not known, and 1 the default's.",
}
"""What regret is measured from."""

COLUMNS: tuple[Column, ...] = (
    Column("tuner", lambda row: row.tuner),
    Column("regret at the end", lambda row: number(row.regret, 3)),
    Column("95 % interval", lambda row: interval(row.regret_interval, digits=3)),
    Column("area over log evaluations", lambda row: number(row.area, 3)),
    Column("95 % interval of that", lambda row: interval(row.area_interval, digits=3)),
    Column("interquartile mean", lambda row: number(row.iqm, 3)),
    Column("ended at 0", lambda row: f"{percentage(row.found)} {interval(row.found_interval, percentage)}"),
    Column("runs", lambda row: str(row.runs)),
)


def table(report: Report, group: Group) -> Table:
    """Return each method's regret at the end of a search and over its course."""
    return Table.of(COLUMNS, sorted(report.findings_of(group).search.rows, key=lambda row: row.regret))


def draw(report: Report, group: Group) -> Figure | str:
    """Draw the mean regret against the evaluations, with 95 % bands."""
    curves = report.findings_of(group).search.curves
    if not curves:
        return "no search has incumbents whose regret is known here"
    drawn = [bands.Line(each.tuner, each.x, each.mean, each.low, each.high) for each in curves]
    return figure(
        bands.lines(drawn, report.tuners, shape="hv"),
        xaxis=axis("evaluations", **bands.logarithmic(drawn)), yaxis=axis("normalised regret", rangemode="tozero"),
    )  # fmt: skip


def words(report: Report) -> list[str]:
    """Say what regret is measured from."""
    return [KINDS[kind] for kind in dict.fromkeys(found.search.optimum for found in report.findings) if kind in KINDS]


def rows(report: Report) -> Mapping[str, Any]:
    """Return regrets and areas of each group, unrounded."""
    return {"search": report.found_by_group(lambda found: found.search.rows)}


SECTION = Section(
    key="regret",
    title="Regret over the search",
    place=92,
    chapter=SEARCH,
    shown=lambda report: any(found.search.rows for found in report.findings),
    table=table,
    chart=Chart(
        "Of the best cross-validation score so far; lower is better. Mean over these datasets, which weigh equally, "
        "with 95 % intervals. The area is its mean over the logarithm of the evaluations.",
        draw,
    ),
    words=words,
    rows=rows,
    extent="comment",
)
