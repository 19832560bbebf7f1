"""How many targets are reached after how many evaluations: the ECDF of running times (Hansen et al., COCO, 2021)."""

from __future__ import annotations

from tuners.analysis.methods import Group
from tuners.report.chapters import SEARCH
from tuners.report.charts import bands
from tuners.report.charts.style import Figure, axis, figure
from tuners.report.document import Report
from tuners.report.section import Chart, Section


def draw(report: Report, group: Group) -> Figure | str:
    """Draw the share of targets that are reached against the evaluations."""
    found = report.findings_of(group).search.reached
    if not found:
        return "no search has incumbents whose regret is known here"
    drawn = [bands.Line(each.tuner, each.x, each.share) for each in found]
    return figure(
        bands.lines(drawn, report.tuners, shape="hv"),
        xaxis=axis("evaluations", **bands.logarithmic(drawn)),
        yaxis=axis("share of targets reached", tickformat=".0%", range=[0, 1.02]),
    )


SECTION = Section(
    key="reached",
    title="Targets reached",
    place=98,
    chapter=SEARCH,
    shown=lambda report: any(found.search.reached for found in report.findings),
    chart=Chart(
        "Targets are regrets from 1 to 0, of all problems and runs together. Up and to the left is better.", draw
    ),
    extent="page",
)
