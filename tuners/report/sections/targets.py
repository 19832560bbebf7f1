"""Targets: what it takes to reach a score that was fixed beforehand, as expected running time (ERT)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuners.analysis.methods import Group
from tuners.report.chapters import SEARCH
from tuners.report.charts.style import Figure, axis, colours, error, figure, label, log_ticks
from tuners.report.document import Report
from tuners.report.section import Chart, Section
from tuners.report.standing import TARGETS
from tuners.report.tables import Column, Table
from tuners.report.words import RECORDED, clocked, duration, interval, number
from tuners.results.record import BASE


def table(report: Report, group: Group) -> Table:
    """Return evaluations and seconds that each method needs to reach each target."""
    found = report.findings_of(group)
    columns = (
        Column("tuner", lambda row: row.tuner),
        Column("target", lambda row: row.label),
        Column("evaluations", lambda row: "never" if row.evaluations is None else number(row.evaluations, 1)),
        Column("95 % interval", lambda row: interval(row.evaluations_interval, digits=1)),
        Column("seconds", lambda row: clocked(row.seconds, found.clock)),
        Column("95 % interval of that", lambda row: interval(row.seconds_interval, duration)),
        Column("reached", lambda row: f"{row.reached} of {row.runs}"),
    )
    order = list(TARGETS)[::-1]
    rows = [row for row in found.targets if row.tuner != BASE]
    return Table.of(columns, sorted(rows, key=lambda row: order.index(row.target)))


def draw(report: Report, group: Group) -> Figure | str:
    """Draw the expected evaluations to each target, on a logarithmic axis."""
    found = [row for row in report.findings_of(group).targets if row.evaluations is not None and row.tuner != BASE]
    if not found:
        return "no target is known, or none was reached here"
    order = [target for target in list(TARGETS)[::-1] if any(row.target == target for row in found)]
    styles = colours(report.tuners)
    tuners = list(dict.fromkeys(row.tuner for row in found))
    data = []
    for index, tuner in enumerate(tuners):
        mine = [row for row in found if row.tuner == tuner]
        aside = 0.6 * (index - (len(tuners) - 1) / 2) / len(tuners)
        values = [row.evaluations or 0.0 for row in mine]
        data.append({
            "type": "scatter", "mode": "markers", "name": label(tuner),
            "x": values, "y": [order.index(row.target) + aside for row in mine],
            "error_x": error(values, [row.evaluations_interval for row in mine]),
            "marker": {"color": styles[tuner][0], "symbol": styles[tuner][1], "size": 10},
        })  # fmt: skip
    labels: dict[str, str] = {row.target: row.label for row in found}
    ticks = {"tickvals": list(range(len(order))), "ticktext": [label(labels[target]) for target in order]}
    reach = [end for row in found for end in (row.evaluations or 0.0, *(row.evaluations_interval or ()))]
    return figure(
        data, xaxis=axis("expected evaluations (95 % interval)", type="log", **log_ticks(reach)),
        yaxis=axis("", range=[len(order) - 0.5, -0.5], **ticks),
    )  # fmt: skip


def words(report: Report) -> list[str]:
    """Say whose seconds they are."""
    recorded = any("recorded" in found.clock for found in report.findings)
    return [f"{RECORDED}: seconds of the recorded clock"] if recorded else []


def rows(report: Report) -> Mapping[str, Any]:
    """Return the rows of each group, unrounded."""
    return {"targets": report.found_by_group(lambda found: found.targets)}


SECTION = Section(
    key="targets",
    title="What it takes to reach a target",
    place=94,
    chapter=SEARCH,
    shown=lambda report: any(found.targets for found in report.findings),
    table=table,
    chart=Chart(
        "Expected running time: what all runs spent until they reached the target or ended, by the number that reached "
        "it (Hansen et al., COCO, 2021).",
        draw,
    ),
    words=words,
    rows=rows,
    extent="comment",
)
