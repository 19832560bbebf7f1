"""Gain against cost, and the Pareto front."""

from __future__ import annotations

from typing import Any

from tuners.analysis import units
from tuners.analysis.costs import pareto
from tuners.analysis.methods import Group
from tuners.report.chapters import COSTS
from tuners.report.charts.style import Figure, axis, colours, error, figure, label, log_ticks
from tuners.report.document import Report
from tuners.report.section import Chart, Section
from tuners.report.words import directed, gain, unit
from tuners.results.record import BASE


def draw(report: Report, group: Group) -> Figure | str:
    """Draw each method's gain over the default and its seconds with their intervals."""
    styles = colours(report.tuners)
    found = report.findings_of(group).user
    gains = {each.tuner: units.read(each.mean, each.interval, each.metric) for each in found.to_default}
    if found.tuners and BASE in found.tuners:
        gains[BASE] = (0.0, None)
    front = [row for row in pareto(group.rows) if row.tuner in gains]
    shown = [row for row in group.rows if row.tuner in gains and row.seconds is not None]
    if not shown:
        return "no method has a score and a time here"
    data: list[dict[str, Any]] = [
        {
            "type": "scatter", "mode": "lines", "name": "Pareto front", "hoverinfo": "skip",
            "x": [row.seconds for row in front], "y": [gains[row.tuner][0] for row in front],
            "line": {"color": "#888888", "shape": "hv", "dash": "dot"},
        }
    ]  # fmt: skip
    best = {row.tuner for row in front}
    for row in shown:
        colour, symbol = styles[row.tuner]
        marker = {"color": colour, "symbol": symbol, "size": 14 if row.tuner in best else 10}
        mark = " (Pareto)" if row.tuner in best else f" ({row.failures} of {row.cells} failed)" if row.failures else ""
        value, interval = gains[row.tuner]
        data.append({
            "type": "scatter", "mode": "markers", "name": f"{label(row.tuner)}{mark}", "marker": marker,
            "x": [row.seconds], "y": [value],
            "error_x": error([row.seconds or 0.0], [row.seconds_interval]), "error_y": error([value], [interval]),
        })  # fmt: skip
    title = directed(f"{gain(found.metric)} over the default, {unit(found.metric)}", found.metric)
    seconds = [end for row in shown for end in (row.seconds, *(row.seconds_interval or ())) if end]
    return figure(
        data,
        xaxis=axis("seconds a run (mean, 95 % interval)", type="log", **log_ticks(seconds)),
        yaxis=axis(
            f"{title} (95 %)",
            hoverformat=".4f",
            # So that up is better, as it is of a score.
            **({"autorange": "reversed"} if units.falls(found.metric) else {}),
        ),
    )


SECTION = Section(
    key="cost",
    title="Gain against cost",
    place=70,
    chapter=COSTS,
    chart=Chart(
        "Up and to the left is better. No method is both better and faster than one on the Pareto front; methods with "
        "failed cells are not on it.",
        draw,
    ),
    extent="page",
)
