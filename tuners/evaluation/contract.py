"""The contract of evaluation: how a candidate is scored on the training part of a problem.

An evaluator is a module of this package, named in `tuners.results.record.EVALUATIONS`, with an `EVALUATOR`: a class
that is made of a `Training`, the number of jobs and the limit of one trial, and has the methods of `Evaluator`. Where
its runs keep more than a `Ledger` does, the module has a `LEDGER`, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast
from weakref import WeakKeyDictionary

from sklearn.base import clone

from tuners.task.problem import own_rows
from tuners.task.resource import ROWS, Resource

if TYPE_CHECKING:
    from tuners.task.fitting import OfRows
    from tuners.task.problem import Problem
    from tuners.task.reshuffled import Reshuffled
    from tuners.task.splits import Fold


@dataclass(frozen=True)
class Scores:
    """What the evaluation of one candidate gave."""

    fold_scores: tuple[float, ...]
    """One a fold; NaN where a fold failed."""
    fit_seconds: float = 0.0
    """Summed over the folds."""
    score_seconds: float = 0.0
    """Summed over the folds."""
    reason: str = ""
    """Why it failed; empty for a good one."""


@dataclass(frozen=True, eq=False)
class Training:
    """The training part of a problem: rows of no tuner's, which no tuner can change."""

    estimator: Any
    """Unfitted and seeded, with its preprocessing."""
    X: Any
    """Of shape (training rows, features)."""
    y: Any
    """Of shape (training rows,)."""
    folds: list[Fold]
    """Row numbers, (train, validation) for each fold."""
    scorer: Any
    """The metric as a scikit-learn scorer."""
    metric: str
    """The scorer's name."""
    classifies: bool
    """Whether `y` has classes."""
    of_rows: OfRows = field(default_factory=dict)
    """What reaches a fit of each row besides features and target, such as its weight: mostly nothing."""
    ordered: bool = False
    """Whether the rows are in order of time."""
    reshuffled: Reshuffled | None = None
    """What makes folds of each candidate's own; None where all have `folds`."""

    resource: Resource = ROWS
    """What a fidelity is a share of."""

    def folds_of(self, params: Mapping[str, Any]) -> list[Fold]:
        """Return the folds that a candidate is scored on."""
        return self.folds if self.reshuffled is None else self.reshuffled.of(params)

    @classmethod
    def of(cls, problem: Problem, tables: Path | None = None) -> Training:
        """Copy the training part of a problem; `tables` is the folder of recorded ones."""
        X, y = own_rows(problem.split.X_train), own_rows(problem.split.y_train)
        metric, classifies = problem.metric, problem.model.classifies
        training = cls(
            clone(problem.estimator), X, y, problem.folds, problem.scorer, metric, classifies, problem.of_training_rows,
            ordered=problem.dataset.time is not None, reshuffled=problem.reshuffled,
            resource=problem.resource,
        )  # fmt: skip
        _sources[training] = problem, tables
        return training


_sources: WeakKeyDictionary[Training, tuple[Problem, Path | None]] = WeakKeyDictionary()


def source_of(training: Training) -> tuple[Problem, Path | None]:
    """Return whose training part it is, and the folder of tables, for an evaluator that records test scores, too.

    No attribute leads there: a tuner may come upon a ledger, in the frames of an exception.
    """
    return _sources[training]


class Evaluator(Protocol):
    """Scores candidates."""

    def evaluate(self, params: Mapping[str, Any], fidelity: float = 1.0) -> Scores:
        """Score one candidate on all folds at a fidelity above 0 and up to 1, which is in full.

        A fidelity is a share of the training's resource. Where that is continued, a candidate's later evaluation at a
        larger one may go on from an earlier one, its scores and those of a fit from the beginning being the same.

        Raises what the estimator raises, which makes a failed trial.
        """
        ...

    def adapted(self, search: Any) -> Any:
        """Return an unfitted scikit-learn search as one that evaluates the same candidates in this way."""
        ...


def evaluator(name: str, training: Training, *, jobs: int = 1, trial_seconds: float | None = None) -> Evaluator:
    """Return the evaluator of that name, one of `EVALUATIONS`; its library is loaded here."""
    kind = import_module(f"tuners.evaluation.{name}").EVALUATOR
    return cast("Evaluator", kind(training, jobs=jobs, trial_seconds=trial_seconds))


def ledger_kind(name: str) -> Any:
    """Return the class of the ledger of runs that are evaluated by that name; None for the usual one."""
    return getattr(import_module(f"tuners.evaluation.{name}"), "LEDGER", None)
