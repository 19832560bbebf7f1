"""What the fixture `tune` is: measures one cell, records it, and fails the test if it failed."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import pytest

from tuners.comparison.cell import backend_of, not_deterministic, outcome
from tuners.comparison.heard import Heard
from tuners.errors import ClusterLostError, ElsewhereError, TuningError, one_line
from tuners.plugin import tracebacks
from tuners.plugin.clustering import CLUSTERING
from tuners.plugin.session import RECORD, SESSION
from tuners.results.record import Record

if TYPE_CHECKING:
    from tuners.execution.contract import Around
    from tuners.objective import Tuner
    from tuners.plan import Job
    from tuners.plugin.benchmark.fixture import NoTimer
    from tuners.results.run import Run
    from tuners.task.problem import Problem


def skip(request: pytest.FixtureRequest, record: Record) -> NoReturn:
    """Skip the cell, with its reason in the table."""
    request.node.stash[RECORD] = record
    pytest.skip(record.reason)


def fail(request: pytest.FixtureRequest, record: Record, error: BaseException | None) -> NoReturn:
    """Fail the cell, with its reason in the table: by what the user's code has raised, else in one line."""
    request.node.stash[RECORD] = record
    line = f"{record.cell}: {record.reason}"
    if error is not None and tracebacks.shows(error):
        request.node.stash[tracebacks.FAILURE] = tracebacks.Failure(line, getattr(error, "shown", None))
        if not isinstance(error, ElsewhereError):
            raise tracebacks.raised(error, line)
    pytest.fail(line, pytrace=False)


class Tune:
    """Measures the cell of one test: `tune(tuner, problem) -> Run`."""

    def __init__(self, request: pytest.FixtureRequest, timer: NoTimer) -> None:
        """Belong to one test."""
        self._request = request
        self._timer = timer
        self._used = False
        self._written = False
        """Whether the run is in the journal already."""
        self._session = request.config.stash[SESSION]
        self._session.require_begun()

    def __call__(self, tuner: str | Tuner, problem: Problem) -> Run:
        """Measure a method, by name or as a function, on a problem; return the run."""
        name = tuner if isinstance(tuner, str) else getattr(tuner, "__name__", "")
        if not name:
            message = f"tune: expected a tuner's name or a function, got {tuner!r}: give it a name with def"
            raise TuningError(message)
        if self._used:
            message = "tune was called twice in one test: parametrize the test instead, one run in each"
            raise TuningError(message)
        self._used = True
        session, test = self._session, self._request.node.nodeid
        record = Record(
            problem.model.name, problem.dataset.name, name, problem.seed, metric=problem.metric, task=problem.model.task
        )
        session.require_same_protocol(problem.model.name, problem.dataset.name, f"{record.metric}, {problem.splitting}")
        session.forget(test)
        session.attempts.claim(record.cell, test)
        session.progress.begin(record.cell)
        self._timer.name(record)
        run = self._run(session.plan.job(tuner, problem), record)
        if run.record.status == "skipped":
            self._timer.skip()
            skip(self._request, replace(record, status="skipped", reason=run.record.reason))
        error, run = run.error, replace(run, error=None)  # its frames hold the data
        journal = session.begin_journal()
        if journal is not None and not self._written and record.cell not in session.finished():
            journal.cell(run, self._timer.describe())
        session.measured.keep(run, test, self._timer.keep(run.record))
        if not run.record.ok:
            fail(self._request, run.record, error)
        self._request.node.stash[RECORD] = run.record
        if said := not_deterministic(run):
            session.messages.note(said)
        return run

    def _run(self, job: Job, record: Record) -> Run:
        """Make the run; skip or fail the cell where it cannot begin, keep what there is where it is interrupted."""
        session, timer = self._session, self._timer
        group = f"{record.model}-{record.dataset}"
        budget = session.plan.budget(job.cell.model, job.cell.tuner)
        finished = session.finished_repeats(record.cell)
        job = replace(job, finished=finished)
        test = {**timer.describe(), "group": group}
        heard = Heard(session, record, test, budget, finished)
        clustering = self._request.config.stash.get(CLUSTERING, None)
        early = None if clustering is None else clustering.early(job)
        if early is not None:
            self._written = True
            timer.took(early.times, group)
            return early
        began, stopped = time.perf_counter(), False

        def make() -> Run:
            nonlocal stopped
            try:
                runs = backend_of(session.plan, job.cell, session.finished(), self._around(group))
                return runs.run(job, heard)
            except pytest.fail.Exception as error:
                # Raised by another plugin while the run goes on, as by pytest-timeout's alarm.
                stopped = True
                return heard.cut_short(one_line(error), ended=True, seconds=time.perf_counter() - began)

        try:
            # On Ctrl-C, the trials made so far go into the side file.
            found = outcome(make, heard, lambda run: session.measured.keep(run, self._request.node.nodeid, None))
        except TuningError:
            timer.spend()
            raise
        except ClusterLostError as error:
            pytest.exit(f"--tuning-cluster={error}", returncode=pytest.ExitCode.INTERRUPTED)
        run = found.run
        if not found.began:
            timer.spend()
            if run.record.status == "skipped":
                skip(self._request, run.record)
            fail(self._request, run.record, run.error)
        if not timer.used and not stopped:  # its seconds were taken elsewhere
            timer.took(run.times, group)
        return run

    def _around(self, group: str) -> Around:
        """Return what a backend gets of the test."""
        from tuners.execution.contract import Around  # noqa: PLC0415  scikit-learn loads when a cell runs

        clustering = self._request.config.stash.get(CLUSTERING, None)
        return Around(
            timed=lambda rounds: self._timer.time(rounds, group),
            explain=lambda error: tracebacks.elsewhere(error, self._request.node),
            contended=int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) > 1,
            cluster=None if clustering is None else clustering.cluster,
        )
