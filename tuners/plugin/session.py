"""What a session gathers: the records of its cells, in the order they ended, and their report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tuners.errors import TuningError
from tuners.plan import Plan as Settings
from tuners.plugin import options
from tuners.plugin.attempts import Attempts
from tuners.plugin.header import header
from tuners.plugin.progress import Progress
from tuners.plugin.storing import Baseline, libraries
from tuners.plugin.workers import Collected, Exchange
from tuners.results.cell import Cell
from tuners.results.record import Record
from tuners.results.session import Session as Measured
from tuners.store import code as imported

if TYPE_CHECKING:
    from tuners.gate.judge import Verdict
    from tuners.report.document import Report
    from tuners.results.run import Run
    from tuners.store.journal import Contents, Entry, Journal

SESSION = pytest.StashKey["Session"]()
RECORD = pytest.StashKey[Record]()
"""On a test item: the record of its cell, until it is sent with the next test report."""


class Session:
    """The state of one pytest session."""

    def __init__(self, config: pytest.Config, progress: Progress, exchange: Exchange | None = None) -> None:
        """Begin without tests; `exchange` is there in a worker of pytest-xdist."""
        self._config = config
        self.progress = progress
        self.exchange = exchange
        self.root = config.rootpath
        """The folder that the journals' folder is in."""
        self.wrong = ""
        """What is wrong with the ini file's options, in one line."""
        self.written: dict[str, int] = {}
        """By node id: how many tests that ask for `tune` are written before this one."""
        self.begun = False
        """Whether a test asks for `tune`."""
        self.tests: Mapping[str, Cell | None] = {}
        """By node id: the tests that ask for `tune`, in the order in which they are written."""
        self.attempts = Attempts(())
        self.runs: dict[str, Run] = {}
        """By cell; only those of this process."""
        self.extra_infos: dict[str, dict[str, Any]] = {}
        """By node id: what pytest-benchmark will save of each run of this process."""
        self.side_file = ""
        self.written_reports: list[Path] = []
        """Report files."""
        self.errors: list[str] = []
        """What fails the session at its end."""
        self.cut_short = False
        """Whether the session was stopped before its end."""
        self.notes: list[str] = []
        """What the summary says besides."""
        self.baseline = Baseline()
        self.verdicts: list[Verdict] = []
        self.how: dict[str, Any] = {}
        """The command, options and threads."""
        self.about: Callable[[], dict[str, Any]] = lambda: {"libraries": libraries(), "tuning": self.how}
        """Returns what a saved run says of machine, commit and libraries."""
        self.journal_path: Path | None = None
        self._journal: Journal | None = None
        self._lock: int | None = None
        self._resumed: Contents | None = None
        self.imported: set[str] = set()
        """Files that cells in processes of their own have imported."""
        self._noted: set[str] = set()
        self._known = (0, 0)

    @cached_property
    def settings(self) -> Settings:
        """The options, and those of the ini file, which are not looked at before a test asks for `tune`."""
        try:
            return Settings(options.read(self._config))
        except (TuningError, pytest.UsageError) as error:
            self.wrong = str(error)
            return Settings(options.read(self._config, ini=False))

    def begin(self, collected: Collected) -> None:
        """Take note of the tests that ask for `tune`."""
        self.begun = True
        self.tests = collected.tests
        self.attempts = Attempts(collected.tests)
        self.progress.cells = len(collected.tests)

    @property
    def cells(self) -> list[Cell]:
        """The cells of the tests, in the order in which they are written."""
        return [cell for cell in self.tests.values() if cell is not None]

    @property
    def records(self) -> list[Record]:
        """The records so far, in the order in which their tests are written, whatever the order in which they ran."""
        return self.attempts.records

    def forget(self, test: str) -> None:
        """Drop what an earlier attempt of a test has left, since the last one counts."""
        cell = self.attempts.forget(test)
        if cell is None:
            return
        self.runs.pop(cell, None)
        self.finished.pop(cell, None)
        self.extra_infos.pop(test, None)
        benchmarks = vars(self._config).get("_benchmarksession")
        if benchmarks is not None:
            benchmarks.benchmarks[:] = [bench for bench in benchmarks.benchmarks if bench.fullname != test]

    @cached_property
    def finished(self) -> dict[str, Entry]:
        """By cell: runs of the interrupted session that this one resumes."""
        if self._in_worker and self.settings.resumed and self.exchange is not None and self.exchange.journal:
            from tuners.store.journal import read  # noqa: PLC0415  loaded when something is resumed

            return dict(read(self.exchange.journal).entries)
        return {}

    @property
    def profiled(self) -> bool:
        """Whether pytest-benchmark profiles what it measures."""
        benchmarks = vars(self._config).get("_benchmarksession")
        return benchmarks is not None and bool(benchmarks.cprofile_sort_by) and not benchmarks.disabled

    @property
    def _in_worker(self) -> bool:
        return hasattr(self._config, "workerinput")

    def resume(self) -> None:
        """Take up the interrupted session's journal; raise `TuningError` if there is none, or things have changed."""
        from tuners.store import resumable as journaling  # noqa: PLC0415  likewise
        from tuners.store.journal import Journal  # noqa: PLC0415  loaded when something is resumed

        contents, self._lock = journaling.interrupted(self.root)
        journaling.require_same(contents, journaling.setup(self.settings, self.root), self.root)
        self._resumed = contents
        self.finished = dict(contents.entries)
        self._journal = Journal(contents.path)
        self.journal_path = contents.path
        taken = f"{len(contents.entries)} cell{'' if len(contents.entries) == 1 else 's'}"
        damaged = f"; {contents.damaged} damaged lines of it are left out" if contents.damaged else ""
        self.notes.append(f"resumed from {contents.path}: {taken} taken from it{damaged}")

    def check_code(self) -> None:
        """Raise `TuningError` if there is code, now that all is collected, that the resumed session did not have."""
        if self._resumed is not None:
            from tuners.store import resumable as journaling  # noqa: PLC0415  loaded when something is resumed

            journaling.require_known(self._resumed, journaling.digests(self._imported(), self.root))

    def _imported(self) -> set[str]:
        return imported.files(self._config.pluginmanager.get_plugins()) | self.imported

    def _note_code(self, journal: Journal) -> None:
        """Write to the journal what has been imported since: a method may import what it needs when it runs."""
        known = (len(sys.modules), len(self.imported))
        if known != self._known:
            from tuners.store import resumable as journaling  # noqa: PLC0415  loaded when a cell runs

            self._known = known
            new = self._imported() - self._noted
            if new:
                journal.code(journaling.digests(new, self.root))
            self._noted |= new

    def check_finished(self) -> None:
        """Raise `TuningError` if the data of a finished run are not what they were."""
        if not self.finished:
            return
        from tuners.execution.resumed import require_same_data  # noqa: PLC0415  loaded when something is resumed

        for cell in self.cells:
            entry = self.finished.get(cell.id)
            if entry is not None and entry.run.record.dataset_sha256:
                require_same_data(entry.run, self.settings.dataset(cell.dataset))

    @property
    def journal(self) -> Journal | None:
        """The journal, begun when it is first asked for; None where it cannot be written at all."""
        if self._journal is None and self._lock is None:
            from tuners.store import resumable as journaling  # noqa: PLC0415  likewise
            from tuners.store.journal import Journal  # noqa: PLC0415  loaded when a cell runs

            if self._in_worker:
                if self.exchange is None or self.exchange.journal is None:
                    return None
                self._journal = Journal(self.exchange.journal)
                self._note_code(self._journal)
                return self._journal
            try:
                self._journal = Journal(journaling.new_path(self.root))
                self.journal_path = self._journal.path
                self._lock = journaling.lock(self._journal.path)
                self._journal.session(journaling.setup(self.settings, self.root), self.about())
                self._journal.plan([cell.id for cell in self.cells])
            except OSError as error:
                self._lock = -1
                self.notes.append(f"no journal: {self.root / journaling.FOLDER}: {error.strerror}")
        if self._journal is not None:
            self._note_code(self._journal)
        return self._journal

    def end_journal(self, *, complete: bool) -> None:
        """Close the journal; a complete one is not resumed."""
        if self._journal is None:
            return
        if complete:
            self._journal.end()
        else:
            self.notes.append("cut short: --tuning-resume takes what is finished, and runs the rest")
        if self._journal.failure:
            self.errors.append(f"journal {self._journal.path}: {self._journal.failure}: not all cells can be resumed")
        self._journal.close()
        self._journal = None

    def entries(self) -> Mapping[str, Entry]:
        """Return the runs that are in the journal, by cell; none where it could not be written."""
        from tuners.store.journal import read  # noqa: PLC0415  loaded when there is a table

        if self.journal_path is None:
            return {}
        try:
            return read(self.journal_path).entries
        except TuningError as error:
            if str(error) not in self.notes:
                self.notes.append(str(error))
            return {}

    def report(self, baselines: Mapping[Any, Mapping[str, Any]]) -> Report:
        """Make the report; `baselines` is pytest-benchmark's `compared_mapping`."""
        from tuners.analysis.comparison import compare  # noqa: PLC0415  pandas loads when there is a table
        from tuners.analysis.methods import evaluate  # noqa: PLC0415  likewise
        from tuners.report.document import Report  # noqa: PLC0415  likewise

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
            self.verdicts,
            self._whole_runs(),
            self._compared() if then else (),
            self.about() if self.settings.reports else {},
        )

    def _whole_runs(self) -> list[Run]:
        """Return the runs of all records that have trials; those of workers are in the journal."""
        runs = dict(self.runs)
        if any(record.cell not in runs for record in self.records):
            runs |= {cell: entry.run for cell, entry in self.entries().items() if cell not in runs}
        return [replace(runs[record.cell], record=record) for record in self.records if record.cell in runs]

    def _compared(self) -> list[Run]:
        """Return the runs of the saved run compared with, as far as their trials are there."""
        from tuners.store import side_files as trialfile  # noqa: PLC0415  loaded when there is a table

        if not self.baseline.runs or not self.settings.reports:
            return []
        run = self.baseline.runs[0]
        try:
            return trialfile.of_saved(run.path.parent, run.records)
        except TuningError as error:
            self.notes.append(f"{error}: charts show this run's searches alone")
            return []

    def judge(self, machine: Mapping[str, Any]) -> None:
        """Judge this session by its gates, if it has any; a gate that fails, fails the session."""
        from tuners.gate import judge as gate  # noqa: PLC0415  loaded when something is judged

        gates = [gate.parse(text) for text in self.settings.gates]
        if not gates:
            return
        then = [Measured(run.records, run.machine, run.content.get("libraries", {})) for run in self.baseline.runs]
        if not then or not then[0].records:
            self.errors.append("--tuning-fail: not judged, and so failed: there is no saved run to compare with")
            return
        now = Measured(tuple(self.records), machine, libraries())
        try:
            self.verdicts = gate.judge(gates, now, then, self.settings.alpha)
        except TuningError as error:
            self.errors.append(f"--tuning-fail: {error}")
            return
        if any(verdict.fails for verdict in self.verdicts):
            self.errors.append(gate.summary(self.verdicts))
        else:
            self.notes.append(gate.summary(self.verdicts))

    @property
    def partial(self) -> str:
        """Say what is missing of the cells that were to run; empty if none is."""
        whole = self.progress.cells
        if whole:
            return f"{len(self.records)} of {whole} cells" if len(self.records) < whole else ""
        # Under xdist only the workers know how many there are.
        return f"{len(self.records)} cells, then cut short" if self.cut_short else ""

    def write_reports(self, report: Report) -> None:
        """Write every report file that was asked for; keep what could not be written as an error."""
        from tuners.report.formats import write  # noqa: PLC0415  likewise

        for path in self.settings.reports:
            try:
                write(report, path)
                self.written_reports.append(path)
            except OSError as error:
                self.errors.append(f"--tuning-report: {path} cannot be written: {error.strerror}")
            except (ImportError, TuningError) as error:
                self.errors.append(f"--tuning-report: {path}: {error}")

    def save_trials(self, folders: list[Path]) -> None:
        """Write the trials beside each saved run, and name the file in what is saved."""
        from tuners.store import side_files as trialfile  # noqa: PLC0415  likewise

        if self.side_file or not self.runs:
            return
        name = trialfile.new_name()
        for folder in folders:
            try:
                trialfile.write(self.runs.values(), folder / name)
                self.side_file = name
            except OSError as error:
                self.errors.append(f"the trials beside the saved run: {folder} cannot be written: {error.strerror}")
        for extra_info in self.extra_infos.values():
            extra_info["trials"] = self.side_file or None
