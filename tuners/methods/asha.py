"""Asynchronous successive halving by Optuna's pruner, over random candidates (Li et al. 2020, ASHA)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuners.methods._optuna import optuna
from tuners.methods._pruned import search
from tuners.methods._rungs import ETA, SHARES

if TYPE_CHECKING:
    from tuners.objective import Objective


def tune(objective: Objective, seed: int) -> None:
    """Evaluate random candidates, each rung by rung until it is pruned."""
    search(
        objective,
        optuna.samplers.RandomSampler(seed=seed % 2**31),
        lambda last: optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=ETA),  # noqa: ARG005  it has no end
    )


tune.forks = True  # type: ignore[attr-defined]  # what a session asks a method for
tune.fidelities = SHARES  # type: ignore[attr-defined]  # what a session records ahead of it
