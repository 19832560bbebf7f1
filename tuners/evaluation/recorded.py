"""Recorded evaluation: a candidate is looked up in the problem's table; one that is not there is evaluated once.

Fold scores, and so trials and their hash, are those of plain evaluation. Seconds are those recorded, on a clock that
counts them in place of what looking up takes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tuners.errors import ElsewhereError, TuningError
from tuners.evaluation import parts, searches
from tuners.evaluation.clock import RecordedClock
from tuners.evaluation.contract import Scores, Training, source_of
from tuners.evaluation.ledger import Ledger, as_share, require_names
from tuners.evaluation.listener import Listener
from tuners.evaluation.recording import Recording, recording_of
from tuners.results.budget import BudgetExhausted
from tuners.results.params import Params
from tuners.results.trial import Trial
from tuners.spaces import restored
from tuners.store.table import Row


class Recorded:
    """Evaluates by the problem's table."""

    def __init__(self, training: Training, *, jobs: int = 1, trial_seconds: float | None = None) -> None:
        """Take the problem's recording; raise `TuningError` for a limit of a trial, which a look-up cannot hold."""
        del jobs  # the table's seconds are those of one process
        if trial_seconds is not None:
            message = "recorded evaluation has no time limit of a trial: expected --tuning-evaluation=plain beside it"
            raise TuningError(message)
        problem, tables = source_of(training)
        if tables is None:
            message = "recorded evaluation: expected a folder of tables, got none: name one"
            raise TuningError(message)
        self.recording: Recording = recording_of(problem, tables)
        self.resource = training.resource

    def evaluate(self, params: Mapping[str, Any], fidelity: float = 1.0) -> Scores:
        """Return a candidate's scores as they are recorded; raise `ElsewhereError` for one that failed."""
        row = self.recording.row(*self.recorded_as(dict(params), fidelity))
        if row.reason:
            raise ElsewhereError(row.reason)
        return Scores(row.fold_scores, row.fit_seconds, row.score_seconds)

    def recorded_as(self, params: Params, fidelity: float) -> tuple[Params, float]:
        """Return as what a candidate in part is recorded: one of a share of its size is a smaller candidate, whole."""
        if fidelity == 1 or not self.resource.parameter:
            return params, fidelity
        return self.resource.share(params, fidelity), 1.0

    def adapted(self, search: Any) -> Any:
        """Return the search as it is: its candidates are looked up by the ledger."""
        return search


class RecordedLedger(Ledger):
    """The ledger of a run that is looked up: it keeps the row of each trial, and counts recorded seconds."""

    clock: RecordedClock
    _evaluator: Recorded

    def __init__(self, *args: Any, **options: Any) -> None:
        """Begin without trials, on a clock of its own unless one is given."""
        # A look-up takes microseconds, and so must what hears of it: a run is told as a whole.
        self._told = options.get("listener") or Listener()
        own = {"clock": options.get("clock") or RecordedClock(), "listener": Listener()}
        super().__init__(*args, **{**options, **own})
        self._rows: dict[int, Row] = {}

    def close(self) -> None:
        """Refuse further evaluations."""
        if not self._closed:
            self._told.search_ended()
        super().close()

    @property
    def recording(self) -> Recording:
        """The problem's."""
        return self._evaluator.recording

    @property
    def rows(self) -> list[Row]:
        """The row of each trial, in the order of the method."""
        return [self._rows[position] for position in sorted(self._trials) if position in self._rows]

    def row_at(self, place: int) -> Row | None:
        """Return the row of a trial, by its place in the order of the method; None if it cannot be written."""
        return self._rows.get(sorted(self._trials)[place])

    def evaluate(self, params: Mapping[str, Any], fidelity: float = 1.0) -> Trial:
        """Look one candidate up; raise `BudgetExhausted` when too little is left to spend."""
        since = self.clock.now()
        fidelity = as_share(fidelity)
        params = require_names(params)
        if fidelity == 1 and not self._reached:
            self.require_budget()
            return self._looked_up(params, since, lambda params: restored(self._space, params))
        return self._in_part(restored(self._space, params), fidelity, since)

    def search(self, search: Any) -> None:
        """Look up the candidates of a scikit-learn search, in its order, as long as the budget lasts."""
        if type(search) not in searches.LISTED:
            super().search(search)  # it may evaluate otherwise than its class, which only a real search tells
            return
        whole = self.budget.seconds is None or (parts.count(search) or self.remaining + 1) > self.remaining
        for part in [search] if whole else parts.parts(search):
            for params in searches.candidates_of(part, self.remaining):
                since = self.clock.now()
                self.require_budget()
                self._looked_up(params, since, self.listed)

    def _in_part(self, params: Params, fidelity: float, since: float) -> Trial:
        """Look up a candidate that is evaluated in part, or has been; of a fit that goes on, the rest is timed."""
        start = self.clock.at(since)
        saved = self.saved(params, fidelity)
        self.require_budget(fidelity - saved)
        recording, recorded_as = self.recording, self._evaluator.recorded_as
        row = recording.row(*recorded_as(params, fidelity))
        before = recording.row(*recorded_as(params, saved)).fit_seconds if saved else 0.0
        fit_seconds = max(row.fit_seconds - before, 0.0)
        end = start + row.seconds - row.fit_seconds + fit_seconds
        self._require_time(start, end, since)
        trial = Trial.of(
            params, row.fold_scores, start=start, end=end, fit_seconds=fit_seconds, score_seconds=row.score_seconds,
            reason=row.reason, fidelity=fidelity, saved=saved,
        )  # fmt: skip
        with self._lock:
            if fidelity == 1 and row.number >= 0:
                self._rows[self._next] = row
            kept = self.keep(trial)
        self.clock.count(end - start, since)
        return kept

    def _require_time(self, start: float, end: float, since: float) -> None:
        """Raise `BudgetExhausted` where the time ends during an evaluation: a plain run's alarm rings then."""
        if self.budget.seconds is not None and end > self.budget.seconds:
            self.clock.count(self.budget.seconds - start, since)
            raise BudgetExhausted

    def _looked_up(
        self, params: Mapping[str, Any], since: float, as_listed: Callable[[Mapping[str, Any]], Params]
    ) -> Trial:
        start = self.clock.at(since)
        row = self._evaluator.recording.find(params)
        # What a search has evaluated, such as 2.0 for 2, may become another value of the space where it is called.
        if row is None or not self._evaluator.recording.inside(row):
            row = self._evaluator.recording.row(as_listed(params))
        seconds = row.seconds
        self._require_time(start, start + seconds, since)
        known = self._evaluator.recording.trials.get(row.number)
        if known is None:  # its values cannot be written
            known = Trial.of(row.params, row.fold_scores, start=0, end=0, reason=row.reason)
        trial = Trial(
            known.params, known.fold_scores, known.score, row.fit_seconds, row.score_seconds, start, start + seconds,
            known.reason, known.fidelity, known.exact,
        )  # fmt: skip
        with self._lock:
            position = self._next
            if row.number >= 0:
                self._rows[position] = row
            kept = self.keep(trial)
        self.clock.count(seconds, since)
        return kept


EVALUATOR = Recorded
LEDGER = RecordedLedger
