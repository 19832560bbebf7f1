"""Which method wins in a single run: the probability that a run of one beats a run of another on the test rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuners.analysis.methods import Group
from tuners.report.chapters import GAINS
from tuners.report.charts.style import Figure, axis, figure, label, methods_axis
from tuners.report.document import Report
from tuners.report.section import Chart, Section
from tuners.report.tables import Table
from tuners.report.words import NOTHING, interval, percentage


def table(report: Report, group: Group) -> Table:
    """Return the probability of each pair: the row's method beats the column's."""
    found = report.findings_of(group).wins
    tuners = list(dict.fromkeys(name for row in found for name in (row.tuner, row.other)))
    shares = {(row.tuner, row.other): f"{percentage(row.share)} {interval(row.interval, percentage)}" for row in found}
    return Table(
        ["tuner", *(f"beats {tuner}" for tuner in tuners)],
        [[tuner, *(shares.get((tuner, other), NOTHING).removesuffix(" -") for other in tuners)] for tuner in tuners],
    )


def draw(report: Report, group: Group) -> Figure | str:
    """Draw the probabilities as squares: blue where the row's method wins, orange where it loses."""
    found = report.findings_of(group).wins
    if not found:
        return "there are no two methods with runs on the same problem"
    tuners = list(dict.fromkeys(name for row in found for name in (row.tuner, row.other)))
    shares = {(row.tuner, row.other): row.share for row in found}
    grid = [[shares.get((tuner, other)) for other in tuners] for tuner in tuners]
    squares = {
        "type": "heatmap", "z": grid, "zmin": 0, "zmax": 1, "colorbar": {"tickformat": ".0%"},
        "colorscale": [[0, "#E69F00"], [0.5, "#F2F2F2"], [1, "#0072B2"]], "hoverongaps": False,
        "hovertemplate": "%{z:.0%}<extra></extra>",
    }  # fmt: skip
    ticks = {"tickvals": list(range(len(tuners))), "ticktext": [label(tuner) for tuner in tuners]}
    return figure(
        [squares], height=200 + 40 * len(tuners), xaxis=axis("is beaten by the method on the left", **ticks),
        yaxis=methods_axis(tuners),
    )  # fmt: skip


def rows(report: Report) -> Mapping[str, Any]:
    """Return the probabilities of each group, unrounded."""
    return {"wins": report.found_by_group(lambda found: found.wins)}


SECTION = Section(
    key="wins",
    title="Which method wins in a single run",
    place=66,
    chapter=GAINS,
    shown=lambda report: any(found.wins for found in report.findings),
    table=table,
    chart=Chart("The probability that a run of one method beats a run of another on the test rows; ties half.", draw),
    rows=rows,
    extent="comment",
)
