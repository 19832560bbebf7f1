"""Hyperband by Optuna: TPE proposes, its Hyperband pruner stops (Li et al. 2018; Falkner et al. 2018, BOHB)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuners.methods._optuna import optuna
from tuners.methods._pruned import search
from tuners.methods._rungs import ETA, SHARES

if TYPE_CHECKING:
    from tuners.objective import Objective


def tune(objective: Objective, seed: int) -> None:
    """Evaluate what TPE suggests, each candidate rung by rung until it is pruned."""
    search(
        objective,
        optuna.samplers.TPESampler(seed=seed % 2**31),
        lambda last: optuna.pruners.HyperbandPruner(min_resource=1, max_resource=last, reduction_factor=ETA),
    )


tune.forks = True  # type: ignore[attr-defined]  # what a session asks a method for
tune.fidelities = SHARES  # type: ignore[attr-defined]  # what a session records ahead of it
