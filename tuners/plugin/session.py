"""What a session gathers: the records of its cells, in the order they ended, and their report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tuners.plugin.cells import Cell
from tuners.plugin.header import header
from tuners.plugin.progress import Progress
from tuners.plugin.settings import Settings
from tuners.record import Record

if TYPE_CHECKING:
    from tuners.report.document import Report
    from tuners.run import Run

SESSION = pytest.StashKey["Session"]()
RECORD = pytest.StashKey[Record]()
"""On a test item: the record of its cell, until it is sent with the next test report."""


class Session:
    """The state of one pytest session."""

    def __init__(self, settings: Settings, progress: Progress) -> None:
        """Begin without results."""
        self.settings = settings
        self.progress = progress
        self.cells: list[Cell] = []
        self.records: list[Record] = []
        self.runs: dict[str, Run] = {}
        """By cell; only those of this process."""
        self.extra_infos: list[dict[str, Any]] = []
        """What pytest-benchmark will save of each run of this process."""
        self.side_file = ""
        self.written: list[Path] = []
        """Report files."""
        self.errors: list[str] = []
        """What fails the session at its end."""
        self.pytest_session: pytest.Session | None = None

    def report(self, baselines: Mapping[Any, Mapping[str, Any]]) -> Report:
        """Make the report; `baselines` is pytest-benchmark's `compared_mapping`."""
        from tuners.report.comparison import compare  # noqa: PLC0415  pandas loads when there is a table
        from tuners.report.document import Report  # noqa: PLC0415  likewise
        from tuners.report.evaluation import evaluate  # noqa: PLC0415  likewise

        saved = [bench.get("extra_info", {}) for benches in baselines.values() for bench in benches.values()]
        then = [record for record in map(Record.from_dict, saved) if record is not None]
        return Report(
            self.records,
            evaluate(self.records),
            compare(self.records, then) if then else (),
            ", ".join(str(path) for path in baselines),
            # Under xdist only the workers collect, so that the records tell what the cells were.
            header(self.settings, self.cells or [Cell(r.model, r.dataset, r.tuner, r.seed) for r in self.records]),
            self.settings.preset.note,
        )

    def write_reports(self, report: Report) -> None:
        """Write every report file that was asked for; keep what could not be written as an error."""
        from tuners.report.formats import write  # noqa: PLC0415  likewise

        for path in self.settings.reports:
            try:
                write(report, path)
                self.written.append(path)
            except OSError as error:
                self.errors.append(f"--tuning-report: {path} cannot be written: {error.strerror}")

    def save_trials(self, folders: list[Path]) -> None:
        """Write the trials beside each saved run, and name the file in what is saved."""
        from tuners.plugin.saving import side_file_name, write_trials  # noqa: PLC0415  likewise

        if self.side_file or not self.runs:
            return
        self.side_file = side_file_name()
        for folder in folders:
            write_trials(self.runs.values(), folder / self.side_file)
        for extra_info in self.extra_infos:
            extra_info["trials"] = self.side_file
