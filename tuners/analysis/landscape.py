"""The landscape: a model's good trials on one dataset in columns, and the score by level of a hyperparameter."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tuners.results.run import Run
from tuners.results.scorers import is_loss, read_as
from tuners.text.shown import shown

MOST_LEVELS = 12
"""A numeric hyperparameter of more distinct values is cut into `BINS`."""
BINS = 10
_Array = NDArray[np.float64]


@dataclass(frozen=True)
class Parameter:
    """A hyperparameter as the trials have it."""

    name: str
    scale: Literal["linear", "log", "levels"]
    """Of its axis; `levels`: values are positions in `levels`, such as of words or None."""
    values: tuple[float | None, ...]
    """One a trial: the number, or the position of its level; None where the hyperparameter was inactive."""
    level: tuple[int | None, ...]
    """One a trial: the position of its level; None where the hyperparameter was inactive."""
    levels: tuple[str, ...]
    """In order; of a range, its bins."""

    @property
    def conditional(self) -> bool:
        """Whether there is a trial in which it was inactive."""
        return None in self.level


@dataclass(frozen=True)
class LevelRow:
    """The trials at one level of a hyperparameter."""

    level: int
    trials: int
    mean: float
    deviation: float
    """Standard deviation of the trials' scores."""


@dataclass(frozen=True)
class Landscape:
    """The good trials of one model on one dataset; every sequence has one element a trial."""

    model: str
    dataset: str
    tuners: tuple[str, ...]
    seeds: tuple[int, ...]
    order: tuple[int, ...]
    """Position in its search, from 1."""
    scores: tuple[float, ...]
    """Mean over the folds, as people read it: a loss is positive."""
    parameters: tuple[Parameter, ...]
    """Those that vary."""
    loss: bool = False
    """Whether scores are losses, the lower the better."""

    def curve(self, parameter: Parameter, tuner: str | None = None) -> list[LevelRow]:
        """Return the score by level, of one method's trials or of all."""
        mine = np.array([tuner in (None, each) for each in self.tuners])
        scores, level = np.array(self.scores), np.array(parameter.level, dtype=object)
        rows = []
        for position in range(len(parameter.levels)):
            here = scores[mine & (level == position)]
            if len(here):
                deviation = float(here.std(ddof=1)) if len(here) > 1 else 0.0
                rows.append(LevelRow(position, len(here), float(here.mean()), deviation))
        return rows


def landscape(runs: Sequence[Run], model: str, dataset: str) -> Landscape | None:
    """Put the good trials of one model on one dataset in columns; None without any.

    The untuned model's trial has no hyperparameters and is left out.
    """
    rows = [
        (run.record.tuner, run.record.seed, position, read_as(run.record.metric, trial.score), trial.params)
        for run in runs
        if (run.record.model, run.record.dataset) == (model, dataset)
        for position, trial in enumerate(run.trials, start=1)
        if trial.can_win and trial.params
    ]
    if not rows:
        return None
    tuners, seeds, order, scores, points = zip(*rows, strict=True)
    names = dict.fromkeys(name for point in points for name in point)
    columns = {name: [point[name] for point in points if name in point] for name in names}
    parameters = tuple(
        _spread(_parameter(name, column), [name in point for point in points])
        for name, column in columns.items()
        if len(set(map(shown, column))) > 1
    )
    loss = any(is_loss(run.record.metric) for run in runs if (run.record.model, run.record.dataset) == (model, dataset))
    return Landscape(model, dataset, tuners, seeds, order, scores, parameters, loss)


def _spread(active: Parameter, where: Sequence[bool]) -> Parameter:
    """Put what a parameter is in the trials that have it in their places among all."""
    values, level = iter(active.values), iter(active.level)
    return replace(
        active,
        values=tuple(next(values) if here else None for here in where),
        level=tuple(next(level) if here else None for here in where),
    )


def _parameter(name: str, column: Sequence[Any]) -> Parameter:
    distinct = {shown(value): value for value in column}
    numbers = sorted(value for value in distinct.values() if _is_number(value))
    if len(numbers) == len(distinct):
        values = np.array(column, dtype=float)
        scale: Literal["linear", "log"] = "log" if numbers[0] > 0 and numbers[-1] / numbers[0] >= 100 else "linear"
        if len(numbers) > MOST_LEVELS:
            return _binned(name, scale, values)
        level = np.searchsorted(np.array(numbers, dtype=float), values)
        return Parameter(name, scale, _floats(values), _ints(level), tuple(f"{number:g}" for number in numbers))
    # Numbers in order, then words, then None, which mostly stands for no limit.
    others = sorted(
        (value for value in distinct.values() if not _is_number(value)), key=lambda v: (v is None, _label(v))
    )
    places: dict[str, int | None] = {}
    labels: list[str] = []
    if len(numbers) > MOST_LEVELS:
        known = [value for value in column if _is_number(value)]
        binned = _binned(name, "linear", np.array(known, dtype=float))
        places = dict(zip(map(shown, known), binned.level, strict=True))
        labels = list(binned.levels)
    else:
        places = {shown(value): place for place, value in enumerate(numbers)}
        labels = [_label(value) for value in numbers]
    places |= {shown(value): len(labels) + place for place, value in enumerate(others)}
    level_of = [places[shown(value)] for value in column]
    return Parameter(
        name,
        "levels",
        _floats(np.array(level_of, dtype=float)),
        tuple(level_of),
        (*labels, *(_label(value) for value in others)),
    )


def _label(value: Any) -> str:
    return value if isinstance(value, str) else shown(value)


def _is_number(value: Any) -> bool:
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:
        return False  # an integer beyond any float: shown as a word


def _binned(name: str, scale: Literal["linear", "log"], values: _Array) -> Parameter:
    positions = np.log(values) if scale == "log" else values
    edges = np.linspace(positions.min(), positions.max(), BINS + 1)
    level = np.clip(np.searchsorted(edges, positions, side="right") - 1, 0, BINS - 1)
    ends = np.exp(edges) if scale == "log" else edges
    labels = tuple(f"{low:.3g} to {high:.3g}" for low, high in itertools.pairwise(ends))
    return Parameter(name, scale, _floats(values), _ints(level), labels)


def _floats(values: Any) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _ints(values: Any) -> tuple[int, ...]:
    return tuple(int(value) for value in values)
