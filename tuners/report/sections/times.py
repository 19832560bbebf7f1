"""Where each method's seconds went: into fitting, scoring and searching."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuners.analysis.costs import times
from tuners.analysis.methods import Group
from tuners.report.chapters import SEARCH
from tuners.report.charts.style import Figure, axis, figure, methods_axis
from tuners.report.document import Report
from tuners.report.section import Chart, Section
from tuners.report.tables import Column, Table
from tuners.report.words import duration

COLUMNS: tuple[Column, ...] = (
    Column("tuner", lambda row: row.tuner),
    Column("runs", lambda row: str(row.runs)),
    Column("fitting, s", lambda row: duration(row.fitting)),
    Column("scoring, s", lambda row: duration(row.scoring)),
    Column("searching, s", lambda row: duration(row.searching)),
)


def table(report: Report, group: Group) -> Table:
    """Return where each method's seconds went."""
    return Table.of(COLUMNS, times(report.runs_of(group)))


def draw(report: Report, group: Group) -> Figure | str:
    """Draw the mean seconds of a run, split into fitting, scoring and searching."""
    found = times(report.runs_of(group))
    if not found:
        return "no run has its trials here"
    parts = {"fitting": ("#0072B2", ""), "scoring": ("#E69F00", "/"), "searching": ("#888888", ".")}
    data = [
        {
            "type": "bar", "orientation": "h", "name": name, "y": list(range(len(found))),
            "x": [getattr(row, name) for row in found],
            "marker": {"color": colour, "pattern": {"shape": shape}},
        }
        for name, (colour, shape) in parts.items()
    ]  # fmt: skip
    return figure(
        data, barmode="stack", height=180 + 40 * len(found), xaxis=axis("seconds a run (mean)"),
        yaxis=methods_axis([row.tuner for row in found]),
    )  # fmt: skip


def rows(report: Report) -> Mapping[str, Any]:
    """Return the rows of each group, unrounded."""
    return {"times": report.rows_by_group(times)}


SECTION = Section(
    key="time",
    title="Where the seconds went",
    place=120,
    chapter=SEARCH,
    table=table,
    chart=Chart(
        "Evaluating is divided between fitting (the refit included) and scoring as the trials' own seconds are.",
        draw,
    ),
    rows=rows,
    extent="comment",
)
