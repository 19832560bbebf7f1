"""One comparison while it goes on: cell by cell, each journaled when it ends, and on Ctrl-C what there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tuners.comparison import before
from tuners.comparison.cell import backend_of, not_deterministic, opened, outcome, problem_of
from tuners.comparison.conclusion import run_as, stamped
from tuners.comparison.heard import Heard
from tuners.comparison.messages import Messages
from tuners.comparison.session_journal import Opening, SessionJournal
from tuners.errors import TuningError, one_line
from tuners.execution.contract import Around
from tuners.report.summary import COMMANDS
from tuners.results.libraries import versions
from tuners.results.run import Run

if TYPE_CHECKING:
    from tuners.interface.bar import Bar
    from tuners.plan import Plan
    from tuners.results.cell import Cell
    from tuners.results.record import Record
    from tuners.store.journal import Journal
    from tuners.store.journal_contents import Entry
    from tuners.task.problem import Problem


class Sitting:
    """The state of one comparison that was begun in Python."""

    def __init__(self, plan: Plan, cells: Sequence[Cell], progress: Bar, command: str, own: Mapping[str, str]) -> None:
        """Begin without runs; `own` says what the user's own model and data are, beside the options."""
        self.plan, self.cells, self.progress = plan, list(cells), progress
        self.whole = self.cells
        self.messages = Messages()
        resuming = "--resume" if command.startswith(COMMANDS) else "resume=True"
        self.journal = SessionJournal(Path.cwd(), self.messages, resuming=resuming)
        self.runs: dict[str, Run] = {}
        """By cell, in order; without a result of those that were cut short or never began."""
        self.how = run_as(plan, command)
        self._own = own
        self._cut: Run | None = None

    @property
    def records(self) -> list[Record]:
        """The records of the cells that have ended."""
        return [run.record for run in self.runs.values()]

    @property
    def partial(self) -> str:
        """Say what is missing of the cells that were to run; empty if none is."""
        return f"{len(self.runs)} of {len(self.cells)} cells" if len(self.runs) < len(self.cells) else ""

    @cached_property
    def about(self) -> dict[str, Any]:
        """What a saved run says of machine, commit, libraries and call."""
        from pytest_benchmark.plugin import pytest_benchmark_generate_machine_info  # noqa: PLC0415  a second to load
        from pytest_benchmark.utils import get_commit_info  # noqa: PLC0415  loaded with the other one

        stamp = stamped(pytest_benchmark_generate_machine_info(), get_commit_info())
        return {**stamp, "libraries": versions(), "tuning": self.how}

    def begin_journal(self) -> Journal | None:
        """Return the journal, begun when it is first asked for; None where it cannot be written at all."""
        return self.journal.begun(lambda: Opening(self._said, self.about, [cell.id for cell in self.cells]))

    def finished(self) -> Mapping[str, Entry]:
        """Return the runs of the interrupted session that this one resumes, by cell."""
        return self.journal.finished

    @property
    def _said(self) -> dict[str, Any]:
        """All that a session must have in common with the one that it resumes."""
        return {**self.plan.given, **self._own}

    def run(self, say: Callable[[str], None]) -> None:
        """Run all cells; raise `TuningError` for bad input, before the first one.

        Ctrl-C ends it with the cells that have ended; where none has, it is raised.
        """
        try:
            if self.plan.resumed:
                self.journal.resume(self._said)
            before.prepare(self, say)
            for cell in self.cells:
                self._keep(cell, self._made(cell))
        except KeyboardInterrupt:
            if not self.runs:
                raise  # there is nothing to show; else `partial` says it
        finally:
            self.progress.close()
            self.journal.end(complete=not self.partial)

    def _made(self, cell: Cell) -> Run:
        """Return what came of a cell; a reason in its record where it could not run."""
        self.progress.begin(cell.id)
        try:
            problem = problem_of(self.plan, cell)
            return problem if isinstance(problem, Run) else self._measured(cell, problem)
        except TuningError as error:  # of this cell alone: others may be good, and those before it are
            return Run(replace(opened(self.plan, cell), status="failed", reason=one_line(error)), ())

    def _measured(self, cell: Cell, problem: Problem) -> Run:
        plan, finished = self.plan, self.finished()
        record = replace(opened(plan, cell), task=problem.model.task)
        test = {"name": record.cell, "fullname": record.cell, "group": f"{record.model}-{record.dataset}"}
        repeats = self.journal.repeats.get(cell.id, {})
        heard = Heard(self, record, test, plan.budget(cell.model, cell.tuner), repeats)
        job = replace(plan.job(cell.tuner, problem), finished=repeats)
        runs = backend_of(plan, cell, finished, Around())
        found = outcome(lambda: runs.run(job, heard), heard, self._cut_short)
        journal = self.begin_journal() if found.began and cell.id not in finished else None
        if journal is not None:
            journal.cell(found.run, test)
        return found.run

    def _cut_short(self, run: Run) -> None:
        """Keep what there is of a cell that was interrupted: its trials are shown, and it has no result."""
        self._cut = run

    @property
    def cut(self) -> list[Run]:
        """The run that was interrupted, if one was."""
        return [] if self._cut is None else [self._cut]

    def _keep(self, cell: Cell, run: Run) -> None:
        self.runs[cell.id] = replace(run, error=None)  # its frames hold the data
        if said := not_deterministic(run):
            self.messages.note(said)
