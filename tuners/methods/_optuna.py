"""What the methods by Optuna have in common: a space by run, parents before their children, and one loop."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

from ConfigSpace import OrdinalHyperparameter
from ConfigSpace.hyperparameters import IntegerHyperparameter

from tuners.errors import require
from tuners.methods._asked import Asked
from tuners.spaces import Params, finite_values, needed_by, plain_params, to_positions, value_at
from tuners.spaces.conditions import Needed, holds

require("optuna", extra="optuna")

import optuna  # noqa: E402  after the check
from optuna.trial import TrialState  # noqa: E402  after the check

if TYPE_CHECKING:
    from ConfigSpace import ConfigurationSpace

    from tuners.objective import Objective

__all__ = ["TrialState", "optuna", "search", "suggested"]

# Optuna prints a line for each trial otherwise.
optuna.logging.set_verbosity(optuna.logging.ERROR)


def search(objective: Objective, sampler: Any) -> None:
    """Ask a sampler for candidates, and tell it their scores, until the budget is spent; the start is its first."""
    asked = Asked(objective)
    needed = needed_by(asked.space)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        study = optuna.create_study(direction="maximize", sampler=sampler)
        if asked.start is not None:
            study.enqueue_trial(to_positions(asked.space, asked.start))
        while True:  # the budget ends it
            trial = study.ask()
            score = asked.score(_candidate(trial, asked.space, needed))
            if math.isnan(score):
                study.tell(trial, state=TrialState.FAIL)
            else:
                study.tell(trial, score)


def suggested(trial: Any, space: ConfigurationSpace) -> Params:
    """Return the candidate of an Optuna trial."""
    return _candidate(trial, space, needed_by(space))


def _candidate(trial: Any, space: ConfigurationSpace, needed: dict[str, Needed]) -> Params:
    params: Params = {}
    for name in space:
        if name not in needed or holds(needed[name], params):
            params[name] = value_at(space[name], _suggested(trial, name, space[name]))
    return plain_params(params)


def _suggested(trial: Any, name: str, hyperparameter: Any) -> Any:
    """Return the position of a listed value, or a number in a range."""
    values = finite_values(hyperparameter)
    if isinstance(hyperparameter, OrdinalHyperparameter):
        return trial.suggest_int(name, 0, len(values or ()) - 1)
    if values is not None:
        return trial.suggest_categorical(name, range(len(values)))
    of = trial.suggest_int if isinstance(hyperparameter, IntegerHyperparameter) else trial.suggest_float
    return of(name, hyperparameter.lower, hyperparameter.upper, log=hyperparameter.log)
