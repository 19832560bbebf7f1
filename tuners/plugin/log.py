"""What a session says of its cells while it goes on: a line each in a plain log."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tuners.errors import TuningError
from tuners.plugin.dead_workers import recover
from tuners.plugin.session import SESSION
from tuners.report.words import RECORDED
from tuners.results.record import Record
from tuners.results.scorers import read_as
from tuners.store import records
from tuners.text.printable import printable


def record_of(report: Any) -> Record | None:
    """Return the record that came with a test report."""
    saved = getattr(report, "tuning", None)
    return None if saved is None else records.readable(saved)


def logs_cells(config: pytest.Config) -> bool:
    """Whether each cell has a line of its own."""
    return config.get_verbosity() == 0 and not config.stash[SESSION].progress.live


def figures(record: Record) -> str:
    """Return a cell's figures, or why it has none."""
    if not record.ok or record.test_score is None or record.cv_score is None or record.seconds is None:
        return f"({record.reason})"
    return (
        f"(test {read_as(record.metric, record.test_score):.4f}, CV {read_as(record.metric, record.cv_score):.4f}, "
        f"{record.evaluations} evaluations, "
        f"{record.seconds:.1f}{RECORDED if 'recorded' in record.clock else ''} s)"
    )


class Collector:
    """Keeps records as their reports come in, in the main process, whichever process ran the cell."""

    def __init__(self, config: pytest.Config) -> None:
        """Belong to a session."""
        self._config = config
        self._began: dict[str, float] = {}

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Note when a test begins: of one whose worker dies, little else is known."""
        if nodeid in (self._config.stash[SESSION].tests or {}):
            self._began[nodeid] = time.monotonic()

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep the record of a cell's last attempt and, in a plain log, write a line for each attempt."""
        session = self._config.stash[SESSION]
        record = record_of(report)
        if record is None and report.when == "???" and report.nodeid in (session.tests or {}):
            record = self._of_a_dead_worker(report.nodeid)
        if report.outcome == "rerun":  # pytest-rerunfailures will run it again
            session.forget(report.nodeid)
            if record is not None:
                self._log(f"{record.cell} {record.status} {figures(record)}, to be run again")
            return
        if record is None:
            return
        try:
            session.require_begun()
            session.attempts.keep(record, report.nodeid)
        except TuningError as error:
            session.messages.fail(str(error))
            return
        self._log(f"{record.cell} {record.status} {figures(record)}")

    def _of_a_dead_worker(self, test: str) -> Record | None:
        session = self._config.stash[SESSION]
        now = time.monotonic()
        return session.attempts.record_of(test) or recover(session, test, now - self._began.get(test, now))

    def _log(self, line: str) -> None:
        if not logs_cells(self._config) or not self._config.pluginmanager.hasplugin("terminalreporter"):
            return
        session = self._config.stash[SESSION]
        out = self._config.get_terminal_writer()
        if out.width_of_current_line:
            out.line()
        # Not known where a fixture got `tune` by `getfixturevalue`.
        total = f"/{session.progress.cells}" if session.progress.cells else ""
        out.line(printable(f"[{session.attempts.ended}{total}] {line}", None))
