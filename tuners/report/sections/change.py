"""The change of each method's test score against the compared run: a line a method."""

from __future__ import annotations

from tuners.analysis.methods import Group
from tuners.report.chapters import COSTS
from tuners.report.charts.style import Figure, axis, colours, dots, figure, label, methods_axis
from tuners.report.document import Report
from tuners.report.section import Chart, Section
from tuners.report.words import directed, turned
from tuners.results.scorers import spoken


def draw(report: Report, group: Group) -> Figure | str:
    """Draw the paired difference of test scores to the compared run."""
    rows = [
        (row.tuner, *turned(row.score_difference, row.score_interval, group.metric))
        for row in report.comparison
        if row.model == group.model and row.score_difference is not None
    ]
    if not rows:
        return "there is no run to compare with, or no cell of it that compares"
    tuners = [tuner for tuner, *_ in rows]
    title = directed(f"change of the test {label(spoken(group.metric))}, now minus then", group.metric)
    data = dots(rows, colours([*report.tuners, *tuners]))
    return figure(
        data, height=160 + 40 * len(rows), yaxis=methods_axis(tuners),
        xaxis=axis(
            f"{title} (mean, 95 % interval)", zeroline=True
        ),
    )  # fmt: skip


SECTION = Section(
    key="change",
    title="Change against the compared run, over all datasets",
    place=90,
    chapter=COSTS,
    shown=lambda report: bool(report.comparison),
    chart=Chart("Paired by dataset and seed; above 0 is a gain, of a loss below 0.", draw),
    extent="page",
)
