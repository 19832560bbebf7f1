"""Cost-frugal search by FLAML: BlendSearch, local searches that a global TPE starts anew (Wang et al. 2021)."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

from ConfigSpace import OrdinalHyperparameter
from ConfigSpace.hyperparameters import IntegerHyperparameter

from tuners.errors import require
from tuners.methods._asked import FAILED, REPEATS, Asked
from tuners.methods._quiet import quiet
from tuners.spaces import finite_values, from_positions, to_positions

require("flaml", "optuna", extra="flaml")

with warnings.catch_warnings():
    # Each of FLAML's parts that is not installed is a warning.
    warnings.simplefilter("ignore")
    import flaml.tune
    from flaml import BlendSearch

if TYPE_CHECKING:
    from ConfigSpace import ConfigurationSpace

    from tuners.objective import Objective
    from tuners.spaces import Params


def tune(objective: Objective, seed: int) -> None:
    """Evaluate what BlendSearch suggests until the budget is spent; the start is its first point."""
    asked = Asked(objective)
    space, start = asked.space, asked.start
    if not objective.remaining:
        return
    with warnings.catch_warnings(), quiet("flaml", "optuna"):
        warnings.filterwarnings("ignore", module=r"(flaml|optuna)\.")
        library = BlendSearch(
            metric="loss",
            mode="min",
            space=translated(space),
            points_to_evaluate=[to_positions(space, start)] if start and len(start) == len(space) else None,
            # By default it is the seconds of a trial, which are never the same twice.
            cost_attr=None,
            seed=seed % 2**31,
        )
        nothing, number = 0, 0
        while nothing < REPEATS:  # the budget ends it
            number += 1
            point = library.suggest(str(number))
            if point is None:  # a local search has ended, or met another's point
                nothing += 1
                continue
            nothing = 0
            # The start comes back with a rounding error; it has been evaluated.
            first = number == 1 and start and len(start) == len(space)
            loss = asked.loss(start if first and start else _params(space, point))
            if asked.worst is None:  # until it is told of a loss, it looks near its first point alone
                loss = FAILED
            failed = math.isinf(loss)
            library.on_trial_complete(str(number), None if failed else {"loss": loss, "config": point}, error=failed)


def _params(space: ConfigurationSpace, point: dict[str, Any]) -> Params:
    """Return the parameters of a point of FLAML's."""
    return from_positions(space, {name: point[name] for name in space})


def translated(space: ConfigurationSpace) -> dict[str, Any]:
    """Return a space as FLAML has it, of positions of listed values; all hyperparameters are there always."""
    return {name: _domain(space[name]) for name in space}


def _domain(hyperparameter: Any) -> Any:
    values, of = finite_values(hyperparameter), flaml.tune
    if isinstance(hyperparameter, OrdinalHyperparameter):
        return of.randint(0, len(values or ()))
    if values is not None:
        return of.choice(list(range(len(values))))
    low, high, log = hyperparameter.lower, hyperparameter.upper, hyperparameter.log
    if isinstance(hyperparameter, IntegerHyperparameter):
        return (of.lograndint if log else of.randint)(low, high + 1)
    return (of.loguniform if log else of.uniform)(low, high)
