"""Gradient descent on the validation loss, by its real derivative in the penalty of a linear model.

Each step is a candidate. Its size follows Rprop (Riedmiller and Braun 1993): the sign of the derivative says where to,
and a change of sign that the step was too long.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.pipeline import Pipeline

from tuners.errors import NotApplicableError
from tuners.methods._asked import Asked
from tuners.methods._hypergradients import Rows, logistic, ridge
from tuners.spaces import finite_values
from tuners.spaces.unit import from_unit
from tuners.task.splits import take

if TYPE_CHECKING:
    from collections.abc import Callable

    from tuners.objective import Objective
    from tuners.spaces import Params
    from tuners.task.model import Model

FIRST, GROWTH, SHRINKAGE, LEAST = 0.1, 1.2, 0.5, 1e-3
"""Of a step: its first and least length, as shares of the range's logarithm, and what it is multiplied by."""

STEPWISE = ("Forest", "Tree", "Boosting", "XGB", "LGBM", "KNeighbors")
"""Parts of the names of estimators that choose among finitely many predictions."""


class Kind(NamedTuple):
    """A kind of model whose validation loss has a derivative."""

    penalty: str
    slope: Callable[[Any, Rows, Rows], float]
    needed: dict[str, tuple[Any, ...]]
    """The parameters that the derivative holds for, with their values."""


_LOGISTIC = {
    "penalty": ("l2", "deprecated"), "l1_ratio": (None, 0, 0.0), "class_weight": (None,),
    "solver": ("lbfgs", "newton-cg", "newton-cholesky"),
}  # fmt: skip
KINDS: dict[type, Kind] = {
    LogisticRegression: Kind("C", logistic.slope, _LOGISTIC),
    Ridge: Kind("alpha", ridge.slope, {"positive": (False,)}),
    RidgeClassifier: Kind("alpha", ridge.slope, {"positive": (False,), "class_weight": (None,)}),
}


def kind_of(estimator: Any, space: Any) -> Kind:
    """Return an estimator's kind; raises `NotApplicableError` with the reason where there is no derivative."""
    name, kind = type(estimator).__name__, KINDS.get(type(estimator))
    if kind is None and any(word in name for word in STEPWISE):
        message = (
            f"gradient: the score of {name} is piecewise constant in its hyperparameters: it has no slope to follow"
        )
        raise NotApplicableError(message)
    if kind is None:
        known = ", ".join(each.__name__ for each in KINDS)
        message = f"gradient: no derivative of the validation loss of {name} is known: {known} have one"
        raise NotApplicableError(message)
    if kind.penalty not in space or finite_values(space[kind.penalty]) is not None or space[kind.penalty].lower <= 0:
        message = f"gradient: expected a range of positive numbers for {kind.penalty} of {name}, along which to descend"
        raise NotApplicableError(message)
    params = estimator.get_params()
    for param, values in kind.needed.items():
        if param in space or params.get(param, values[0]) not in values:
            message = f"gradient: the derivative for {name} holds for {param} fixed at {values[0]!r} only"
            raise NotApplicableError(message)
    return kind


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
    begins = [] if asked.start is None else [asked.start]

    def search() -> None:
        drawn = from_unit(objective.space, generator.random(len(objective.space)))
        descend(asked, kind, begins.pop() if begins else drawn)

    asked.begin_anew(search)


def descend(asked: Asked, kind: Kind, params: Params) -> None:
    """Evaluate the points of one descent; the other hyperparameters stay as they are."""
    asked.score(params)
    if kind.penalty not in params:
        return
    along: Any = asked.space[kind.penalty]
    length = math.log(along.upper / along.lower)
    step, before = FIRST * length, 0.0
    while step > LEAST * length:
        sign = float(np.sign(hypergradient(asked.objective, kind, params)))
        step *= {1.0: GROWTH, -1.0: SHRINKAGE}.get(sign * before, 1.0)
        moved = math.exp(math.log(params[kind.penalty]) - sign * step)
        moved = min(max(moved, along.lower), along.upper)
        if moved == params[kind.penalty]:
            return
        params, before = {**params, kind.penalty: moved}, sign
        asked.score(params)


def hypergradient(objective: Objective, kind: Kind, params: Params) -> float:
    """Return the derivative of the folds' mean validation loss in the penalty's logarithm."""
    estimator = objective.estimator.set_params(**params)
    slopes = []
    for train, validation in objective.folds_of(params):
        preparing = clone(estimator[:-1]).fit(take(objective.X, train), take(objective.y, train))
        parts = []
        for rows in (train, validation):
            weights = None if objective.weights is None else np.asarray(objective.weights, dtype=float)[rows]
            X = preparing.transform(take(objective.X, rows))
            X = np.asarray(X.toarray() if hasattr(X, "toarray") else X, dtype=float)
            parts.append(Rows(X, np.asarray(take(objective.y, rows)), weights))
        slopes.append(kind.slope(estimator[-1], *parts))
    return float(np.mean(slopes))


tune.check = check  # type: ignore[attr-defined]  # what a run asks a method for
