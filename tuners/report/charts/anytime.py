"""Anytime curves: cross-validation and held-out test side by side."""

from __future__ import annotations

from functools import partial
from statistics import fmean
from typing import Any

from tuners.analysis import anytime
from tuners.analysis.methods import BASE, Group
from tuners.report.charts.style import Figure, axis, colours, faint, figure, label, log_ticks
from tuners.report.document import Report

NAMES = {"cv": "cross-validation", "test": "test"}


def draw(report: Report, group: Group, *, over: anytime.Axis) -> Figure | str:
    """Draw the best score so far against evaluations or seconds; or say why not."""
    runs, then = report.runs_of(group), report.runs_of(group, then=True)
    data: list[dict[str, Any]] = []
    styles = colours(report.tuners)
    for place, measure in enumerate(("cv", "test")):
        axes = {"xaxis": "x2", "yaxis": "y2"} if place else {}
        found = anytime.curves(runs, over, measure)  # type: ignore[arg-type]
        end = max((curve.x[-1] for curve in found), default=0.0)
        for curve in found:
            colour = styles[curve.tuner][0]
            common: dict[str, Any] = {"type": "scatter", "legendgroup": curve.tuner, **axes}
            if curve.tuner == BASE:
                level: dict[str, Any] = {"x": [min(each.x[0] for each in found), end], "y": [curve.median[-1]] * 2}
                line: dict[str, Any] = {"color": colour, "dash": "dash"}
                data.append({**common, **level, "mode": "lines", "name": "default", "line": line,
                             "showlegend": not place})  # fmt: skip
                continue
            band: dict[str, Any] = {
                "line": {"width": 0, "shape": "hv"},
                "mode": "lines",
                "hoverinfo": "skip",
                "showlegend": False,
            }
            if curve.seeds > 1:
                data.append({**common, **band, "x": curve.x, "y": curve.low})
                data.append({**common, **band, "x": curve.x, "y": curve.high, "fill": "tonexty",
                             "fillcolor": faint(colour)})  # fmt: skip
            data.append({**common, "x": curve.x, "y": curve.median, "name": label(curve.tuner),
                         "mode": "lines" if len(curve.x) > 1 else "markers",
                         "showlegend": not place, "line": {"color": colour, "shape": "hv", "width": 2.5},
                         "marker": {"color": colour, "size": 9}})  # fmt: skip
        if found and measure == "test" and not any(curve.tuner == BASE for curve in found):
            scores = [s for run in runs if (s := run.record.default_test_score) is not None]
            level = {"x": [min(each.x[0] for each in found), end], "y": [fmean(scores)] * 2 if scores else []}
            line = {"color": styles[BASE][0], "dash": "dash"}
            data.append({"type": "scatter", "mode": "lines", "name": "default", "line": line, **level, **axes})
        drawn = {curve.tuner for curve in found}
        lacking = [tuner for tuner in dict.fromkeys(run.record.tuner for run in runs) if tuner not in drawn]
        data += [
            {"type": "scatter", "mode": "lines", "x": [None], "y": [None], "line": {"color": styles[tuner][0]},
             "name": f"{label(tuner)}: no curve, not on all datasets"}
            for tuner in lacking
            if found and not place
        ]  # fmt: skip
        for curve in anytime.curves(then, over, measure):  # type: ignore[arg-type]
            if curve.tuner != BASE and curve.tuner in styles:
                line = {"color": styles[curve.tuner][0], "shape": "hv", "dash": "dot", "width": 1.5}
                data.append({"type": "scatter", "x": curve.x, "y": curve.median, "mode": "lines", "line": line,
                             "name": f"{label(curve.tuner)}, before", "legendgroup": curve.tuner,
                             "showlegend": not place, **axes})  # fmt: skip
    if not any(trace.get("name") != "default" for trace in data):
        return "no search has an incumbent with its trials here"
    quantity = {"evaluations": "evaluations", "seconds": "seconds since the run began"}[over]
    ticks: dict[str, Any] = {}
    if over == "seconds":
        ticks = {"type": "log", **log_ticks([at for trace in data for at in trace["x"] if at is not None])}
    vertical = partial(axis, hoverformat=".4f")
    return figure(
        data,
        xaxis=axis(quantity, domain=[0, 0.45], **ticks),
        yaxis=vertical(f"best {NAMES['cv']} {label(group.metric)} so far"),
        xaxis2=axis(quantity, domain=[0.55, 1], anchor="y2", **ticks),
        yaxis2=vertical(f"its {NAMES['test']} {label(group.metric)}", anchor="x2"),
        meta={"panels": 2},
    )
