"""Finite versions of the models' spaces, of which whole tables are recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tuners.spaces import Params, When, as_space, contains, finite_values
from tuners.task.model import Model

Listed = Mapping[str, Sequence[Any]]
"""By hyperparameter: the values that stand in for all that it may have."""


PENALTY = (1e-4, 1e4, "log")
"""The range of glmnet's penalty in Bischl et al. 2023, "Hyperparameter optimization: foundations, algorithms, best
practices, and open challenges", and in mlr3tuningspaces; the scikit-learn default 1 is its middle."""


def chosen(space: Mapping[str, Any], listed: Listed, *, finite: bool) -> Params:
    """Return a model's space as a mapping, or its finite version: the listed hyperparameters, with their conditions."""
    if not finite:
        return dict(space)
    return {name: _like(space[name], list(values)) for name, values in listed.items()}


def narrowed(model: Model, **listed: Sequence[Any]) -> Model:
    """Return a model of a finite space with fewer values of some hyperparameters, and the guesses that lie there."""
    space = as_space({name: list(listed.get(name, finite_values(model.space[name]) or ())) for name in model.space})
    guesses = [guess for guess in model.guesses if contains(space, guess)]
    regressor = None if model.regressor is None else narrowed(model.regressor, **listed)
    return Model(model.name, model.estimator, space, guesses=guesses, scale=model.scale, regressor=regressor)


def _like(values: Any, listed: list[Any]) -> Any:
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in listed)
    found = np.array(listed) if numbers else listed  # in order, for methods that know orders
    return When(found, values.needed) if isinstance(values, When) else found


def counts(ends: tuple[int, int]) -> list[int]:
    """Return the listed numbers of iterations that lie between the fewest and the most."""
    return [count for count in (5, 10, 25, 50, 100, 200) if ends[0] <= count <= ends[1]]


def decades(low: int, high: int, each: int) -> list[float]:
    """Return powers of ten from 10**low to 10**high, so many steps in `each` of them: 3 digits are exact enough."""
    return [float(f"{10 ** (low + step / each):.3g}") for step in range((high - low) * each + 1)]
