"""Anytime curves: the best score so far, in cross-validation and, of the same trials, on the test rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from statistics import fmean
from typing import Any

from tuners.analysis.anytime import Axis, Curve, Measure, curves
from tuners.analysis.methods import Group
from tuners.report.charts.style import Figure, axis, faint, figure, label, lines, log_ticks
from tuners.report.document import Report
from tuners.report.words import directed
from tuners.results.record import BASE
from tuners.results.scorers import is_loss, spoken

NAMES: dict[Measure, str] = {"cv": "cross-validation", "test": "test"}
"""The panels, from left to right."""
QUANTITIES: dict[Axis, str] = {"evaluations": "evaluations", "seconds": "seconds since the run began"}
BAND = {"line": {"width": 0, "shape": "hv"}, "mode": "lines", "hoverinfo": "skip", "showlegend": False}

Trace = dict[str, Any]


def draw(report: Report, group: Group, *, over: Axis) -> Figure | str:
    """Draw the best score so far against evaluations or seconds; or say why not."""
    if report.findings_of(group).user.datasets > 1:
        return "scores of several datasets are not of one scale: choose one of them"
    data = [trace for measure in NAMES for trace in _panel(report, group, over, measure)]
    if not any(trace.get("name") != "default" for trace in data):
        return "no search has an incumbent with its trials here"
    if is_loss(group.metric):
        data = [{**trace, "y": [None if y is None else -y for y in trace["y"]]} for trace in data]
    ticks: dict[str, Any] = {}
    if over == "seconds":
        ticks = {"type": "log", **log_ticks([at for trace in data for at in trace["x"] if at is not None])}
    vertical = partial(axis, hoverformat=".4f")
    return figure(
        data,
        xaxis=axis(QUANTITIES[over], domain=[0, 0.45], **ticks),
        yaxis=vertical(directed(f"best {NAMES['cv']} {label(spoken(group.metric))} so far", group.metric)),
        xaxis2=axis(QUANTITIES[over], domain=[0.55, 1], anchor="y2", **ticks),
        yaxis2=vertical(f"its {NAMES['test']} {label(spoken(group.metric))}", anchor="x2"),
        meta={"panels": 2},
    )


def _panel(report: Report, group: Group, over: Axis, measure: Measure) -> list[Trace]:
    """Return the traces of one panel; the first panel has the legend of both."""
    runs, then = report.runs_of(group), report.runs_of(group, then=True)
    first = measure == next(iter(NAMES))
    styles = lines(report.tuners)
    found = curves(runs, over, measure)
    drawn = [curve.tuner for curve in found]
    span = [min((each.x[0] for each in found), default=0.0), max((each.x[-1] for each in found), default=0.0)]
    data: list[Trace] = []
    for curve in found:
        if curve.tuner == BASE:
            level = [curve.median[-1]] * 2
            data.append({**_untuned(span, level, styles[BASE]), "legendgroup": BASE, "showlegend": first})
        else:
            data += _curve(curve, styles[curve.tuner], named=first)
    if found and not first and BASE not in drawn:
        scores = [s for run in runs if (s := run.record.default_test_score) is not None]
        data.append(_untuned(span, [fmean(scores)] * 2 if scores else [], styles[BASE]))
    if found and first:
        tuners = dict.fromkeys(run.record.tuner for run in runs)
        data += [_absent(tuner, styles[tuner][0]) for tuner in tuners if tuner not in drawn]
    data += [
        _earlier(curve, styles[curve.tuner][0], named=first)
        for curve in curves(then, over, measure)
        if curve.tuner != BASE and curve.tuner in styles
    ]
    return data if first else [{**trace, "xaxis": "x2", "yaxis": "y2"} for trace in data]


def _untuned(span: Sequence[float], level: Sequence[float], style: tuple[str, str]) -> Trace:
    line = dict(zip(("color", "dash"), style, strict=True))
    return {"type": "scatter", "mode": "lines", "name": "default", "line": line, "x": span, "y": level}


def _curve(curve: Curve, style: tuple[str, str], *, named: bool) -> list[Trace]:
    """Return the median over seeds, above the band of the quartiles where there are several."""
    colour, dash = style
    common: Trace = {"type": "scatter", "legendgroup": curve.tuner, "x": curve.x}
    median = {
        "y": curve.median, "name": label(curve.tuner), "mode": "lines" if len(curve.x) > 1 else "markers",
        "showlegend": named, "line": {"color": colour, "shape": "hv", "width": 2.5, "dash": dash},
        "marker": {"color": colour, "size": 9},
    }  # fmt: skip
    if curve.seeds == 1:
        return [common | median]
    upper = {"y": curve.high, "fill": "tonexty", "fillcolor": faint(colour)}
    return [common | BAND | {"y": curve.low}, common | BAND | upper, common | median]


def _absent(tuner: str, colour: str) -> Trace:
    """Return a trace that only the legend has."""
    name = f"{label(tuner)}: no curve, not on all datasets"
    return {"type": "scatter", "mode": "lines", "x": [None], "y": [None], "line": {"color": colour}, "name": name}


def _earlier(curve: Curve, colour: str, *, named: bool) -> Trace:
    """Return the curve of the run compared with."""
    return {
        "type": "scatter", "mode": "lines", "x": curve.x, "y": curve.median, "name": f"{label(curve.tuner)}, before",
        "line": {"color": colour, "shape": "hv", "dash": "dot", "width": 1.5}, "legendgroup": curve.tuner,
        "showlegend": named,
    }  # fmt: skip
