"""Bayesian optimisation by SMAC with a random forest as its surrogate (Hutter et al. 2011, Lindauer et al. 2022)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuners.methods._smac import search, smac

if TYPE_CHECKING:
    from tuners.objective import Objective


def tune(objective: Objective, seed: int) -> None:
    """Evaluate what the surrogate expects most of until the budget is spent; SMAC is told the start."""
    search(objective, seed, smac.HyperparameterOptimizationFacade)


tune.forks = True  # type: ignore[attr-defined]  # what a session asks a method for
