"""The charts of a history: a measure of each method over commits, with marks where it changed."""

from __future__ import annotations

import html
from collections import Counter
from typing import Any

from tuners.analysis.followed import Series
from tuners.analysis.history import Change, History
from tuners.report.charts.style import Figure, axis, figure, label, lines, log_ticks
from tuners.report.history.words import axis_title, sentence, where

CAPTIONS = {
    "regret": (
        "Normalised regret of the winner's cross-validation score: 0 is the optimum of the space, 1 the median of its "
        "candidates. Mean over datasets, which weigh equally."
    ),
    "score": "Score of the tuned model on the test rows. Mean over datasets, which weigh equally.",
    "seconds": (
        "Seconds of a run, of recorded ones the method's own, divided by those of a fixed workload timed just before "
        "it on the same machine. Geometric mean over datasets, which weigh equally."
    ),
}
TITLES = {"regret": "Regret over commits", "score": "Score over commits", "seconds": "Seconds over commits"}
NOTHING = {
    "regret": "no run has a regret: it needs whole recorded tables (--tuning-evaluation=recorded)",
    "score": "no run has a test score",
    "seconds": "no run has seconds and those of a reference workload beside them",
}
WIDE = 5
"""The ratio of the longest seconds to the shortest from which on their axis is logarithmic."""
WORSE, BETTER = "triangle-down", "triangle-up"
"""The marks of changes."""

Trace = dict[str, Any]


def draw(found: History, model: str, measure: str) -> Figure | str:
    """Draw a measure of each method; or say why not."""
    series = [each for each in found.series if (each.model, each.measure) == (model, measure)]
    if not series:
        return NOTHING[measure]
    styles = lines(found.tuners)
    names = place_names(found)
    drawn = [_line(each, styles[each.tuner], found, names) for each in series]
    changes = [each for each in found.changes if (each.series.model, each.series.measure) == (model, measure)]
    marks = [_mark(each, styles[each.series.tuner][0], found, names) for each in changes]
    values = [value for each in series for value in each.values]
    vertical: dict[str, Any] = {"hoverformat": ".4f"}
    if measure == "seconds" and max(values) > WIDE * min(values):
        vertical = {"type": "log", "hoverformat": ".4g", **log_ticks(values)}
    return figure(
        [*drawn, *marks],
        xaxis=axis("commit", type="category", categoryorder="array", categoryarray=names, tickangle=-45, nticks=20),
        yaxis=axis(axis_title(series[0]), **vertical),
    )


def place_names(found: History) -> list[str]:
    """Return a name of each point that no other has: two runs may have changes beside the same commit."""
    seen: Counter[str] = Counter()
    names = []
    for point in found.points:
        seen[point.label] += 1
        number = seen[point.label]
        names.append(label(f"{point.label} ({number})" if number > 1 else point.label))
    return names


def _line(series: Series, style: tuple[str, str], found: History, names: list[str]) -> Trace:
    colour, dash = style
    further = f" ({series.processor.partition(' (')[0]})" if _several_processors(series, found) else ""
    further += f", other conditions {series.number}" if series.number else ""
    texts = [shown(where(found.points[at]), failed) for at, failed in zip(series.at, series.failed, strict=True)]
    return {
        "type": "scatter", "x": [names[at] for at in series.at], "y": list(series.values), "text": texts,
        "mode": "lines+markers" if len(series.at) < 60 else "lines", "name": f"{label(series.tuner)}{label(further)}",
        "legendgroup": series.tuner, "line": {"color": colour, "dash": dash, "width": 2},
        "marker": {"color": colour, "size": 5},
    }  # fmt: skip


def shown(text: str, failed: int) -> str:
    """Return what is shown of a point beside its value."""
    return html.escape(f"{text}, {failed} failed" if failed else text, quote=False)


def _several_processors(series: Series, found: History) -> bool:
    return len({each.processor for each in found.series if each.processor}) > 1 and bool(series.processor)


def _mark(change: Change, colour: str, found: History, names: list[str]) -> Trace:
    series = change.series
    return {
        "type": "scatter", "mode": "markers", "x": [names[change.at]], "y": [series.values[series.at.index(change.at)]],
        "text": [shown(sentence(change, found), 0)], "hoverinfo": "text", "showlegend": False,
        "legendgroup": series.tuner, "name": "change",
        "marker": {"symbol": BETTER if change.better else WORSE, "color": colour, "size": 15,
                   "line": {"color": "#888888", "width": 2}},
    }  # fmt: skip
