"""A session: the parts that it is made of, by name."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tuners.comparison.conclusion import run_as
from tuners.comparison.measured import Measured
from tuners.comparison.messages import Messages
from tuners.comparison.progress import Progress
from tuners.comparison.session_journal import Opening, SessionJournal
from tuners.errors import TuningError
from tuners.plan import Plan
from tuners.plugin import command_line
from tuners.plugin.attempts import Attempts
from tuners.plugin.benchmark import session as benchmark
from tuners.plugin.workers import Collected, Exchange
from tuners.results.cell import Cell
from tuners.results.libraries import versions
from tuners.results.record import Record
from tuners.results.shard import Share

if TYPE_CHECKING:
    from tuners.gate.verdict import Verdict
    from tuners.results.run import Run
    from tuners.store.journal import Journal
    from tuners.store.journal_contents import Entry

SESSION = pytest.StashKey["Session"]()
RECORD = pytest.StashKey[Record]()
"""On a test item: the record of its cell, until it is sent with the next test report."""


class Session:
    """The state of one pytest session."""

    def __init__(
        self,
        config: pytest.Config,
        progress: Progress,
        exchange: Exchange | None,
        start_late: Callable[[pytest.Config], None],
    ) -> None:
        """Begin without tests.

        `exchange` is there in a worker of pytest-xdist; `start_late` starts the comparison where no collected test was
        known to ask for `tune`, but one has got it.
        """
        self._config = config
        self._start_late = start_late
        self.progress = progress
        self.exchange = exchange
        self.messages = Messages()
        self.journal = SessionJournal(config.rootpath, self.messages, config.pluginmanager.get_plugins)
        self.measured = Measured(self.messages)
        self.attempts = Attempts(())
        self.wrong = ""
        """What is wrong with the ini file's options, in one line."""
        self.written: dict[str, int] = {}
        """By node id: how many tests that ask for `tune` are written before this one."""
        self.tests: Mapping[str, Cell | None] | None = None
        """By node id: the tests that ask for `tune`, in the order in which they are written; None if none does."""
        self.share: Share | None = None
        """Of a shard: what it has of the whole."""
        self.whole: Sequence[Cell] = ()
        """The cells of the comparison, in the order in which they are written: of a shard, those of all shards."""
        self.cut_short = False
        """Whether the session was stopped before its end."""
        self.verdicts: list[Verdict] = []
        """The gates'."""
        self._protocols: dict[tuple[str, str], str] = {}
        """By model and dataset: metric, folds, test rows and rows of the first cell, in words."""
        self.how: dict[str, Any] = {}
        """How the session was run, noted when a test asks for `tune`: command, options and threads."""

    @cached_property
    def plan(self) -> Plan:
        """What is compared, by the options and those of the ini file, which are not looked at before a test asks."""
        try:
            return Plan(command_line.read(self._config))
        except (TuningError, pytest.UsageError) as error:
            self.wrong = str(error)
            return Plan(command_line.read(self._config, ini=False))

    @cached_property
    def benchmarks(self) -> benchmark.NoBenchmarks:
        """pytest-benchmark's session; it has none yet while pytest configures its plugins."""
        return benchmark.of(self._config)

    def about(self) -> dict[str, Any]:
        """Return what a saved run says of machine, commit, libraries and command."""
        return {**self.benchmarks.about(), "libraries": versions(), "tuning": self.how}

    @property
    def begun(self) -> bool:
        """Whether a test asks for `tune`."""
        return self.tests is not None

    def begin(self, collected: Collected) -> None:
        """Take note of the tests that ask for `tune`."""
        self.tests = collected.tests
        self.attempts = Attempts(collected.tests)
        self.progress.cells = len(collected.tests)
        self.share, self.whole = collected.share, collected.whole or self.cells
        self.how = run_as(self.plan, shlex.join(["pytest", *map(str, self._config.invocation_params.args)]))
        if self.share is not None:
            self.how["shard"] = asdict(self.share)

    def require_begun(self) -> None:
        """Begin where no collected test was known to ask for `tune`; raise `TuningError` if that cannot be."""
        if not self.begun:
            self._start_late(self._config)

    @property
    def in_worker(self) -> bool:
        """Whether this process is a worker of pytest-xdist."""
        return hasattr(self._config, "workerinput")

    @property
    def cells(self) -> list[Cell]:
        """The cells of the tests, in the order in which they are written."""
        return [cell for cell in (self.tests or {}).values() if cell is not None]

    @property
    def records(self) -> list[Record]:
        """The records so far, in the order in which their tests are written, whatever the order in which they ran."""
        return self.attempts.records

    @property
    def partial(self) -> str:
        """Say what is there of the comparison if cells of it are missing, as they are of a shard; empty if none is."""
        if self.share is None:
            return self.missing
        return self.share.lacking(len(self.records)) if self.missing else self.share.whole

    @property
    def missing(self) -> str:
        """Say what is there of the cells that were to run; empty if none is missing."""
        whole, ended = self.progress.cells, len(self.records)
        if whole:
            return f"{ended} of {whole} cells" if ended < whole else ""
        # Under xdist only the workers know how many there are.
        return f"{ended} cells, then cut short" if self.cut_short else ""

    def forget(self, test: str) -> None:
        """Drop what an earlier attempt of a test has left, since the last one counts."""
        cell = self.attempts.forget(test)
        if cell is not None:
            self.measured.forget(cell, test)
            self.finished().pop(cell, None)
            self.journal.repeats.pop(cell, None)
            self.benchmarks.forget(test)

    def finished(self) -> dict[str, Entry]:
        """Return the runs of the interrupted session that this one resumes, by cell."""
        if self.in_worker and self.plan.resumed and self.exchange is not None:
            self.journal.take_finished(self.exchange.journal)
        return self.journal.finished

    def finished_repeats(self, cell: str) -> Mapping[int, Run]:
        """Return the good repeats, by number, of a cell that the interrupted session has not finished."""
        self.finished()
        return self.journal.repeats.get(cell, {})

    def require_same_protocol(self, model: str, dataset: str, protocol: str) -> None:
        """Raise `TuningError` for a cell of a model and a dataset that has another protocol than those before it."""
        first = self._protocols.setdefault((model, dataset), protocol)
        if first != protocol:
            message = (
                f"{model} on {dataset}: expected the protocol of this session's other cells ({first}), got {protocol}: "
                "unlike protocols are not compared: give the dataset another name, Dataset('NAME', ...)"
            )
            raise TuningError(message)

    def begin_journal(self) -> Journal | None:
        """Return the journal, begun when it is first asked for; None where it cannot be written at all."""
        if self.in_worker:
            return self.journal.join(self.exchange.journal if self.exchange is not None else lambda: None)
        return self.journal.begun(lambda: Opening(self.plan.given, self.about(), [cell.id for cell in self.cells]))

    def cannot_write(self, option: str, where: Path, error: OSError) -> None:
        """Keep as an error that a saved run cannot be written, with the remedy."""
        path = self.journal.path
        remedy = f": python -m tuners rebuild {path} --save FILE makes it from the journal" if path else ""
        self.messages.fail(f"{option}: {where} cannot be written: {error.strerror}{remedy}")
