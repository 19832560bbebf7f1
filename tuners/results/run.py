"""What came of a cell: its record, its trials, and its repeats, each a run of the tuner on the problem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    trials: tuple[Trial, ...] = field(default=(), repr=False)
    """Those of a further repeat without row numbers; the first one's are its run's."""
    contended: bool = False
    """Whether others ran at the same time, so that seconds are not the method's alone."""

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
    table: Mapping[int, Trial] | None = field(default=None, compare=False, repr=False)
    """By row number, what repeats with row numbers have evaluated: parameters, fold scores, reason, without times."""

    def __post_init__(self) -> None:
        """Make the one repeat of a cell that ran once."""
        if not self.repeats and self.record.ok:
            object.__setattr__(self, "incumbents", placed(self.incumbents, self.trials))
            object.__setattr__(self, "repeats", (repeat_of(self.record, self.incumbents),))

    def trials_of(self, number: int) -> tuple[Trial, ...]:
        """Return the trials of a repeat, by its number from 0; those of the table are without times."""
        if number == 0 and self.trials:
            return self.trials
        repeat = self.repeats[number]
        return repeat.trials or tuple(self.table[row] for row in repeat.rows if self.table is not None)

    @property
    def times(self) -> list[float]:
        """The seconds of each repeat, as far as they are known: a benchmark's rounds."""
        return [each.seconds for each in self.repeats if each.seconds is not None] or (
            [] if self.record.seconds is None else [self.record.seconds]
        )


def placed(incumbents: Sequence[Incumbent], trials: Sequence[Trial]) -> tuple[Incumbent, ...]:
    """Return incumbents with what they had spent, which files of before leave to their trials."""
    return tuple(
        replace(each, spent=spent(trials[: each.trial + 1]), seconds=trials[each.trial].end)
        if each.spent is None and each.trial < len(trials)
        else each
        for each in incumbents
    )


def repeat_of(record: Record, incumbents: tuple[Incumbent, ...], **own: Any) -> Repeat:
    """Return the repeat of a run that was made once: its record has the same fields; `own` are those besides."""
    shared = {name: getattr(record, name) for name in SHARED}
    return Repeat(**shared, incumbents=incumbents, **own)


SHARED = tuple(known.name for known in fields(Repeat) if known.name not in {"incumbents", "rows", "trials"})
"""Fields of a repeat that the record of its run has, too."""


def earlier(run: Run) -> Run:
    """Return a run whose times were taken in an earlier session."""
    return replace(run, record=replace(run.record, earlier=True))


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
