"""Binding: which columns of the trials a picture shows, and putting them in their places.

A picture is drawn of a first choice of hyperparameters. Its traces say in `meta` which column each of their attributes
shows, as `[role, column]`, `["trial", column]`, `["parameter", name, column]`, or `["mean", role, role]` for the mean
score at each pair of levels; `meta` of the layout names the roles and which axis shows which. The page draws another
choice by putting its columns in these places, and so does `fill` for formats without a script.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Any

from tuners.analysis.landscape import Landscape, Parameter
from tuners.report.charts.picture import Choice
from tuners.report.charts.style import Figure, label


def columns(landscape: Landscape, parameter: Parameter) -> dict[str, Sequence[Any]]:
    """Return what a role's hyperparameter can show: a value a trial; and its curve, a value a level."""
    return {
        "value": parameter.values,
        "level": parameter.level,
        "place": places(parameter),
        **curve_columns(landscape, parameter, None),
    }


def places(parameter: Parameter) -> list[int]:
    """Return the level of each trial, and one beyond the last where the hyperparameter was inactive.

    For charts that cannot leave a trial out.
    """
    return [len(parameter.levels) if level is None else level for level in parameter.level]


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
    """Return the mean score at each pair of levels, of the trials that have both; None where there are none."""
    cells: dict[tuple[int, int], list[float]] = {}
    for row, column, score in zip(down.level, across.level, landscape.scores, strict=True):
        if row is not None and column is not None:
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
