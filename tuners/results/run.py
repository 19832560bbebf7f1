"""A run: one tuner on one problem, once, with its result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tuners.results.budget import Budget
from tuners.results.record import Record, Status
from tuners.results.trial import Trial, charged


@dataclass(frozen=True)
class Incumbent:
    """A trial that was the best when it ended, with its score on the test rows."""

    trial: int
    """Its position among the trials, from 0."""
    cv_score: float
    test_score: float | None
    """Refitted on all training rows; None if that failed."""


@dataclass(frozen=True)
class Run:
    """The result of a run: its record, its trials and its incumbents."""

    record: Record
    trials: tuple[Trial, ...]
    incumbents: tuple[Incumbent, ...] = field(default=())
    error: BaseException | None = field(default=None, compare=False, repr=False)
    """The exception that ended it, if one did; an `ElsewhereError` if it was raised in another process."""


def unfinished(
    record: Record, trials: Sequence[Trial], budget: Budget, *, status: Status, reason: str, **known: Any
) -> Run:
    """Return a run that was cut short, with its trials and no scores; `known` has more of its record's fields."""
    failed = sum(not trial.ok for trial in trials)
    record = replace(
        record, status=status, reason=reason, evaluations=charged(trials), failed_trials=failed,
        budget=budget.stated, time_budget=budget.seconds, **known,
    )  # fmt: skip
    return Run(record, tuple(trials))
