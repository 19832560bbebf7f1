"""Bayesian optimisation by Optuna, at its defaults: multivariate TPE, grouped by conditions (Optuna 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuners.methods._optuna import optuna, search

if TYPE_CHECKING:
    from tuners.objective import Objective


def tune(objective: Objective, seed: int) -> None:
    """Evaluate what TPE suggests until the budget is spent."""
    search(objective, optuna.samplers.TPESampler(seed=seed % 2**31))


tune.forks = True  # type: ignore[attr-defined]  # what a session asks a method for
