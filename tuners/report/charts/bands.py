"""Lines of methods with bands around them, in the methods' colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tuners.report.charts.style import SYMBOLS, colours, faint, label, log_ticks

DASHES = dict(zip(SYMBOLS, ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "5px 10px"), strict=True))
"""What tells lines of one colour apart, as symbols do dots."""


@dataclass(frozen=True)
class Line:
    """One method's line."""

    tuner: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] = ()
    """The band's ends, as many as points; empty for none. So is `high`."""
    high: Sequence[float] = ()


def lines(drawn: Sequence[Line], tuners: Sequence[str], shape: str = "linear") -> list[dict[str, Any]]:
    """Return plotly's traces: each line above its band, which its entry in the legend hides, too."""
    styles = colours(tuners)
    found: list[dict[str, Any]] = []
    for each in drawn:
        colour, symbol = styles[each.tuner]
        common = {"type": "scatter", "x": list(each.x), "legendgroup": each.tuner}
        band = {"mode": "lines", "line": {"width": 0, "shape": shape}, "hoverinfo": "skip", "showlegend": False}
        if each.low:
            found.append(common | band | {"y": list(each.low)})
            found.append(common | band | {"y": list(each.high), "fill": "tonexty", "fillcolor": faint(colour)})
        line = {"color": colour, "shape": shape, "width": 2.5, "dash": DASHES[symbol]}
        mode = "lines" if len(each.x) > 1 else "markers"
        marker = {"color": colour, "symbol": symbol, "size": 9}
        found.append(
            common | {"y": list(each.y), "mode": mode, "name": label(each.tuner), "line": line, "marker": marker}
        )
    return found


def logarithmic(drawn: Sequence[Line]) -> dict[str, Any]:
    """Return a logarithmic axis over the lines' points, with whole ticks."""
    return {"type": "log", **log_ticks([at for each in drawn for at in each.x])}
