"""Manual search: the guesses that come with the model, in order."""

from __future__ import annotations

from tuners.errors import TuningError
from tuners.objective import Objective


def tune(objective: Objective, seed: int) -> None:  # noqa: ARG001  nothing random
    """Evaluate the model's guesses, as many as the budget holds."""
    if not objective.guesses:
        message = "manual search needs guesses: give the model some, Model(..., guesses=[{...}])"
        raise TuningError(message)
    for params in objective.guesses[: objective.remaining]:
        objective(params)
