"""A run: one tuner on one problem, once, and what came of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tuners.results.budget import Budget
from tuners.results.record import Record, Status
from tuners.results.trial import Trial, spent


@dataclass(frozen=True)
class Incumbent:
    """A trial that was the best when it ended, and how it would have done on the test rows."""

    trial: int
    """Its position among the trials, from 0."""
    cv_score: float
    test_score: float | None
    """None if it could not be fitted on all training rows."""


@dataclass(frozen=True)
class Run:
    """What came of a run: its flat record, its trials and its incumbents."""

    record: Record
    trials: tuple[Trial, ...]
    incumbents: tuple[Incumbent, ...] = field(default=())
    error: BaseException | None = field(default=None, compare=False, repr=False)
    """What ended it, where it raised; a cell of another process tells of it by an `ElsewhereError`."""


def unfinished(
    record: Record, trials: Sequence[Trial], budget: Budget, *, status: Status, reason: str, **known: Any
) -> Run:
    """Return what there is of a run that was cut short: its trials, and no scores; `known` are more of its figures."""
    failed = sum(not trial.ok for trial in trials)
    record = replace(
        record, status=status, reason=reason, evaluations=math.ceil(spent(trials)), failed_trials=failed,
        budget=budget.stated, time_budget=budget.seconds, **known,
    )  # fmt: skip
    return Run(record, tuple(trials))
