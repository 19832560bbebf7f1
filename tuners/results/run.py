"""What came of a cell: its record, its trials, and its repeats, each a run of the tuner on the problem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from tuners.results.budget import Budget
from tuners.results.record import Record, Status
from tuners.results.trial import Trial, charged, spent


@dataclass(frozen=True)
class Incumbent:
    """A trial that was the best when it ended, with its score on the test rows."""

    trial: int
    """Its position among the trials, from 0."""
    cv_score: float
    test_score: float | None
    """Refitted on all training rows; None if that failed."""
    spent: float | None = None
    """Full-fit equivalents that the run had spent when it ended; None in files of before."""
    seconds: float | None = None
    """On the run's clock when it ended; None in files of before."""


@dataclass(frozen=True)
class Repeat:
    """One run of a cell, as small as figures need it; a further one has other random numbers of the tuner's own."""

    cv_score: float | None
    """Of the winner."""
    test_score: float | None
    incumbents: tuple[Incumbent, ...] = ()
    evaluations: int = 0
    failed_trials: int = 0
    ties: int = 0
    seconds: float | None = None
    evaluation_seconds: float | None = None
    search_seconds: float | None = None
    """The method's own."""
    trials_sha256: str = ""
    reason: str = ""
    """Why it failed; empty for a good one."""
    rows: tuple[int, ...] = ()
    """Its trials as row numbers of the problem's table; empty where they are kept as trials."""

    @property
    def ok(self) -> bool:
        """Whether it has a score."""
        return not self.reason


@dataclass(frozen=True)
class Run:
    """The result of a cell: its record; trials and incumbents of its first run; and all its repeats."""

    record: Record
    """Scores and seconds are means over the repeats."""
    trials: tuple[Trial, ...]
    incumbents: tuple[Incumbent, ...] = field(default=())
    repeats: tuple[Repeat, ...] = field(default=())
    """The first run, and the further ones; of a cell that ran once, made of its record."""
    error: BaseException | None = field(default=None, compare=False, repr=False)
    """The exception that ended it, if one did; an `ElsewhereError` if it was raised in another process."""

    def __post_init__(self) -> None:
        """Make the one repeat of a cell that ran once."""
        if not self.repeats and self.record.ok:
            object.__setattr__(self, "incumbents", _placed(self.incumbents, self.trials))
            object.__setattr__(self, "repeats", (_only(self.record, self.incumbents),))


def _placed(incumbents: Sequence[Incumbent], trials: Sequence[Trial]) -> tuple[Incumbent, ...]:
    """Return incumbents with what they had spent, which files of before leave to their trials."""
    return tuple(
        replace(each, spent=spent(trials[: each.trial + 1]), seconds=trials[each.trial].end)
        if each.spent is None and each.trial < len(trials)
        else each
        for each in incumbents
    )


def _only(record: Record, incumbents: tuple[Incumbent, ...]) -> Repeat:
    """Return the repeat of a cell that ran once: its record has the same fields."""
    own = {known.name: getattr(record, known.name) for known in fields(Repeat) if hasattr(record, known.name)}
    return Repeat(**own, incumbents=incumbents)


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
