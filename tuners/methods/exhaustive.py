"""Exhaustive search: every candidate of a finite space, and so the known optimum of the cross-validation score.

Candidates share work (`tuners.search`), whatever the session's evaluation: the scores are the same, and to fit the
10,560 forests of the article's space one by one takes hours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuners.errors import NotApplicableError
from tuners.methods._start import evaluate_start
from tuners.objective import Objective
from tuners.results.budget import UNLIMITED
from tuners.search import SharedGridSearchCV
from tuners.spaces import cardinality, contains, finite_values, grids, of_one, without

if TYPE_CHECKING:
    from ConfigSpace import ConfigurationSpace


def evaluations(space: ConfigurationSpace) -> int:
    """Return the number of candidates, which is the budget of this method."""
    _require_listed(space)
    return int(cardinality(space))


def tune(objective: Objective, seed: int) -> None:  # noqa: ARG001  nothing random
    """Evaluate every candidate, the start among them first."""
    space, start = objective.space, objective.start
    _require_listed(space)
    whole = grids(space, UNLIMITED)
    if start is not None and contains(space, start):
        whole = [of_one(start), *(part for each in whole for part in without(each, start))]
    else:
        evaluate_start(objective)
    objective.search(SharedGridSearchCV(objective.estimator, whole))


def _require_listed(space: ConfigurationSpace) -> None:
    """Raise `NotApplicableError` for a space with a range."""
    for name in space:
        if finite_values(space[name]) is None:
            message = (
                f"exhaustive search needs a finite space, but hyperparameter {name!r} is a range "
                f"({space[name]}): list its values as choices or as an ordinal"
            )
            raise NotApplicableError(message)


tune.evaluations = evaluations  # type: ignore[attr-defined]  # what a run asks a method for
tune.deterministic = True  # type: ignore[attr-defined]  # its runs on a problem are all the same
