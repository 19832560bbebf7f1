"""Average ranks with their intervals, and the critical difference diagram (Demsar 2006)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from tuners.analysis.methods import Group
from tuners.analysis.ranking import Ranking
from tuners.report.chapters import COSTS
from tuners.report.charts.style import Figure, axis, colours, dots, figure, label, methods_axis
from tuners.report.document import Report
from tuners.report.section import Chart, Section
from tuners.report.tables import Column, Table
from tuners.report.words import interval, number

COLUMNS: tuple[Column, ...] = (
    Column("tuner", lambda row: row.tuner),
    Column("average rank", lambda row: number(row.rank, 2)),
    Column("95 % interval", lambda row: interval(row.interval, digits=2)),
)


def _ranking(report: Report, group: Group) -> Ranking | None:
    return next((each for each in report.rankings if each.model == group.model), None)


def table(report: Report, group: Group) -> Table:
    """Return the average ranks of a model's methods, over all of its datasets."""
    ranking = _ranking(report, group)
    return Table.of(COLUMNS, ranking.rows if ranking is not None else ())


def draw(report: Report, group: Group) -> Figure | str:
    """Draw average ranks with their intervals; bars on the left join methods that cannot be told apart."""
    ranking = _ranking(report, group)
    if ranking is None:
        return "there are no two methods with scores to rank"
    tuners = [row.tuner for row in ranking.rows]
    data = dots([(row.tuner, row.rank, row.interval) for row in ranking.rows], colours(report.tuners))
    for index, clique in enumerate(ranking.cliques):
        places = [tuners.index(name) for name in clique]
        data.append({
            "type": "scatter", "mode": "lines", "showlegend": False, "hoverinfo": "text",
            "text": f"no significant difference: {', '.join(map(label, clique))}",
            "x": [0.8 - 0.12 * index] * 2, "y": [min(places) - 0.2, max(places) + 0.2],
            "line": {"color": "#888888", "width": 6},
        })  # fmt: skip
    return figure(
        data,
        xaxis=axis("average rank over datasets and seeds, 1 is best (95 % bootstrap interval)"),
        yaxis=methods_axis(tuners),
        height=160 + 40 * len(tuners),
    )


def words(report: Report) -> list[str]:
    """Say of each model why it has no critical difference diagram."""
    return [f"{ranking.model}: {ranking.note}" for ranking in report.rankings if ranking.note]


def rows(report: Report) -> Mapping[str, Any]:
    """Return the rankings, unrounded."""
    return {"rankings": [dataclasses.asdict(ranking) for ranking in report.rankings]}


SECTION = Section(
    key="ranks",
    title="Average ranks over all datasets",
    place=80,
    chapter=COSTS,
    table=table,
    chart=Chart(
        "Intervals are bootstrapped over datasets, then seeds. Grey bars join methods that Wilcoxon's test, "
        "Holm-adjusted, cannot tell apart.",
        draw,
    ),
    words=words,
    rows=rows,
    extent="comment",
)
