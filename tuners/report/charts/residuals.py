"""The residual plot of one winner: predicted against true numbers, and what the predictions miss."""

from __future__ import annotations

from tuners.analysis.residuals import Residuals
from tuners.report.charts.style import COLOURS, GREY, Figure, axis, figure


def draw(found: Residuals) -> Figure:
    """Draw both panels; a perfect prediction is on the line."""
    ends = [min(*found.true, *found.predicted), max(*found.true, *found.predicted)]
    points = {
        "type": "scatter", "mode": "markers", "showlegend": False,
        "marker": {"color": COLOURS[0], "size": 6, "opacity": 0.7},
    }  # fmt: skip
    line = {
        "type": "scatter", "mode": "lines", "showlegend": False, "hoverinfo": "skip",
        "line": {"color": GREY, "dash": "dash"},
    }  # fmt: skip
    right = {"xaxis": "x2", "yaxis": "y2"}
    return figure(
        [
            {**line, "x": ends, "y": ends},
            {**points, "x": found.true, "y": found.predicted},
            {**line, "x": ends, "y": [0.0, 0.0], **right},
            {**points, "x": found.predicted, "y": found.errors, **right},
        ],
        xaxis=axis("true", domain=[0, 0.45]),
        yaxis=axis("predicted"),
        xaxis2=axis("predicted", domain=[0.55, 1], anchor="y2"),
        yaxis2=axis("residual, true less predicted", anchor="x2"),
        meta={"panels": 2},
    )
