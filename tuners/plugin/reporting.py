"""What a session says of its cells: a line each in a plain log, and what a GitHub workflow is told."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from tuners.plugin.session import SESSION, Session
from tuners.printable import printable, workflow_command
from tuners.record import Record


def record_of(report: Any) -> Record | None:
    """Return the record that came with a test report."""
    saved = getattr(report, "tuning", None)
    return None if saved is None else Record.from_dict(saved)


def _of_a_dead_worker(report: Any) -> Record | None:
    """Return the record of a cell whose worker of xdist died, of which its test id is all there is."""
    found = re.search(r"\[([^-]+)-(.+)-([^-]+)-(\d+)\]$", report.nodeid)
    if report.when != "???" or found is None:
        return None
    model, dataset, tuner, seed = found.groups()
    return Record(model, dataset, tuner, int(seed), status="crashed", reason="its worker died")


def logs_cells(config: pytest.Config) -> bool:
    """Whether each cell has a line of its own."""
    return config.get_verbosity() == 0 and not config.stash[SESSION].progress.live


def figures(record: Record) -> str:
    """Return a cell's figures, or why it has none."""
    if not record.ok or record.test_score is None or record.cv_score is None or record.seconds is None:
        return f"({record.reason})"
    return (
        f"(test {record.test_score:.4f}, CV {record.cv_score:.4f}, {record.evaluations} evaluations, "
        f"{record.seconds:.1f} s)"
    )


class Collector:
    """Keeps records as their reports come in, in the main process, whichever process ran the cell."""

    def __init__(self, config: pytest.Config) -> None:
        """Belong to a session."""
        self._config = config

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep the record and, in a plain log, write its line."""
        record = record_of(report) or _of_a_dead_worker(report)
        if record is None:
            return
        session = self._config.stash[SESSION]
        session.records.append(record)
        if logs_cells(self._config) and self._config.pluginmanager.hasplugin("terminalreporter"):
            out = self._config.get_terminal_writer()
            if out.width_of_current_line:
                out.line()
            # Under xdist only the workers collect: the number of cells is not known here.
            total = f"/{session.progress.cells}" if session.progress.cells else ""
            count = f"[{len(session.records)}{total}]"
            out.line(printable(f"{count} {record.cell} {record.status} {figures(record)}", None))


def tell_github(session: Session, report: Any, terminalreporter: pytest.TerminalReporter) -> None:
    """In a GitHub workflow, add the report to the job's summary, and annotate what fails."""
    from tuners.report.formats import markdown  # noqa: PLC0415  pandas loads when there is a table

    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        try:
            with Path(summary).open("a", encoding="utf-8") as file:
                file.write(markdown(report))
        except OSError as error:
            session.notes.append(f"GITHUB_STEP_SUMMARY: {summary} cannot be written: {error.strerror}")
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for message in session.errors:
            terminalreporter.write_line(workflow_command("error", message, title="comparison of tuning methods"))
