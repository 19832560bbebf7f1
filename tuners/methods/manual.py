"""Manual search: the guesses that come with the model, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuners.errors import NotApplicableError
from tuners.objective import Objective

if TYPE_CHECKING:
    from tuners.task.model import Model


def check(searched: Model | Objective) -> None:
    """Raise `NotApplicableError` for a model without guesses."""
    if not searched.guesses:
        message = "manual search needs guesses: give the model some, Model(..., guesses=[{...}])"
        raise NotApplicableError(message)


def tune(objective: Objective, seed: int) -> None:  # noqa: ARG001  nothing random
    """Evaluate the model's guesses, as many as the budget holds."""
    check(objective)
    for params in objective.guesses[: objective.remaining]:
        objective(params)


tune.check = check  # type: ignore[attr-defined]  # what a run asks a method for
