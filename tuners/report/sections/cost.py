"""Score against cost, and the Pareto front."""

from __future__ import annotations

from typing import Any

from tuners.analysis.costs import pareto
from tuners.analysis.methods import Group
from tuners.report.chapters import COSTS
from tuners.report.charts.style import Figure, axis, colours, error, figure, label, log_ticks
from tuners.report.document import Report
from tuners.report.section import Chart, Section


def draw(report: Report, group: Group) -> Figure | str:
    """Draw each method's mean score and seconds, with the interval of its seconds."""
    styles = colours(report.tuners)
    front = pareto(group.rows)
    if not any(row.test_score is not None and row.seconds is not None for row in group.rows):
        return "no method has a score and a time here"
    data: list[dict[str, Any]] = [
        {
            "type": "scatter", "mode": "lines", "name": "Pareto front", "hoverinfo": "skip",
            "x": [row.seconds for row in front], "y": [row.test_score for row in front],
            "line": {"color": "#888888", "shape": "hv", "dash": "dot"},
        }
    ]  # fmt: skip
    best = {row.tuner for row in front}
    for row in group.rows:
        if row.test_score is None or row.seconds is None:
            continue
        colour, symbol = styles[row.tuner]
        marker = {"color": colour, "symbol": symbol, "size": 14 if row.tuner in best else 10}
        mark = " (Pareto)" if row.tuner in best else f" ({row.failures} of {row.cells} failed)" if row.failures else ""
        data.append({
            "type": "scatter", "mode": "markers", "name": f"{label(row.tuner)}{mark}", "marker": marker,
            "x": [row.seconds], "y": [row.test_score],
            "error_x": error([row.seconds], [row.seconds_interval]),
        })  # fmt: skip
    seconds = [end for row in group.rows for end in (row.seconds, *(row.seconds_interval or ())) if end]
    return figure(
        data,
        xaxis=axis("seconds a run (mean, 95 % interval)", type="log", **log_ticks(seconds)),
        yaxis=axis(f"test {label(group.metric)} (mean)", hoverformat=".4f"),
    )


SECTION = Section(
    key="cost",
    title="Score against cost",
    place=70,
    chapter=COSTS,
    chart=Chart(
        "Up and to the left is better. No method is both better and faster than one on the Pareto front; methods with "
        "failed cells are not on it.",
        draw,
    ),
    extent="page",
)
