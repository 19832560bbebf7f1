"""Gradient descent on the validation loss, by its real derivative in a model's continuous hyperparameters.

Each step is a candidate. Its size follows Rprop (Riedmiller and Braun 1993), for each hyperparameter alone: the sign of
the derivative says where to, and a change of sign that the step was too long.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from tuners.errors import NotApplicableError
from tuners.methods._asked import Asked
from tuners.methods._hypergradients import Rows
from tuners.methods._hypergradients.kinds import Kind, Scale, kind_of, ranges
from tuners.spaces import contains
from tuners.spaces.unit import from_unit
from tuners.task.splits import take

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tuners.objective import Objective
    from tuners.spaces import Params
    from tuners.task.model import Model

FIRST, GROWTH, SHRINKAGE, LEAST = 0.1, 1.2, 0.5, 1e-3
"""Of a step: its first and least length, as shares of the range's length on its scale, and what it is multiplied by."""


def check(model: Model) -> None:
    """Raise `NotApplicableError` for a model whose validation loss has no known derivative."""
    kind_of(model.estimator, model.space_for("gradient"))


def tune(objective: Objective, seed: int) -> None:
    """Descend from the start, or a drawn point; from further drawn points after convergence."""
    estimator = objective.estimator
    if not isinstance(estimator, Pipeline):
        message = (
            f"gradient: {type(estimator).__name__} gets its data as they are: expected one that is preprocessed here"
        )
        raise NotApplicableError(message)
    kind = kind_of(estimator.steps[-1][1], objective.space)
    asked = Asked(objective)
    generator = np.random.default_rng(seed)
    begins = beginnings(objective, kind)

    def search() -> None:
        drawn = from_unit(objective.space, generator.random(len(objective.space)))
        descend(asked, kind, begins.pop() if begins else drawn)

    asked.begin_anew(search)


def beginnings(objective: Objective, kind: Kind) -> list[Params]:
    """Return the start, or the point of the ranges that is nearest to it; nothing where there is none in the space.

    The default of a rate may be none, such as 0 for a weight decay, which has no logarithm.
    """
    if objective.start is None:
        return []
    own = kind.own(objective.estimator.set_params(**objective.start)[-1])
    names = [name for name in ranges(kind, objective.space) if name in objective.start]
    axes = {name: Axis(objective.space[name], kind.along[name]) for name in names}
    point = {**objective.start, **{name: axis.within(own[name]) for name, axis in axes.items()}}
    return [point] if contains(objective.space, point) else []


class Axis:
    """A hyperparameter that is descended along, and the step on its scale's logarithm."""

    def __init__(self, hyperparameter: Any, scale: Scale) -> None:
        """Begin with the first step's length."""
        self._lower, self._upper = float(hyperparameter.lower), float(hyperparameter.upper)
        self._scale = scale
        self._length = math.log(scale.odds(self._upper) / scale.odds(self._lower))
        self._step, self._before = FIRST * self._length, 0.0

    @property
    def converged(self) -> bool:
        """Whether the step is shorter than the least."""
        return self._step <= LEAST * self._length

    def moved(self, value: float, sign: float) -> float:
        """Return where a step leads from a value against the derivative's sign: not beyond the range.

        At an end of the range that the step would lead beyond, the step stays as long as it is.
        """
        if value == (self._lower if sign > 0 else self._upper):
            return value
        self._step *= {1.0: GROWTH, -1.0: SHRINKAGE}.get(sign * self._before, 1.0)
        self._before = sign
        return self.within(self._scale.value(math.exp(math.log(self._scale.odds(value)) - sign * self._step)))

    def within(self, value: float) -> float:
        """Return the nearest value of the range."""
        return min(max(value, self._lower), self._upper)


def descend(asked: Asked, kind: Kind, params: Params) -> None:
    """Evaluate the points of one descent; the other hyperparameters stay as they are.

    It ends with short steps, at the ends of all ranges, or where there is no derivative, since training has diverged.
    """
    asked.score(params)
    axes = {name: Axis(asked.space[name], kind.along[name]) for name in ranges(kind, asked.space) if name in params}
    while not all(axis.converged for axis in axes.values()):
        slopes = hypergradients(asked.objective, kind, params, list(axes))
        if not np.isfinite(slopes).all():
            return
        signs = map(float, np.sign(slopes))
        moved = {name: axis.moved(params[name], sign) for (name, axis), sign in zip(axes.items(), signs, strict=True)}
        if all(params[name] == value for name, value in moved.items()):
            return
        params = {**params, **moved}
        asked.score(params)


def hypergradients(objective: Objective, kind: Kind, params: Params, names: Sequence[str]) -> NDArray[np.float64]:
    """Return the derivatives of the folds' mean validation loss, (names,), in hyperparameters on their scales."""
    estimator = objective.estimator.set_params(**params)
    slopes = []
    for train, validation in objective.folds_of(params):
        preparing = clone(estimator[:-1]).fit(take(objective.X, train), take(objective.y, train))
        fitted, judged = (_prepared(objective, preparing, rows) for rows in (train, validation))
        slopes.append(kind.slopes(estimator[-1], fitted, judged, names))
    found: NDArray[np.float64] = np.mean(slopes, axis=0)
    return found


def _prepared(objective: Objective, preparing: Any, rows: Any) -> Rows:
    """Return the training rows of some numbers as a fitted pipeline prepares them."""
    weights = None if objective.weights is None else np.asarray(objective.weights, dtype=float)[rows]
    X = preparing.transform(take(objective.X, rows))
    X = np.asarray(X.toarray() if hasattr(X, "toarray") else X, dtype=float)
    return Rows(X, np.asarray(take(objective.y, rows)), weights)


tune.check = check  # type: ignore[attr-defined]  # what a run asks a method for
