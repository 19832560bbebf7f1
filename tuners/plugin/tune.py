"""What the fixture `tune` is: measures one cell, records it, and fails the test if it failed."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from tuners.errors import (
    ElsewhereError,
    MissingExtraError,
    NotApplicableError,
    TuningError,
    one_line,
    unwinds,
)
from tuners.plugin import tracebacks
from tuners.plugin.heard import Heard
from tuners.plugin.session import RECORD, SESSION
from tuners.results.record import Record

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from tuners.execution.contract import Backend
    from tuners.objective import Tuner
    from tuners.plan import Job
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


class Stopwatch:
    """A timer for a benchmark whose seconds are measured elsewhere; it stands still until told."""

    __name__ = "Stopwatch"

    def __init__(self) -> None:
        """Stand at zero."""
        self.now = 0.0

    def __call__(self) -> float:
        """Return the seconds that it was told of so far."""
        return self.now


class Tune:
    """Measures the cell of one test: `tune(tuner, problem) -> Run`."""

    def __init__(self, request: pytest.FixtureRequest, benchmark: BenchmarkFixture | None) -> None:
        """Belong to one test."""
        self._request = request
        self._benchmark = benchmark
        self._used = False
        self._timed = False
        self._session = request.config.stash[SESSION]
        if not self._session.begun:
            from tuners.plugin import beginning  # noqa: PLC0415  it imports this module

            beginning.late(request.config)

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
        record = Record(problem.model.name, problem.dataset.name, name, problem.seed, metric=problem.protocol.metric)
        session.forget(test)
        session.attempts.claim(record.cell, test)
        session.progress.begin(record.cell)
        if self._benchmark is not None:
            # By these, --benchmark-group-by=param:tuner groups; the parameters themselves are objects of ours.
            named = {name: getattr(record, name) for name in ("model", "dataset", "tuner", "seed")}
            own = {"problem": f"{record.model}-{record.dataset}-{record.seed}", **named}
            self._benchmark.params = {**(self._benchmark.params or {}), **own}
        run = self._run(session.settings.job(tuner, problem), record)
        if run.record.status == "skipped":
            if self._benchmark is not None:
                self._benchmark.has_error = True  # there is nothing to save
            skip(self._request, record, run.record.reason)
        error, run = run.error, replace(run, error=None)  # its frames hold the data
        session.runs[record.cell] = run
        if session.journal is not None and record.cell not in session.finished:
            session.journal.cell(run, self._test())
        if self._benchmark is not None:
            self._benchmark.extra_info.update(run.record.as_dict())
            session.extra_infos[test] = self._benchmark.extra_info
        if not run.record.ok:
            fail(self._request, run.record, run.record.reason, error)
        self._request.node.stash[RECORD] = run.record
        return run

    def _run(self, job: Job, record: Record) -> Run:
        """Make the run; skip or fail the cell where it cannot begin, keep what there is where it is interrupted."""
        from tuners.results.run import unfinished  # noqa: PLC0415  NumPy loads when a cell runs

        group = f"{record.model}-{record.dataset}"
        budget = self._session.settings.budget(job.cell.model, job.cell.tuner)
        heard = Heard(self._session, record, {**self._test(), "group": group}, budget)
        began = time.perf_counter()
        try:
            run = self._backend(record.cell, group).run(job, heard)
        except (MissingExtraError, NotApplicableError) as error:
            self._spend()
            skip(self._request, record, str(error))
        except TuningError:
            self._spend()
            raise
        except pytest.fail.Exception as error:
            # Raised by another plugin while the run goes on, as by pytest-timeout's alarm.
            seconds = time.perf_counter() - began
            return unfinished(
                heard.record, heard.trials, budget, status="failed", reason=one_line(error), seconds=seconds
            )
        except KeyboardInterrupt:
            # The trials made so far go into the side file, though the run has no result.
            run = unfinished(heard.record, heard.trials, budget, status="failed", reason="interrupted")
            self._session.runs[record.cell] = run
            # Raised anew: frames of a library may have no line number (CPython 3.11), on which pytest's own report
            # of the interrupt would break.
            raise KeyboardInterrupt from None
        except BaseException as error:
            if unwinds(error) or heard.searching:
                raise
            # The user's estimator, or a library that cannot be imported.
            self._spend()
            fail(self._request, heard.record, f"the run cannot begin: {one_line(error)}", error)
        if not self._timed:  # its seconds were taken elsewhere
            self._time(lambda: self._stopwatch(run.record.seconds or 0.0), group)
        return run

    def _backend(self, cell: str, group: str) -> Backend:
        from tuners.execution.contract import Around, backend  # noqa: PLC0415  scikit-learn loads when a cell runs
        from tuners.execution.resumed import Resumed  # noqa: PLC0415  as above

        plan, finished = self._session.settings, self._session.finished
        if cell in finished:
            return Resumed(plan, {cell: finished[cell].run})
        around = Around(
            timed=lambda search: self._time(search, group),
            explain=lambda error: tracebacks.elsewhere(error, self._request.node),
            contended=int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) > 1,
        )
        return backend(plan.backend, plan, around)

    def _stopwatch(self, seconds: float) -> None:
        """Tell the benchmark's timer how long it took."""
        marker = self._request.node.get_closest_marker("benchmark")
        if marker is not None and isinstance(marker.kwargs.get("timer"), Stopwatch):
            marker.kwargs["timer"].now += seconds

    def _test(self) -> dict[str, Any]:
        """Return what pytest-benchmark says of this test, besides its figures."""
        node = self._request.node
        group = self._benchmark.group if self._benchmark is not None else None
        param = node.callspec.id if hasattr(node, "callspec") else None
        return {"name": node.name, "fullname": node.nodeid, "param": param, "group": group}

    def _time(self, search: Callable[[], None], group: str) -> None:
        self._timed = True
        if self._benchmark is None:
            search()
            return
        if self._benchmark.group is None:
            self._benchmark.group = group
        try:
            self._benchmark.pedantic(search, rounds=1, iterations=1)
        except BaseException:
            # An interrupt: a benchmark without a time would lose the whole save.
            self._benchmark.has_error = True
            raise

    def _spend(self) -> None:
        """Use the benchmark up without a time, since pytest-benchmark warns of an unused one."""
        if self._benchmark is not None:
            with contextlib.suppress(ZeroDivisionError):
                self._benchmark.pedantic(lambda: 1 // 0, rounds=1, iterations=1)
