"""The article's pictures: score by hyperparameters, which the reader chooses.

Each figure is drawn of a first choice. Traces say in `meta` which column each of their attributes shows, as
`[role, column]`, `["trial", column]`, `["parameter", name, column]`, or `["mean", role, role]` for the mean score at
each pair of levels; `meta` of the layout names the roles and which
axis shows which. The page draws another choice by putting its columns in these places.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import Any

from tuners.analysis.landscape import LEAST_TRIALS, Landscape, Parameter
from tuners.report.charts.style import COLOURS, SCALE, Figure, axis, faint, figure, label

Choice = Mapping[str, Parameter]
"""The hyperparameter of each role."""


def columns(landscape: Landscape, parameter: Parameter) -> dict[str, Sequence[Any]]:
    """Return what a role's hyperparameter can show: a value a trial; and its curve, a value a level."""
    return {
        "value": parameter.values,
        "level": parameter.level,
        **curve_columns(landscape, parameter, None),
    }


def curve_columns(landscape: Landscape, parameter: Parameter, tuner: str | None) -> dict[str, Sequence[Any]]:
    """Return the curve of one method, or of all."""
    rows = landscape.curve(parameter, tuner)
    return {
        "at": [row.level for row in rows],
        "mean": [row.mean for row in rows],
        "above": [row.mean + row.deviation for row in rows],
        "below": [row.mean - row.deviation for row in rows],
        "trials": [f"{row.trials} trials" for row in rows],
    }


def scale(parameter: Parameter, *, levels: bool = False) -> dict[str, Any]:
    """Return what an axis needs to show a hyperparameter's values, or its levels."""
    if levels or parameter.scale == "levels":
        ticks = {"tickmode": "array", "tickvals": list(range(len(parameter.levels)))}
        return {"type": "linear", **ticks, "ticktext": [label(level) for level in parameter.levels]}
    return {"type": parameter.scale, "tickmode": "auto"}


def _axis(parameter: Parameter, *, levels: bool = False) -> dict[str, Any]:
    return axis(label(parameter.name), **scale(parameter, levels=levels))


def heat_map(_: Landscape, chosen: Choice, score: str) -> Figure:
    """Draw the mean score over two hyperparameters."""
    across, up = chosen["across"], chosen["up"]
    trace = {
        "type": "heatmap", "colorscale": SCALE, "colorbar": {"title": {"text": score}}, "hoverongaps": False,
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


def space(_: Landscape, chosen: Choice, score: str) -> Figure:
    """Draw three hyperparameters in space, coloured by score; a slider chooses the level of a fourth."""
    trace = {
        "type": "scatter3d", "mode": "markers",
        "marker": {"size": 4, "colorscale": SCALE, "showscale": True, "colorbar": {"title": {"text": score}}},
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
    """Draw each trial as a line through all hyperparameters and its score."""
    shown = landscape.parameters[:MOST_DIMENSIONS]
    dimensions: list[dict[str, Any]] = [
        {"label": label(parameter.name), **{k: v for k, v in scale(parameter, levels=True).items() if k[:4] == "tick"}}
        for parameter in shown
    ]
    for dimension in dimensions:
        dimension.pop("tickmode", None)
    dimensions.append({"label": score})
    where = {f"dimensions.{i}.values": ["parameter", each.name, "level"] for i, each in enumerate(shown)}
    trace = {
        "type": "parcoords", "dimensions": dimensions, "line": {"colorscale": SCALE, "showscale": False},
        "meta": {**where, f"dimensions.{len(shown)}.values": ["trial", "score"], "line.color": ["trial", "score"]},
        "labelangle": -20,
    }  # fmt: skip
    left = max(len(text) for text in dimensions[0].get("ticktext", [""]))  # which this kind of chart makes no room for
    return figure(
        [trace], margin={"t": 80, "r": 60, "b": 30, "l": max(70, 8 * left)},
        meta={"roles": [], "axes": {}, "width": 100 + 90 * len(dimensions)},
    )  # fmt: skip


MOST_DIMENSIONS = 10


def importance(landscape: Landscape, _: Choice, _score: str) -> Figure | str:
    """Draw how much the score depends on each hyperparameter."""
    rows, fit = landscape.importances
    if fit is None:
        return f"there are fewer than {LEAST_TRIALS} trials, or only one score, to tell what matters"
    if not rows:
        return f"nothing is seen to matter: a forest fitted to the trials foresees no others (R squared {fit:.2f})"
    trace = {
        "type": "bar", "orientation": "h", "x": [row.importance for row in rows],
        "y": list(range(len(rows))), "marker": {"color": COLOURS[0]},
        "error_x": {"type": "data", "array": [row.deviation for row in rows]},
    }  # fmt: skip
    ticks = {"tickvals": list(range(len(rows))), "ticktext": [label(row.parameter) for row in rows]}
    title = f"fall of R squared when shuffled (the forest explains {fit:.2f} of the variance out of bag)"
    return figure(
        [trace], height=160 + 40 * len(rows), xaxis=axis(title),
        yaxis=axis("", range=[len(rows) - 0.5, -0.5], **ticks),
    )  # fmt: skip


Draw = Callable[[Landscape, Choice, str], "Figure | str"]


def fill(drawn: Figure, landscape: Landscape, chosen: Choice) -> Figure:
    """Put the columns in the places that `meta` says, as the page does it."""
    trial = trial_columns(landscape)
    by_name = {parameter.name: parameter for parameter in landscape.parameters}
    for trace in drawn["data"]:
        for path, (kind, *column) in trace.get("meta", {}).items():
            if kind == "trial":
                found: Sequence[Any] = trial[column[0]]
            elif kind == "parameter":
                found = columns(landscape, by_name[column[0]])[column[1]]
            elif kind == "mean":
                found = means(landscape, *(chosen[role] for role in column))
            else:
                found = columns(landscape, chosen[kind])[column[0]]
            *way, last = path.split(".")
            place: Any = trace
            for step in way:
                place = place[int(step)] if isinstance(place, list) else place.setdefault(step, {})
            place[last] = found
    return drawn


def means(landscape: Landscape, down: Parameter, across: Parameter) -> list[list[float | None]]:
    """Return the mean score at each pair of levels; None where nothing was tried."""
    cells: dict[tuple[int, int], list[float]] = {}
    for row, column, score in zip(down.level, across.level, landscape.scores, strict=True):
        cells.setdefault((row, column), []).append(score)
    return [
        [fmean(cells[row, column]) if (row, column) in cells else None for column in range(len(across.levels))]
        for row in range(len(down.levels))
    ]


def trial_columns(landscape: Landscape) -> dict[str, Sequence[Any]]:
    """Return what a trial has besides its hyperparameters."""
    text = [
        f"{label(tuner)}, seed {seed}, trial {order}: {score:.4f}"
        for tuner, seed, order, score in zip(
            landscape.tuners, landscape.seeds, landscape.order, landscape.scores, strict=True
        )
    ]
    return {"score": landscape.scores, "order": landscape.order, "text": text}
