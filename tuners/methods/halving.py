"""Successive halving: scikit-learn's `HalvingRandomSearchCV` (Jamieson and Talwalkar 2016).

The search really is scikit-learn's: it says which candidates go up. What it fits is a stand-in, which has the objective
evaluate the candidate at the rung's fidelity; the survivors are evaluated in full.
"""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.experimental import enable_halving_search_cv  # noqa: F401  lets the next line be imported
from sklearn.model_selection import HalvingRandomSearchCV

from tuners.methods._rungs import ETA, SHARES, check_rows, cost, rungs
from tuners.methods._start import drawn, evaluate_start
from tuners.spaces import Params

if TYPE_CHECKING:
    from tuners.objective import Objective

ENTERED = 27
"""Candidates of a bracket where only the time ends the search."""


class StandIn(BaseEstimator):
    """What the search fits: a candidate by its number, and how much of the resource it has."""

    def __init__(self, candidate: int = 0, steps: int = 1) -> None:
        """Keep the parameters."""
        self.candidate = candidate
        self.steps = steps

    def fit(self, X: Any, y: Any) -> StandIn:  # noqa: ARG002  scikit-learn's signature
        """Do nothing: the score is asked of the objective."""
        return self


def tune(objective: Objective, seed: int) -> None:
    """Run a bracket that is as large as the budget, and smaller ones of what it has left."""
    check_rows(objective)
    evaluate_start(objective)
    candidates = drawn(objective, seed)
    seeds = np.random.default_rng(seed)
    while objective.remaining >= 1:
        fidelities = rungs(objective)
        while len(fidelities) > 1 and entered(objective, fidelities) < ETA ** (len(fidelities) - 1):
            fidelities = fidelities[1:]  # too few would be left to climb them all
        points = list(itertools.islice(candidates, entered(objective, fidelities)))
        if not points:
            return
        fidelities = fidelities[-1 - int(math.log(len(points) + 0.5, ETA)) :]
        run(objective, fidelities, points, int(seeds.integers(2**31)))


def entered(objective: Objective, fidelities: list[float]) -> int:
    """Return with how many candidates a bracket uses most of the budget."""
    if objective.budget.stated is None:
        return ENTERED
    count = 1
    while cost(objective, fidelities, count + 1) <= objective.remaining:
        count += 1
    return count


def run(objective: Objective, fidelities: list[float], points: Sequence[Params], seed: int) -> None:
    """Run one bracket."""
    last = ETA ** (len(fidelities) - 1)

    def score(stand_in: StandIn, X: Any, y: Any) -> float:  # noqa: ARG001  scikit-learn's signature
        return objective(points[stand_in.candidate], stand_in.steps / last)

    search = HalvingRandomSearchCV(
        StandIn(),
        {"candidate": list(range(len(points)))},
        n_candidates=len(points),
        factor=ETA,
        resource="steps",
        min_resources=1,
        max_resources=last,
        scoring=score,
        cv=[(np.arange(2), np.arange(2))],
        refit=False,
        return_train_score=False,
        random_state=seed,
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "One or more of the test scores are non-finite", UserWarning)
        search.fit(np.zeros((2, 1)), np.array([0, 1]))


tune.forks = True  # type: ignore[attr-defined]  # what a session asks a method for
tune.fidelities = SHARES  # type: ignore[attr-defined]  # what a session records ahead of it
