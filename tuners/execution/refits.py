"""Refits: what a trial's candidate scores on the test rows, fitted on all training rows, really or as recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from tuners.errors import ElsewhereError, unwinds
from tuners.task.winner import Told, told

if TYPE_CHECKING:
    from tuners.evaluation.recorded import RecordedLedger
    from tuners.results.trial import Trial
    from tuners.store.table import Row
    from tuners.task.problem import Problem


class Refits(Protocol):
    """The refits of one run."""

    def refit(self, position: int, trial: Trial) -> None:
        """Refit the winner, by its position and trial, on the run's clock; raise what the estimator raises."""
        ...

    def test_score(self) -> float:
        """Return the winner's test score."""
        ...

    def told(self) -> Told:
        """Return what else is told of the winner on the test rows."""
        ...

    def earlier(self, position: int, trial: Trial) -> float | None:
        """Return the test score of an earlier incumbent; None where its refit failed: the run stands without it."""
        ...


class Fitted:
    """Refits that are made."""

    def __init__(self, problem: Problem) -> None:
        """Belong to a run on a problem."""
        self._problem = problem
        self._winner: Any = None

    def refit(self, position: int, trial: Trial) -> None:
        """Fit the winner on all training rows."""
        del position
        self._winner = self._problem.fit(trial.params)

    def test_score(self) -> float:
        """Score the winner on the test rows."""
        return self._problem.test_score(self._winner)

    def told(self) -> Told:
        """Predict the test rows with the winner."""
        return told(self._problem, self._winner)

    def earlier(self, position: int, trial: Trial) -> float | None:
        """Fit and score an earlier incumbent."""
        del position
        try:
            return self._problem.test_score(self._problem.fit(trial.params))
        except BaseException as error:
            if unwinds(error):
                raise
            return None


class LookedUp:
    """Refits as they are recorded."""

    def __init__(self, ledger: RecordedLedger) -> None:
        """Belong to a run whose trials have rows."""
        self._recording = ledger.recording
        self._ledger = ledger
        self._winner: Row | None = None

    def refit(self, position: int, trial: Trial) -> None:
        """Take the winner's row, and the seconds of its refit."""
        since = self._ledger.clock.now()
        row = self._row(position, trial)
        self._ledger.clock.count(row.refit_seconds, since)
        if row.test_score is None:
            raise ElsewhereError(row.refused)
        self._winner = row

    def test_score(self) -> float:
        """Return what is recorded of the winner."""
        assert self._winner is not None
        assert self._winner.test_score is not None
        return self._winner.test_score

    def told(self) -> Told:
        """Return what is recorded of the winner, or made now."""
        assert self._winner is not None
        return self._recording.told(self._winner)

    def earlier(self, position: int, trial: Trial) -> float | None:
        """Return what is recorded of an earlier incumbent."""
        return self._row(position, trial).test_score

    def _row(self, position: int, trial: Trial) -> Row:
        return self._ledger.row_at(position) or self._recording.row(dict(trial.params))
