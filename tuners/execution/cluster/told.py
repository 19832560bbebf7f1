"""What a runner tells of a run, as messages."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tuners.evaluation.listener import Listener

if TYPE_CHECKING:
    from tuners.evaluation.recording import Recording
    from tuners.results.record import Record
    from tuners.results.run import Run
    from tuners.results.trial import Trial

Message = tuple[str, tuple[Any, ...]]
"""A method of `Listener`, or `recorded`, and its arguments."""


class Teller(Listener):
    """Tells what it hears; of runs that are looked up, first what their row numbers mean."""

    def __init__(self, tell: Callable[[Message], None], recording: Recording | None = None) -> None:
        """Tell by a function; `recording` is the problem's, in a recorded session."""
        self._send = tell
        self._recording = recording
        self._last = -1 if recording is None else len(recording) - 1

    def _tell(self, method: str, *arguments: Any) -> None:
        self._send((method, arguments))

    def pass_on(self, message: Message) -> None:
        """Tell what was told in another process."""
        self._send(message)

    def begun(self, record: Record) -> None:
        """Tell that the run begins."""
        self._tell("begun", record)

    def search_begins(self) -> None:
        """Tell that all is prepared."""
        self._tell("search_begins")

    def repeat_begins(self, number: int, of: int) -> None:
        """Tell that a repeat begins."""
        self._tell("repeat_begins", number, of)

    def trial(self, position: int, trial: Trial) -> None:
        """Tell of a trial."""
        self._tell("trial", position, trial)

    def repeat_ended(self, number: int, run: Run) -> None:
        """Tell what came of a repeat."""
        self._tell("repeat_ended", number, self.light(run))

    def imported(self, files: AbstractSet[str]) -> None:
        """Tell which files of code were imported."""
        self._tell("imported", files)

    def light(self, run: Run) -> Run:
        """Return a run without the table, of which what is new is told."""
        if self._recording is None or run.table is None:
            return run
        new = self._recording.table.rows(self._last)
        if new:
            self._last = new[-1].number
            self._tell("recorded", new)
        return replace(run, table=None)
