"""What the session hears of a run while it goes on: for the journal, the progress line, and an interrupt."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from tuners.evaluation.listener import Listener
from tuners.results.record import Record
from tuners.results.repeats import Repeats
from tuners.results.run import unfinished
from tuners.results.trial import DIGITS, in_order

if TYPE_CHECKING:
    from tuners.comparison.contract import Progress, Session
    from tuners.results.budget import Budget
    from tuners.results.run import Run
    from tuners.results.trial import Trial
    from tuners.store.journal import Journal


class Heard(Listener):
    """Passes on what it hears, and keeps it for the case that the run has no result."""

    def __init__(
        self,
        session: Session,
        record: Record,
        test: Mapping[str, Any],
        budget: Budget,
        finished: Mapping[int, Run],
        *,
        progress: Progress | None = None,
    ) -> None:
        """Know nothing but the cell, and its finished repeats; `test` is what pytest-benchmark says of its test.

        `progress` is told how far it is, the session's by default.
        """
        self.record = record
        self.searching = False
        """Whether the search has begun."""
        self.repeats = Repeats(1)
        """Those that have ended."""
        self._repeat = 0
        self._session = session
        self._test = test
        self._budget = budget
        self._finished = finished
        self._progress = session.progress if progress is None else progress
        self._trials: dict[int, Trial] = {}
        self._spent: float = 0
        self._best: Trial | None = None
        self._journal: Journal | None = None

    @property
    def trials(self) -> list[Trial]:
        """The trials of the repeat in flight, by position."""
        return in_order(self._trials)

    def begun(self, record: Record) -> None:
        """Write to the journal that the run begins."""
        if self._journal is None:
            self.record, self._journal = record, self._session.begin_journal()
        if self._journal is not None:
            self._journal.begin(record, self._test, resumed=bool(self._finished))

    def repeat_begins(self, number: int, of: int) -> None:
        """Forget the trials of the one before."""
        if not len(self.repeats):
            self.repeats = Repeats(of)
            for each, run in self._finished.items():
                self.repeats.add(each, run)
        self._repeat, self._trials, self._spent, self._best = number, {}, 0, None
        self._progress.repeat(number, of)

    def search_begins(self) -> None:
        """Note that the run has begun."""
        self.searching = True

    def trial(self, position: int, trial: Trial) -> None:
        """Write a trial to the journal, and show it."""
        if trial.can_win and (self._best is None or trial.score > self._best.score):
            self._best = trial
        self._spent += trial.cost if position not in self._trials else 0
        self._trials[position] = trial
        self._progress.trial(round(self._spent, DIGITS), self._best, self._budget, self.record.metric)
        if self._journal is not None:
            self._journal.trial(self.record.cell, position, trial, self._repeat)

    def repeat_ended(self, number: int, run: Run) -> None:
        """Write a repeat to the journal, unless it is the only one, which is written with its cell."""
        self.repeats.add(number, run)
        if self._journal is not None and self.repeats.of > 1:
            self._journal.repeat(number, run)

    def cut_short(self, reason: str, *, ended: bool, **known: Any) -> Run:
        """Return what there is of a cell that was cut short; where that is its end, the journal has its last repeat."""
        missing = self.repeats.missing
        if missing:
            trials = self.trials if missing[0] == self._repeat else []
            run = unfinished(self.record, trials, self._budget, status="failed", reason=reason, **known)
            self.repeats.add(missing[0], run)
            if ended and self._journal is not None and self.repeats.of > 1:
                self._journal.repeat(missing[0], run)
        return self.repeats.run()

    def imported(self, files: AbstractSet[str]) -> None:
        """Note which code the other process has imported."""
        self._session.journal.imported_elsewhere(files)
