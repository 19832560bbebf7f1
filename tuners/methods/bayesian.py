"""Bayesian search: hyperopt's `fmin` with the tree of Parzen estimators (Bergstra et al. 2011)."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from tuners.errors import require
from tuners.methods._start import evaluate_start
from tuners.objective import Objective
from tuners.spaces import Params, allowed, contains, finite_values, from_positions, needed_by, to_hyperopt, to_positions

require("hyperopt", extra="bayesian")

from hyperopt import STATUS_FAIL, STATUS_OK, Trials, fmin, hp, tpe  # noqa: E402  after the check
from hyperopt.exceptions import AllTrialsFailed  # noqa: E402  after the check
from hyperopt.fmin import generate_trial  # noqa: E402  after the check

if TYPE_CHECKING:
    from ConfigSpace import ConfigurationSpace

MOST_REFUSED = 10_000
"""Forbidden points that TPE may ask for in a run, of which none is evaluated or charged."""


def tune(objective: Objective, seed: int) -> None:
    """Evaluate what TPE suggests until the budget is spent; it learns of the start as of its own points."""
    space, start = objective.space, objective.start
    # hyperopt takes an integer that others depend on by its place among all, not by its value.
    known = start is not None and contains(space, start) and not _integer_parents(space)
    if not known:
        evaluate_start(objective)
    refused = 0

    def loss(point: dict[str, Any]) -> dict[str, Any]:
        nonlocal refused
        params = from_positions(space, point)
        if not allowed(space, params):
            refused += 1
            return {"status": STATUS_FAIL}
        score = objective(params)
        if math.isnan(score):
            return {"status": STATUS_FAIL}
        return {"status": STATUS_OK, "loss": -score}

    trials = _begun(space, start) if start and known else Trials()
    evaluations, asked, generator = objective.remaining, 0, np.random.default_rng(seed)
    while asked < evaluations + refused and refused <= MOST_REFUSED:
        asked = evaluations + refused
        # Where all its trials failed, hyperopt raises; the run knows whether the start was good.
        with suppress(AllTrialsFailed):
            fmin(
                loss,
                to_hyperopt(space, hp),
                algo=tpe.suggest,
                max_evals=asked,
                trials=trials,
                rstate=generator,
                show_progressbar=False,
                # Without a single good trial there is no argmin: the run reports why.
                return_argmin=False,
            )


def _begun(space: ConfigurationSpace, start: Params) -> Trials:
    """Return trials of which the start is the first, to be evaluated.

    What is inactive has a place there and no value, as in hyperopt's own trials: TPE reads the places of all.
    """
    first = generate_trial(0, to_positions(space, start))
    for column in (first["misc"]["idxs"], first["misc"]["vals"]):
        column.update({name: [] for name in space if name not in column})
    trials = Trials()
    trials.insert_trial_docs([first])
    return trials


def _integer_parents(space: ConfigurationSpace) -> bool:
    parents = {parent for needed in needed_by(space).values() for parent in needed}
    return any(finite_values(space[parent]) is None for parent in parents)


tune.forks = True  # type: ignore[attr-defined]  # what a session asks a method for
