"""Bayesian optimisation by Optuna, as before release 5: TPE of each hyperparameter alone (Bergstra et al. 2011)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuners.methods._optuna import optuna, search

if TYPE_CHECKING:
    from tuners.objective import Objective


def tune(objective: Objective, seed: int) -> None:
    """Evaluate what TPE suggests until the budget is spent."""
    search(objective, optuna.samplers.TPESampler(seed=seed % 2**31, multivariate=False, group=False))


tune.forks = True  # type: ignore[attr-defined]  # what a session asks a method for
