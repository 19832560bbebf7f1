"""What a run tells while it goes on."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tuners.results.record import Record
    from tuners.results.run import Run
    from tuners.results.trial import Trial


class Listener:
    """Hears of a run, in the order of these methods; does nothing by itself."""

    def begun(self, record: Record) -> None:
        """Hear that the run begins; in this process once more, when the untuned model has its score."""

    def search_begins(self) -> None:
        """Hear that all is prepared: from now on, whatever is raised is the run's."""

    def repeat_begins(self, number: int, of: int) -> None:
        """Hear that a repeat begins, by its number from 0; `of` is how many the cell has, finished ones included."""

    def trial_begins(self) -> None:
        """Hear that a single candidate is being evaluated."""

    def trial(self, position: int, trial: Trial) -> None:
        """Hear of a trial; once more at its position where its reason to fail is known only later.

        A search that evaluates in several processes ends trials in another order than that of their positions.
        """

    def search_ended(self) -> None:
        """Hear that no more trials will come."""

    def repeat_ended(self, number: int, run: Run) -> None:
        """Hear what came of a repeat."""

    def imported(self, files: AbstractSet[str]) -> None:
        """Hear which files of code are imported in the process that ran, where that is another one."""
