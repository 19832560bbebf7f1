"""Bayesian search: hyperopt's `fmin` with the tree of Parzen estimators (Bergstra et al. 2011)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tuners.errors import require
from tuners.methods._start import evaluate_start
from tuners.objective import Objective
from tuners.spaces import contains, from_positions, to_hyperopt, to_positions

require("hyperopt", extra="bayesian")

from hyperopt import STATUS_FAIL, STATUS_OK, Trials, fmin, hp, tpe  # noqa: E402  after the check
from hyperopt.fmin import generate_trials_to_calculate  # noqa: E402  after the check


def tune(objective: Objective, seed: int) -> None:
    """Evaluate what TPE suggests until the budget is spent; it learns of the start as of its own points."""
    space, start = objective.space, objective.start
    known = start is not None and contains(space, start)
    if not known:
        evaluate_start(objective)

    def loss(point: dict[str, Any]) -> dict[str, Any]:
        score = objective(from_positions(space, point))
        if math.isnan(score):
            return {"status": STATUS_FAIL}
        return {"status": STATUS_OK, "loss": -score}

    fmin(
        loss,
        to_hyperopt(space, hp),
        algo=tpe.suggest,
        max_evals=objective.remaining,
        trials=generate_trials_to_calculate([to_positions(space, start)]) if start and known else Trials(),
        rstate=np.random.default_rng(seed),
        show_progressbar=False,
        # Without a single good trial there is no argmin: the run reports why.
        return_argmin=False,
    )


tune.forks = True  # type: ignore[attr-defined]  # what a session asks a method for
