"""What the fixture `tune` is: measures one cell, records it, and fails the test if it failed."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import pytest

from tuners.errors import (
    ClusterLostError,
    ElsewhereError,
    MissingExtraError,
    NotApplicableError,
    TuningError,
    one_line,
    unwinds,
)
from tuners.plugin import tracebacks
from tuners.plugin.clustering import CLUSTERING
from tuners.plugin.heard import Heard
from tuners.plugin.session import RECORD, SESSION
from tuners.results.record import Record

if TYPE_CHECKING:
    from tuners.execution.contract import Backend
    from tuners.objective import Tuner
    from tuners.plan import Job
    from tuners.plugin.benchmark.fixture import NoTimer
    from tuners.results.run import Run
    from tuners.task.problem import Problem


def skip(request: pytest.FixtureRequest, record: Record, reason: str) -> NoReturn:
    """Skip the cell, with its reason in the table."""
    request.node.stash[RECORD] = replace(record, status="skipped", reason=reason)
    pytest.skip(reason)


def fail(request: pytest.FixtureRequest, record: Record, reason: str, error: BaseException | None = None) -> NoReturn:
    """Fail the cell, with its reason in the table: by what the user's code has raised, else in one line."""
    record = replace(record, status=record.status if record.failed else "failed", reason=reason)
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
            skip(self._request, record, run.record.reason)
        error, run = run.error, replace(run, error=None)  # its frames hold the data
        journal = session.begin_journal()
        if journal is not None and not self._written and record.cell not in session.finished():
            journal.cell(run, self._timer.describe())
        session.measured.keep(run, test, self._timer.keep(run.record))
        if not run.record.ok:
            fail(self._request, run.record, run.record.reason, error)
        self._request.node.stash[RECORD] = run.record
        if run.record.real is not None and not run.record.real.alike:
            session.messages.note(
                f"{name} is not deterministic with a seed: expected the same trials twice, got others: its figures "
                "cannot be made again: draw all of its random numbers from the seed that it is given"
            )
        return run

    def _run(self, job: Job, record: Record) -> Run:
        """Make the run; skip or fail the cell where it cannot begin, keep what there is where it is interrupted."""
        session, timer = self._session, self._timer
        group = f"{record.model}-{record.dataset}"
        budget = session.plan.budget(job.cell.model, job.cell.tuner)
        finished = session.finished_repeats(record.cell)
        job = replace(job, finished=finished)
        test = {**timer.describe(), "group": group}
        heard = Heard(session, record, test, budget, finished, progress=session.progress)
        began = time.perf_counter()
        clustering = self._request.config.stash.get(CLUSTERING, None)
        early = None if clustering is None else clustering.early(job)
        if early is not None:
            self._written = True
            timer.took(early.times, group)
            return early
        try:
            run = self._backend(job, record.cell, group).run(job, heard)
        except (MissingExtraError, NotApplicableError) as error:
            timer.spend()
            skip(self._request, record, str(error))
        except TuningError:
            timer.spend()
            raise
        except pytest.fail.Exception as error:
            # Raised by another plugin while the run goes on, as by pytest-timeout's alarm.
            seconds = time.perf_counter() - began
            return heard.cut_short(one_line(error), ended=True, seconds=seconds)
        except (KeyboardInterrupt, ClusterLostError) as error:
            # The trials made so far go into the side file, though the run has no result.
            run = heard.cut_short("interrupted", ended=False)
            session.measured.keep(run, self._request.node.nodeid, None)
            if isinstance(error, ClusterLostError):
                pytest.exit(f"--tuning-cluster={error}", returncode=pytest.ExitCode.INTERRUPTED)
            # Raised anew: frames of a library may have no line number (CPython 3.11), on which pytest's own report
            # of the interrupt would break.
            raise KeyboardInterrupt from None
        except BaseException as error:
            if unwinds(error) or heard.searching:
                raise
            # The user's estimator, or a library that cannot be imported.
            timer.spend()
            fail(self._request, heard.record, f"the run cannot begin: {one_line(error)}", error)
        if not timer.used:  # its seconds were taken elsewhere
            timer.took(run.times, group)
        return run

    def _backend(self, job: Job, cell: str, group: str) -> Backend:
        from tuners.execution.contract import Around, backend  # noqa: PLC0415  scikit-learn loads when a cell runs
        from tuners.execution.resumed import Resumed  # noqa: PLC0415  loaded when a cell runs

        plan, finished = self._session.plan, self._session.finished()
        if cell in finished:
            return Resumed(plan, {job.cell.id: finished[cell].run})
        clustering = self._request.config.stash.get(CLUSTERING, None)
        around = Around(
            timed=lambda rounds: self._timer.time(rounds, group),
            explain=lambda error: tracebacks.elsewhere(error, self._request.node),
            contended=int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) > 1,
            cluster=None if clustering is None else clustering.cluster,
        )
        return backend(plan.backend, plan, around)
