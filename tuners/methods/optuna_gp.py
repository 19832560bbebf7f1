"""Bayesian optimisation by Optuna with a Gaussian process, which needs torch: 5 GB with its code for graphics cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuners.errors import require
from tuners.methods._optuna import optuna, search

require("torch", extra="optuna-gp")

# Optuna loads it for its first suggestion: on the search's clock, and half where a time budget ends the search there.
import torch  # noqa: E402, F401  after the check

if TYPE_CHECKING:
    from tuners.objective import Objective


def tune(objective: Objective, seed: int) -> None:
    """Evaluate what the process expects most of until the budget is spent."""
    search(objective, optuna.samplers.GPSampler(seed=seed % 2**31))
