"""Exhaustive search: every candidate of a finite space, and so the known optimum of the cross-validation score.

Evaluated with what candidates have in common done once, whatever the session's evaluation: scores are the
same, and what forests of 10,560 candidates take by single fits is hours.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tuners.errors import TuningError
from tuners.objective import Objective
from tuners.search import SharedGridSearchCV
from tuners.spaces import finite_values

if TYPE_CHECKING:
    from ConfigSpace import ConfigurationSpace


def evaluations(space: ConfigurationSpace) -> int | None:
    """Return the number of candidates, which is the budget of this method; None where there is no end of them."""
    counts = [len(values) for name in space if (values := finite_values(space[name])) is not None]
    return math.prod(counts) if len(counts) == len(space) else None


def tune(objective: Objective, seed: int) -> None:  # noqa: ARG001  nothing random
    """Evaluate every candidate. Raises `TuningError` for a space with a range."""
    levels = {name: finite_values(objective.space[name]) for name in objective.space}
    for name, values in levels.items():
        if values is None:
            message = (
                f"exhaustive search needs a finite space, but hyperparameter {name!r} is a range "
                f"({objective.space[name]}): list its values as choices or as an ordinal"
            )
            raise TuningError(message)
    objective.search(SharedGridSearchCV(objective.estimator, levels))


tune.evaluations = evaluations  # type: ignore[attr-defined]  # what `Execution` asks a method for
