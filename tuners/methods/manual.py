"""Manual search: the guesses that come with the model, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuners.errors import NotApplicableError
from tuners.methods._start import evaluate_start
from tuners.objective import Objective
from tuners.spaces import same

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
    evaluate_start(objective)
    guesses = [guess for guess in objective.guesses if not same(guess, objective.start)]
    for params in guesses[: objective.remaining]:
        objective(params)


tune.check = check  # type: ignore[attr-defined]  # what a run asks a method for
tune.deterministic = True  # type: ignore[attr-defined]  # its runs on a problem are all the same
