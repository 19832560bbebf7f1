"""What all charts share: colours, labels, and a figure's frame."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tuners.results.record import BASE

Figure = dict[str, Any]
"""A plotly figure: `data` and `layout`."""

# Okabe and Ito's, which people with any colour vision tell apart, without black and yellow: one is lost in the dark,
# the other in the light.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
GREY = "#888888"
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star")
DASHES = ("solid", "longdash", "dashdot", "longdashdot")
SCALE = "Cividis"
LONGEST = 32
"""Characters of a label; what is longer is cut."""


def label(text: object) -> str:
    """Return text as plotly shows it: no markup, and no longer than fits."""
    plain = " ".join(str(text).split())
    return html.escape(plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1]}…", quote=False)


def colours(tuners: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return each method's colour and symbol: the same everywhere; beyond six colours, symbols tell apart."""
    listed = [tuner for tuner in dict.fromkeys(tuners) if tuner != BASE]
    found = {
        tuner: (COLOURS[index % len(COLOURS)], SYMBOLS[index // len(COLOURS) % len(SYMBOLS)])
        for index, tuner in enumerate(listed)
    }
    return {**found, BASE: (GREY, SYMBOLS[0])}


def lines(tuners: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return the colour and the dash of each method's line; beyond six colours, dashes tell apart."""
    return {
        tuner: (colour, "dash" if tuner == BASE else DASHES[SYMBOLS.index(symbol) % len(DASHES)])
        for tuner, (colour, symbol) in colours(tuners).items()
    }


def faint(colour: str, opacity: float = 0.18) -> str:
    """Return a colour that others show through."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def axis(title: str, **more: Any) -> dict[str, Any]:
    """Return an axis that names its quantity and unit."""
    return {"title": {"text": title}, "automargin": True, "zeroline": False, **more}


def figure(data: Sequence[Mapping[str, Any]], **layout: Any) -> Figure:
    """Return a figure in the common frame."""
    frame = {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "system-ui, sans-serif", "size": 13},
        "margin": {"t": 40, "r": 20, "b": 50, "l": 60},
        "legend": {"orientation": "h", "y": -0.25, "yanchor": "top"},
        "height": 430,
        "hovermode": "closest",
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": "#888888", "activecolor": "#0072B2"},
    }
    return {"data": [dict(trace) for trace in data], "layout": frame | layout}


def log_ticks(values: Sequence[float]) -> dict[str, Any]:
    """Return ticks of a logarithmic axis over positive values: whole numbers where plotly abbreviates to a digit."""
    positive = [value for value in values if value > 0]
    if not positive:
        return {}
    first, last = math.floor(math.log10(min(positive))), math.ceil(math.log10(max(positive)))
    steps = (1, 2, 5) if last - first < 4 else (1,)
    ticks = [step * 10.0**power for power in range(first, last + 1) for step in steps]
    return {"tickvals": ticks, "ticktext": [f"{tick:g}" for tick in ticks]}


def methods_axis(tuners: Sequence[str]) -> dict[str, Any]:
    """Return a vertical axis with a method at each whole number, the first on top."""
    ticks = {"tickvals": list(range(len(tuners))), "ticktext": [label(tuner) for tuner in tuners]}
    return axis("", range=[len(tuners) - 0.5, -0.5], **ticks)


def dots(
    rows: Sequence[tuple[str, float, tuple[float, float] | None]], styles: Mapping[str, tuple[str, str]]
) -> list[dict[str, Any]]:
    """Return a line a method: its name, its value as a dot, its interval; the first on top."""
    return [
        {
            "type": "scatter", "mode": "markers", "name": label(tuner), "showlegend": False,
            "x": [value], "y": [place], "error_x": error([value], [interval]),
            "marker": {"color": styles[tuner][0], "symbol": styles[tuner][1], "size": 12},
        }
        for place, (tuner, value, interval) in enumerate(rows)
    ]  # fmt: skip


def error(middle: Sequence[float], intervals: Sequence[tuple[float, float] | None]) -> dict[str, Any]:
    """Return plotly's error bars of intervals; none where there is none."""
    ends = [interval or (value, value) for value, interval in zip(middle, intervals, strict=True)]
    return {
        "type": "data",
        "symmetric": False,
        "array": [high - value for value, (_, high) in zip(middle, ends, strict=True)],
        "arrayminus": [value - low for value, (low, _) in zip(middle, ends, strict=True)],
    }
