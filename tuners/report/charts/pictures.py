"""The article's pictures: score by hyperparameters, which the reader chooses.

Each is drawn without its columns of trials, which `binding` describes and fills in. Where colour is a score, the bright
end is the better one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuners.analysis.landscape import Landscape, Parameter
from tuners.report.charts.binding import scale
from tuners.report.charts.picture import Choice
from tuners.report.charts.style import COLOURS, SCALE, Figure, axis, faint, figure, label

MOST_DIMENSIONS = 10
"""Hyperparameters that parallel lines are drawn through, at the most."""


def _axis(parameter: Parameter, *, levels: bool = False) -> dict[str, Any]:
    return axis(label(parameter.name), **scale(parameter, levels=levels))


def heat_map(landscape: Landscape, chosen: Choice, score: str) -> Figure:
    """Draw the mean score over two hyperparameters."""
    across, up = chosen["across"], chosen["up"]
    trace = {
        "type": "heatmap", "colorscale": SCALE, "reversescale": landscape.loss,
        "colorbar": {"title": {"text": score}}, "hoverongaps": False,
        "hovertemplate": "mean %{z:.4f}<extra></extra>", "meta": {"z": ["mean", "up", "across"]},
    }  # fmt: skip
    return figure(
        [trace], xaxis=_axis(across, levels=True), yaxis=_axis(up, levels=True),
        meta={"roles": ["across", "up"], "axes": {"xaxis": ["across", "level"], "yaxis": ["up", "level"]}},
    )  # fmt: skip


def curve(_: Landscape, chosen: Choice, score: str) -> Figure:
    """Draw the score against one hyperparameter with a band of one standard deviation."""
    band = {"type": "scatter", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    data: list[dict[str, Any]] = [
        {**band, "meta": {"x": ["across", "at"], "y": ["across", "below"]}},
        {**band, "meta": {"x": ["across", "at"], "y": ["across", "above"]}, "fill": "tonexty",
         "fillcolor": faint(COLOURS[0]), "name": "one standard deviation", "showlegend": True},
        {"type": "scatter", "mode": "lines+markers", "name": "mean", "line": {"color": COLOURS[0]},
         "meta": {"x": ["across", "at"], "y": ["across", "mean"], "text": ["across", "trials"]},
         "hovertemplate": "%{y:.4f}, %{text}<extra></extra>"},
    ]  # fmt: skip
    return figure(
        data, xaxis=_axis(chosen["across"], levels=True), yaxis=axis(score),
        meta={"roles": ["across"], "axes": {"xaxis": ["across", "level"]}},
    )  # fmt: skip


def space(landscape: Landscape, chosen: Choice, score: str) -> Figure:
    """Draw three hyperparameters in space, coloured by score; a slider chooses the level of a fourth."""
    trace = {
        "type": "scatter3d", "mode": "markers",
        "marker": {"size": 4, "colorscale": SCALE, "reversescale": landscape.loss, "showscale": True,
                   "colorbar": {"title": {"text": score}}},
        "meta": {"x": ["across", "value"], "y": ["deep", "value"], "z": ["up", "value"],
                 "marker.color": ["trial", "score"], "text": ["trial", "text"]},
        "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip
    axes = {"xaxis": "across", "yaxis": "deep", "zaxis": "up"}
    return figure(
        [trace], height=560, margin={"t": 40, "r": 0, "b": 0, "l": 0},
        scene={
            "uirevision": "turned",  # stays as the reader turned it
            "camera": {"eye": {"x": 1.6, "y": 1.6, "z": 1.1}},
            **{name: _without_margin(_axis(chosen[role])) for name, role in axes.items()},
        },
        meta={"roles": ["across", "deep", "up", "slider"], "slider": "slider",
              "axes": {f"scene.{name}": [role, "value"] for name, role in axes.items()}},
    )  # fmt: skip


def _without_margin(axis: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in axis.items() if name != "automargin"}  # which axes in space have not


def trials(_: Landscape, chosen: Choice, score: str) -> Figure:
    """Draw each trial's score against one hyperparameter; its colour is its place in the search."""
    trace = {
        "type": "scatter", "mode": "markers",
        "marker": {"size": 7, "opacity": 0.8, "colorscale": SCALE, "showscale": True,
                   "colorbar": {"title": {"text": "trial of its search"}}},
        "meta": {"x": ["across", "value"], "y": ["trial", "score"], "marker.color": ["trial", "order"],
                 "text": ["trial", "text"]},
        "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip
    return figure(
        [trace], xaxis=_axis(chosen["across"]), yaxis=axis(score),
        meta={"roles": ["across"], "axes": {"xaxis": ["across", "value"]}},
    )  # fmt: skip


def parallel(landscape: Landscape, _: Choice, score: str) -> Figure:
    """Draw each trial as a line through all hyperparameters, those that were inactive at a place of their own."""
    shown = landscape.parameters[:MOST_DIMENSIONS]
    dimensions: list[dict[str, Any]] = []
    for each in shown:
        ticks = [*map(label, each.levels), *(["inactive"] if each.conditional else [])]
        dimensions.append({"label": label(each.name), "tickvals": list(range(len(ticks))), "ticktext": ticks})
    dimensions.append({"label": score})
    where = {f"dimensions.{i}.values": ["parameter", each.name, "place"] for i, each in enumerate(shown)}
    trace = {
        "type": "parcoords", "dimensions": dimensions,
        "line": {"colorscale": SCALE, "reversescale": landscape.loss, "showscale": False},
        "meta": {**where, f"dimensions.{len(shown)}.values": ["trial", "score"], "line.color": ["trial", "score"]},
        "labelangle": -20,
    }  # fmt: skip
    left = max(len(text) for text in dimensions[0].get("ticktext", [""]))  # which this kind of chart makes no room for
    return figure(
        [trace], margin={"t": 80, "r": 60, "b": 30, "l": max(70, 8 * left)},
        meta={"roles": [], "axes": {}, "width": 100 + 90 * len(dimensions)},
    )  # fmt: skip
