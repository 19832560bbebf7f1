"""SMAC's multi-fidelity search: Hyperband whose candidates a random forest proposes (Lindauer et al. 2022)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuners.methods import _smac
from tuners.methods._asked import Asked
from tuners.methods._rungs import ETA, SHARES, check_rows, rungs
from tuners.methods._smac import smac

if TYPE_CHECKING:
    from tuners.objective import Objective


def tune(objective: Objective, seed: int) -> None:
    """Evaluate SMAC's candidates at its budgets, of which the largest is a whole evaluation."""
    check_rows(objective)
    fidelities = rungs(objective)
    if len(fidelities) == 1:  # the budget holds no bracket
        _smac.search(objective, seed, smac.HyperparameterOptimizationFacade)
        return
    asked = Asked(objective)
    last = ETA ** (len(fidelities) - 1)
    limits = {"min_budget": 1, "max_budget": last, "n_trials": _smac.MANY}
    with _smac.scenario(objective, seed, **limits) as described:
        brackets = smac.intensifier.hyperband.Hyperband(described, eta=ETA, incumbent_selection="highest_budget")
        optimiser = _smac.facade(smac.MultiFidelityFacade, described, intensifier=brackets)
        _smac.ask_and_tell(asked, described, optimiser, last)


tune.forks = True  # type: ignore[attr-defined]  # what a session asks a method for
tune.fidelities = SHARES  # type: ignore[attr-defined]  # what a session records ahead of it
