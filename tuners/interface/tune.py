"""`tuners.tune`: one search of one model, and the estimator that comes of it, fitted on all rows."""

from __future__ import annotations

import math
import numbers
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tuners.errors import TuningError
from tuners.interface import evidence, final
from tuners.interface.arguments import options_of
from tuners.interface.compare import compared
from tuners.interface.comparison import Comparison
from tuners.interface.data import dataset_of, roles_of
from tuners.results.record import BASE
from tuners.results.trial import incumbent

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from tuners.interface.evidence import Choice
    from tuners.interface.sitting import Sitting
    from tuners.objective import Tuner
    from tuners.plan import Plan
    from tuners.spaces import SpaceLike

OWN = ("model", "X", "y", "method", "minutes", "space", "name", "progress")
"""Its own arguments."""


@dataclass(frozen=True)
class Search:
    """The search behind an estimator, as plain values. Scores are larger for better, losses are negated."""

    method: str
    why: str
    """Why this method; empty where the caller has chosen it."""
    metric: str
    best_params: Mapping[str, Any]
    """Of the estimator; empty: the untuned model's, where that was as good on all rows."""
    cv_score: float
    """Of the estimator, in cross-validation on all rows."""
    test_score: float | None
    """Of the search's winner, fitted without the test rows and scored on them; None where it was cut short."""
    default_test_score: float | None
    """Of the untuned model on the same rows."""
    trials: pd.DataFrame
    """A row a trial, as `Comparison.trials`."""
    notes: tuple[str, ...]
    """What must be known of it, a line each."""


def tune(
    model: Any,
    X: Any,
    y: Any = None,
    *,
    method: str | Tuner = "auto",
    minutes: float = 10,
    space: SpaceLike | None = None,
    name: str = "data",
    progress: bool = True,
    **options: Any,
) -> Any:
    """Search for the hyperparameters of a model, and return it fitted on all rows, with its search in `search_`.

    Parameters
    ----------
    model, X, y, space, name, progress
        As of `tuners.compare`.
    method
        A tuning method's name, or a function of (objective, seed). "auto" takes the installed one that did best where
        methods were compared; `search_.why` says what that is worth.
    minutes
        Of the search; the last fits come after it.
    options
        Those of the command line, by their names, such as `metric="f1"`, `budget=100` or `test_size=0.2`.

    The search sees the training rows alone: `search_.test_score` is of rows that it has not seen. Then the winner and
    the untuned model are scored by cross-validation on all rows, and the better one is fitted on all of them. Ctrl-C
    ends the search, and the best candidate so far is the winner. Raises `TuningError`, in one line, for bad input and
    where no candidate has a score.
    """
    if not isinstance(minutes, numbers.Real) or not 0 < minutes < math.inf:
        message = f"minutes: expected a number above 0, got {minutes!r}"
        raise TuningError(message)
    if options.get("tuners") is not None:
        message = (
            "tune() takes no 'tuners': it searches by one method, method='random'; tuners.compare compares several"
        )
        raise TypeError(message)
    if isinstance(model, list | tuple) and len(model) > 1:
        message = f"model: expected one model, got {len(model)}: tuners.compare compares several"
        raise TuningError(message)
    if method != "auto" and not isinstance(method, str) and not callable(method):
        message = f"method: expected a method's name or a function of (objective, seed), got {method!r}"
        raise TuningError(message)
    roles = roles_of(options)
    usual = {"preset": "timed", "time_budget": minutes * 60, "seeds": 1, "repeats": 1}
    given = options_of("tune", {**usual, **options}, OWN)
    dataset = dataset_of(X, y, name, given, roles)
    choices: list[Choice] = []

    def methods(plan: Plan, models: list[str]) -> list[str | Tuner]:
        if method != "auto":
            return [BASE, method]
        choices.append(evidence.choice(models[0], plan.task))
        return [BASE, choices[0].method]

    sitting = compared(given, model, dataset, methods, space=space, progress=progress, command="tuners.tune(...)")
    return _fitted(sitting, choices[0].why if choices else "")


def _fitted(sitting: Sitting, why: str) -> Any:
    """Return the estimator that comes of a search."""
    plan, cells = sitting.plan, sitting.cells
    method = next((cell.tuner for cell in cells if cell.tuner != BASE), BASE)
    records = [record for record in sitting.records if record.tuner == method]
    winners = [record.best_params for record in records if record.ok]
    winners += [best.params for run in sitting.cut if (best := incumbent(run.trials)) is not None]
    if not winners:
        reasons = [record.reason for record in sitting.records if record.reason] or ["it was interrupted"]
        message = f"tune: {method} found no candidate with a score: {reasons[-1]}"
        raise TuningError(message)
    problem = plan.problem(cells[0].model, cells[0].dataset, cells[0].seed)
    found = final.chosen(problem, winners, jobs=plan.jobs)
    known = next((record for record in records if record.ok), None)
    estimator = found.estimator
    estimator.search_ = Search(
        method,
        why,
        plan.metric,
        found.params,
        found.cv_score,
        None if known is None else known.test_score,
        None if known is None else known.default_test_score,
        Comparison(sitting).trials,
        tuple(sitting.messages.notes),
    )
    return estimator
