"""A report's charts as plotly figures, by their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuners.errors import TuningError, nearest
from tuners.report.drawn import drawings

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from tuners.report.document import Report


def known(report: Report | None = None) -> list[str]:
    """Return the keys of all charts, or of those that have something to show in a report."""
    return [drawing.key for drawing in drawings() if report is None or drawing.shown(report)]


def drawn(report: Report, key: str, model: str | None) -> go.Figure:
    """Draw a chart of a model, the first by default.

    Raises `TuningError` for a key or a model that is not there, or where there is nothing to draw.
    """
    from plotly import graph_objects as go  # noqa: PLC0415  slow to load, and not always needed

    every = {drawing.key: drawing for drawing in drawings()}
    groups = {subject.group.model: subject.group for subject in report.subjects}
    model = model or next(iter(groups), "")
    for what, name, among in (("plot", key, every), ("model", model, groups)):
        if name not in among:
            near = nearest(name, among, most=1)
            meant = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(among) or 'none'}"
            message = f"{what} {name!r}: {meant}"
            raise TuningError(message)
    drawing, group = every[key], groups[model]
    figure = drawing.draw(report, group) if drawing.shown(report) else "this comparison has none of it"
    if isinstance(figure, str):
        message = f"plot_{key}: {figure}"
        raise TuningError(message)
    return go.Figure(figure).update_layout(template="plotly_white", title=drawing.title(report, group))
