"""What the methods by Optuna's pruners have in common: candidates that climb the rungs until they are pruned."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tuners.methods._asked import Asked
from tuners.methods._optuna import TrialState, optuna, suggested
from tuners.methods._rungs import check_rows, rungs
from tuners.spaces import to_positions

if TYPE_CHECKING:
    from tuners.objective import Objective


def search(objective: Objective, sampler: Any, pruner: Callable[[int], Any]) -> None:
    """Ask a sampler for candidates, and a pruner at each rung whether one goes on, until the budget is spent.

    `pruner` is made of the last step; the steps, from 1, are what Optuna sees of the rungs.
    """
    check_rows(objective)
    asked = Asked(objective)
    fidelities = rungs(objective)
    steps = [round(fidelity / fidelities[0]) for fidelity in fidelities]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        # Hyperband divides trials among its brackets by a hash of the study's name, which is random otherwise.
        study = optuna.create_study(
            direction="maximize", sampler=sampler, pruner=pruner(steps[-1]), study_name="tuning"
        )
        if asked.start is not None:
            study.enqueue_trial(to_positions(asked.space, asked.start))
            # It has been evaluated in full.
            _climb(study, asked, [(fidelities[-1], steps[-1])])
        while True:  # the budget ends it
            _climb(study, asked, [*zip(fidelities, steps, strict=True)])


def _climb(study: Any, asked: Asked, rungs_and_steps: list[tuple[float, int]]) -> None:
    """Evaluate a candidate rung by rung, and tell the study how it ended."""
    trial = study.ask()
    params = suggested(trial, asked.space)
    score = math.nan
    for fidelity, step in rungs_and_steps:
        score = asked.score(params, fidelity)
        if math.isnan(score):
            study.tell(trial, state=TrialState.FAIL)
            return
        trial.report(score, step)
        if fidelity < 1 and trial.should_prune():
            study.tell(trial, state=TrialState.PRUNED)
            return
    study.tell(trial, score)
