"""Exhaustive search: every candidate of a finite space, and so the known optimum of the cross-validation score.

Candidates share work (`tuners.search`), whatever the session's evaluation: the scores are the same, and to fit the
10,560 forests of the article's space one by one takes hours.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tuners.errors import NotApplicableError
from tuners.methods._start import evaluate_start
from tuners.objective import Objective
from tuners.search import SharedGridSearchCV
from tuners.spaces import contains, finite_values, without

if TYPE_CHECKING:
    from ConfigSpace import ConfigurationSpace


def evaluations(space: ConfigurationSpace) -> int:
    """Return the number of candidates, which is the budget of this method."""
    return math.prod(len(values) for values in _levels(space).values())


def tune(objective: Objective, seed: int) -> None:  # noqa: ARG001  nothing random
    """Evaluate every candidate, the start among them first."""
    levels, start = _levels(objective.space), objective.start
    grids = [levels]
    if start is not None and contains(objective.space, start):
        grids = [{name: [value] for name, value in start.items()}, *without(levels, start)]
    else:
        evaluate_start(objective)
    objective.search(SharedGridSearchCV(objective.estimator, grids))


def _levels(space: ConfigurationSpace) -> dict[str, list[Any]]:
    """Return every hyperparameter's values; raise `NotApplicableError` for a space with a range."""
    levels = {}
    for name in space:
        values = finite_values(space[name])
        if values is None:
            message = (
                f"exhaustive search needs a finite space, but hyperparameter {name!r} is a range "
                f"({space[name]}): list its values as choices or as an ordinal"
            )
            raise NotApplicableError(message)
        levels[name] = values
    return levels


tune.evaluations = evaluations  # type: ignore[attr-defined]  # what a run asks a method for
tune.deterministic = True  # type: ignore[attr-defined]  # its runs on a problem are all the same
