"""Performance profiles: the share of runs that end with at most so much regret (Agarwal et al. 2021)."""

from __future__ import annotations

from tuners.analysis.methods import Group
from tuners.report.chapters import SEARCH
from tuners.report.charts import bands
from tuners.report.charts.style import Figure, axis, figure
from tuners.report.document import Report
from tuners.report.section import Chart, Section


def draw(report: Report, group: Group) -> Figure | str:
    """Draw the share of runs against the regret, with 95 % bands."""
    profiles = report.findings_of(group).search.profiles
    if not profiles:
        return "no run has a regret here"
    drawn = [bands.Line(each.tuner, each.regrets, each.share, each.low, each.high) for each in profiles]
    return figure(
        bands.lines(drawn, report.tuners, shape="hv"),
        xaxis=axis("normalised regret at the end"),
        yaxis=axis("share of runs with at most that", tickformat=".0%", range=[0, 1.02]),
    )


SECTION = Section(
    key="profiles",
    title="Performance profiles",
    place=96,
    chapter=SEARCH,
    shown=lambda report: any(found.search.profiles for found in report.findings),
    chart=Chart("Up and to the left is better. Bands are bootstrapped over problems.", draw),
    extent="page",
)
