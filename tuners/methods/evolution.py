"""Differential evolution on the unit cube, by SciPy (Storn and Price 1997).

SciPy's and not Optuna's NSGA-II: one score is optimised, which NSGA-II, made for several, would only sort by; and no
further package is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import Bounds, differential_evolution

from tuners.methods._asked import Asked
from tuners.spaces.unit import from_unit, to_unit

if TYPE_CHECKING:
    from tuners.objective import Objective

GENERATIONS = 4
"""Of which the first is drawn: as many as fit a budget, with the population that this leaves room for."""
LARGEST = 15
"""Individuals for each hyperparameter, SciPy's default, where the budget has room for them."""


def tune(objective: Objective, seed: int) -> None:
    """Evolve a population until the budget is spent, anew where it has converged; the start is one of the first."""
    asked = Asked(objective)
    space, start = asked.space, asked.start
    first = None if start is None else np.array(to_unit(space, start))

    def loss(u: Any) -> float:
        if start is not None and first is not None and np.array_equal(u, first):
            return asked.loss(start)  # not as it comes back, rounded, from the cube
        return asked.loss(from_unit(space, u))

    rng = np.random.default_rng(seed)
    asked.begin_anew(
        lambda: differential_evolution(
            loss,
            Bounds(np.zeros(len(space)), np.ones(len(space))),
            popsize=min(max(objective.remaining // (GENERATIONS * len(space)), 1), LARGEST),
            maxiter=10**9,
            # No population is too uniform to go on: the budget ends it, or candidates that are known.
            tol=0.0,
            atol=-1.0,
            polish=False,
            x0=first,
            rng=rng,
        )
    )
