"""A chart of points, lines and bands as pgfplots draws it, in the colours and signs of the page."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tuners.report.charts.style import Figure
from tuners.report.paper.tex import escaped

MARKS = {
    "circle": "*", "square": "square*", "diamond": "diamond*", "triangle-up": "triangle*", "cross": "+", "x": "x",
    "star": "star",
}  # fmt: skip
DASHES = {
    "solid": "solid", "dash": "dashed", "dot": "dotted", "dashdot": "dash dot",
    "longdash": "dash pattern=on 7pt off 3pt",
    "longdashdot": "dash pattern=on 7pt off 2pt on 1pt off 2pt", "5px 10px": "dash pattern=on 3pt off 6pt",
}  # fmt: skip
MOST_POINTS = 200
"""Of a line: TeX's memory holds some ten thousand of a whole paper."""
BASE_HEIGHT = 5.2
"""Of a chart, in cm; one with a method a row is as high as it needs."""
ROW_HEIGHT = 0.55
LETTER = 0.0095
"""The width of one of a tick's label, in lines."""

Point = tuple[float, float]


def plot(figure: Figure) -> str | None:
    """Return a chart as a `tikzpicture` a panel; None for one of bars or tiles, or without any point."""
    data = figure["data"]
    if any(trace.get("type") != "scatter" for trace in data):
        return None
    panels: dict[str, list[Any]] = {}
    for trace in data:
        panels.setdefault(str(trace.get("xaxis", "x")).removeprefix("x"), []).append(trace)
    drawn = [_panel(figure["layout"], suffix, traces, len(panels)) for suffix, traces in panels.items()]
    return "\\hfill\n".join(filter(None, drawn)) or None


def _panel(layout: Mapping[str, Any], suffix: str, traces: Sequence[Mapping[str, Any]], of: int) -> str:
    lines = [line for at, trace in enumerate(traces) for line in _trace(trace, traces[at - 1] if at else {})]
    if not lines:
        return ""
    names = layout.get(f"yaxis{suffix}", {}).get("ticktext", ())
    # pgfplots counts long names beside an axis to no width.
    beside = LETTER * max((len(str(name)) for name in names), default=0)
    options = [
        f"width={(0.98 - beside) / of:.2f}\\linewidth",
        f"height={max(BASE_HEIGHT, 2.2 + ROW_HEIGHT * len(names)):.1f}cm",
        *_axis("x", layout.get(f"xaxis{suffix}", {})),
        *_axis("y", layout.get(f"yaxis{suffix}", {})),
        "scaled ticks=false",
        "tick label style={font=\\scriptsize,/pgf/number format/fixed}",
        "label style={font=\\scriptsize}",
        "legend style={at={(0.5,-0.28)},anchor=north,font=\\scriptsize,draw=none}",
        f"legend columns={4 if of == 1 else 2}",
        "legend cell align=left", "mark size=1.6pt",
    ]  # fmt: skip
    axis = ",\n  ".join(options)
    return "\n".join([r"\begin{tikzpicture}", rf"\begin{{axis}}[{axis}]", *lines, r"\end{axis}", r"\end{tikzpicture}"])


def _axis(name: str, axis: Mapping[str, Any]) -> Iterator[str]:
    """Yield the options of an axis."""
    title = axis.get("title", {}).get("text", "")
    if title:
        yield f"{name}label={{{_text(title)}}}"
    logarithmic = axis.get("type") == "log"
    if logarithmic:
        yield f"{name}mode=log"
    if "tickvals" in axis:
        yield f"{name}tick={{{','.join(_number(tick) for tick in axis['tickvals'])}}}"
        yield f"{name}ticklabels={{{','.join(f'{{{_text(tick)}}}' for tick in axis['ticktext'])}}}"
    elif axis.get("tickformat") == ".0%":
        yield (
            f"{name}ticklabel={{\\pgfmathparse{{100*\\tick}}\\pgfmathprintnumber[fixed,precision=0]{{\\pgfmathresult}}\\,\\%}}"
        )
    if "range" in axis and not logarithmic:
        low, high = sorted(axis["range"])
        yield f"{name}min={_number(low)},{name}max={_number(high)}"
        if axis["range"][0] > axis["range"][1]:
            yield f"{name} dir=reverse"
    elif axis.get("rangemode") == "tozero":
        yield f"{name}min=0"
    if axis.get("autorange") == "reversed":
        yield f"{name} dir=reverse"


