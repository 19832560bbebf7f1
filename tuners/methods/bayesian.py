"""Bayesian search: hyperopt's `fmin` with the tree of Parzen estimators (Bergstra et al. 2011)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tuners.errors import require
from tuners.objective import Objective
from tuners.spaces import from_positions, to_hyperopt

require("hyperopt", extra="bayesian")

from hyperopt import STATUS_FAIL, STATUS_OK, Trials, fmin, hp, tpe  # noqa: E402  after the check


def tune(objective: Objective, seed: int) -> None:
    """Evaluate what TPE suggests until the budget is spent."""

    def loss(point: dict[str, Any]) -> dict[str, Any]:
        score = objective(from_positions(objective.space, point))
        if math.isnan(score):
            return {"status": STATUS_FAIL}
        return {"status": STATUS_OK, "loss": -score}

    fmin(
        loss,
        to_hyperopt(objective.space, hp),
        algo=tpe.suggest,
        max_evals=objective.remaining,
        trials=Trials(),
        rstate=np.random.default_rng(seed),
        show_progressbar=False,
        # Without a single good trial there is no argmin: the run reports why.
        return_argmin=False,
    )
