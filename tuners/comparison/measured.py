"""What this process has measured: runs with their trials, and what is saved of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tuners.comparison.messages import Messages
    from tuners.results.run import Run


class Measured:
    """The runs of this process, one a cell."""

    def __init__(self, messages: Messages) -> None:
        """Begin without any."""
        self.runs: dict[str, Run] = {}
        """By cell."""
        self.side_file = ""
        """The file with the trials, once it is written."""
        self._saved: dict[str, dict[str, Any]] = {}
        """By node id: what pytest-benchmark will save of a run."""
        self._messages = messages

    def keep(self, run: Run, test: str, saved: dict[str, Any] | None) -> None:
        """Keep the run of a test, by its node id, and the dictionary that will be saved of it, if one will."""
        self.runs[run.record.cell] = run
        if saved is not None:
            self._saved[test] = saved

    def forget(self, cell: str, test: str) -> None:
        """Drop the run of a cell: its test is run again."""
        self.runs.pop(cell, None)
        self._saved.pop(test, None)

    def take(self, runs: Mapping[str, Run]) -> None:
        """Take the runs of workers, which save nothing themselves."""
        self.runs.update(runs)
        self._saved.clear()

    def save_trials(self, folders: Sequence[Path]) -> None:
        """Write the trials beside each file that will be saved, and name their file in it."""
        from tuners.store import side_files  # noqa: PLC0415  loaded when something is saved

        if self.side_file or not self.runs:
            return
        name = side_files.new_name()
        for folder in folders:
            try:
                side_files.write(self.runs.values(), folder / name)
                self.side_file = name
            except OSError as error:
                message = f"the trials beside the saved run: {folder} cannot be written: {error.strerror}"
                self._messages.fail(message)
        for saved in self._saved.values():
            saved["trials"] = self.side_file or None