def _trace(trace: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[str]:
    """Yield the commands of one trace; a band lies between it and the trace before it."""
    points = _points(trace)
    if not points:
        return
    line, marker = trace.get("line", {}), trace.get("marker", {})
    if trace.get("fill") == "tonexty":
        outline = [*_stepped(_points(before), line), *reversed(_stepped(points, line))]
        filled = f"draw=none,fill={_colour(trace['fillcolor'])},fill opacity=0.18,forget plot"
        yield f"\\addplot[{filled}] {_set(outline)} -- cycle;"
        return
    if line.get("width") == 0:
        return  # the lower end of a band, which the band draws
    errors = [_errors(trace, place) for place in range(len(trace["x"]))] if _has_errors(trace) else []
    drawn = "lines" in trace.get("mode", "lines")
    options = [f"color={_colour(line.get('color') or marker.get('color') or '#888888')}"]
    if drawn:
        options += [DASHES.get(line.get("dash", "solid"), "solid"), "thick", "no markers"]
        points = _stepped(points, line)
    else:
        options += ["only marks", f"mark={MARKS.get(marker.get('symbol', 'circle'), '*')}", "mark options={solid}"]
    if errors:
        options.append("error bars/.cd,x dir=both,x explicit,y dir=both,y explicit")
    if trace.get("showlegend") is False or not trace.get("name"):
        options.insert(0, "forget plot")
    yield f"\\addplot[{','.join(options)}] {_set(points, errors)};"
    if options[0] != "forget plot":
        yield f"\\addlegendentry{{{_text(trace['name'])}}}"


def _points(trace: Mapping[str, Any]) -> list[Point]:
    """Return a trace's points with both numbers."""
    pairs = zip(trace.get("x", ()), trace.get("y", ()), strict=False)
    return [(float(x), float(y)) for x, y in pairs if _is_finite(x) and _is_finite(y)]


def _is_finite(value: Any) -> bool:
    return value is not None and math.isfinite(value)


def _stepped(points: Sequence[Point], line: Mapping[str, Any]) -> list[Point]:
    """Return a line's points, those of steps with their corners; of a long one as many as TeX holds."""
    if line.get("shape") == "hv":
        ends = {0, len(points) - 1}
        points = [each for at, each in enumerate(points) if at in ends or each[1] != points[at - 1][1]]
    if len(points) > MOST_POINTS:
        last = len(points) - 1
        points = [points[round(at * last / (MOST_POINTS - 1))] for at in range(MOST_POINTS)]
    if line.get("shape") != "hv":
        return list(points)
    corners = [[(x, points[at - 1][1])] if at else [] for at, (x, _) in enumerate(points)]
    return [each for corner, point in zip(corners, points, strict=True) for each in (*corner, point)]


def _has_errors(trace: Mapping[str, Any]) -> bool:
    return "error_x" in trace or "error_y" in trace


def _errors(trace: Mapping[str, Any], place: int) -> str:
    """Return the ends of a point's error bars, as they are measured from it."""
    up = [trace.get(f"error_{axis}", {}).get("array", ()) for axis in "xy"]
    down = [trace.get(f"error_{axis}", {}).get("arrayminus", ()) for axis in "xy"]
    highs, lows = (
        ",".join(_number(max(float(ends[place]), 0.0) if place < len(ends) else 0.0) for ends in each)
        for each in (up, down)
    )
    return f" += ({highs}) -= ({lows})"


def _set(points: Sequence[Point], errors: Sequence[str] = ()) -> str:
    ends = errors if len(errors) == len(points) else [""] * len(points)
    listed = (f"({_number(x)},{_number(y)}){end}" for (x, y), end in zip(points, ends, strict=True))
    return f"coordinates {{{' '.join(listed)}}}"


def _number(value: float) -> str:
    return f"{value:.6g}"


def _colour(colour: str) -> str:
    """Return a colour of the page, `#0072B2` or `rgba(0,114,178,0.18)`, as xcolor has it."""
    if colour.startswith("#"):
        parts = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    else:
        parts = [int(part) for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = parts
    return f"{{rgb,255:red,{red};green,{green};blue,{blue}}}"


def _text(text: object) -> str:
    """Return a label of plotly's, which is HTML."""
    return escaped(html.unescape(str(text)))
