"""Average ranks, and the critical difference diagram."""

from __future__ import annotations

from tuners.analysis.methods import Group
from tuners.report.charts.style import Figure, axis, colours, dots, figure, label, methods_axis
from tuners.report.document import Report


def draw(report: Report, group: Group) -> Figure | str:
    """Draw average ranks with their intervals; bars on the left join methods that cannot be told apart."""
    ranking = next((each for each in report.rankings if each.model == group.model), None)
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
