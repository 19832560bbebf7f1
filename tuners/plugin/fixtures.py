"""The fixtures: `tune`, `tuner` and `problem`."""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from tuners.errors import (
    ElsewhereError,
    MissingExtraError,
    NotApplicableError,
    TuningError,
    UnavailableError,
    one_line,
    unwinds,
)
from tuners.plugin import tracebacks
from tuners.plugin.session import RECORD, SESSION, changed_data
from tuners.results.cell import Cell, dataset_name
from tuners.results.record import Record

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from tuners.evaluation.ledger import Listener
    from tuners.execution.measuring import Execution
    from tuners.objective import Tuner
    from tuners.results.budget import Budget
    from tuners.results.run import Run
    from tuners.results.trial import Trial
    from tuners.task.problem import Problem

    Tune = Callable[[str | Tuner, Problem], Run]


@pytest.fixture
def tuner(request: pytest.FixtureRequest) -> str:
    """Name the tuning method of this cell."""
    param: str | Cell = _param(request)
    return param.tuner if isinstance(param, Cell) else param


@pytest.fixture
def problem(request: pytest.FixtureRequest) -> Problem:
    """Load the problem of this cell, shared by all its tuners; skip where something optional is missing."""
    cell: Cell = _param(request)
    settings = request.config.stash[SESSION].settings
    record = Record(cell.model, dataset_name(cell.dataset), cell.tuner, cell.seed, metric=settings.protocol.metric)
    try:
        loaded: Problem = settings.problem(cell.model, cell.dataset, cell.seed)
    except (MissingExtraError, UnavailableError) as error:
        skip(request, record, str(error))
    except BaseException as error:
        if unwinds(error):
            raise
        # A model or dataset that cannot be loaded is a failed cell.
        fail(request, record, f"cannot be loaded: {one_line(error)}", error)
    return loaded


def _param(request: pytest.FixtureRequest) -> Any:
    if not hasattr(request, "param"):
        # Not a TuningError: where no test asks for `tune`, nothing of ours reduces it to its one line.
        pytest.fail(f"the fixture {request.fixturename!r} is for tests that ask for 'tune', too", pytrace=False)
    return request.param


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


class WithBenchmark(tracebacks.Reporter):
    """The `tune` fixture where pytest-benchmark is active.

    It asks for `benchmark` by name, so that `--benchmark-only` and `--benchmark-skip` see it.
    """

    @pytest.fixture
    def tune(self, request: pytest.FixtureRequest, benchmark: BenchmarkFixture) -> Tune:
        """Run and measure one tuner on one problem: `tune(tuner, problem) -> Run`."""
        return Runner(request, benchmark)


class WithoutBenchmark(tracebacks.Reporter):
    """The `tune` fixture under `-p no:benchmark`: the same table, nothing saved."""

    @pytest.fixture
    def tune(self, request: pytest.FixtureRequest) -> Tune:
        """Run and measure one tuner on one problem: `tune(tuner, problem) -> Run`."""
        return Runner(request, None)


class Stopwatch:
    """A timer for a benchmark whose seconds are measured elsewhere; it stands still until told."""

    __name__ = "Stopwatch"

    def __init__(self) -> None:
        """Stand at zero."""
        self.now = 0.0

    def __call__(self) -> float:
        """Return the seconds that it was told of so far."""
        return self.now


def _once(first: Callable[[], None], then: Callable[[], None]) -> Callable[[], None]:
    """Return a function that does one thing when it is first called, and another after that."""
    calls = itertools.chain([first], itertools.repeat(then))

    def call() -> None:
        next(calls)()

    return call


def _unheard(trials: Sequence[Trial], budget: Budget) -> None:
    """Listen to a run that is not recorded."""


def _contended() -> bool:
    """Whether other workers of pytest-xdist run cells at the same time."""
    return int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) > 1


class Runner:
    """What `tune` is: runs a cell under the benchmark, records it, and fails the test if it failed."""

    def __init__(self, request: pytest.FixtureRequest, benchmark: BenchmarkFixture | None) -> None:
        """Belong to one test."""
        self._request = request
        self._benchmark = benchmark
        self._used = False
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
        record = Record(problem.model.name, problem.dataset.name, name, problem.seed, metric=problem.protocol.metric)
        self._session.forget(self._request.node.nodeid)
        self._session.attempts.claim(record.cell, self._request.node.nodeid)
        self._session.progress.begin(record.cell)
        if self._benchmark is not None:
            # By these, --benchmark-group-by=param:tuner groups; the parameters themselves are objects of ours.
            named = {name: getattr(record, name) for name in ("model", "dataset", "tuner", "seed")}
            own = {"problem": f"{record.model}-{record.dataset}-{record.seed}", **named}
            self._benchmark.params = {**(self._benchmark.params or {}), **own}
        run = self._run(name, tuner, problem, record)
        if run.record.status == "skipped":
            if self._benchmark is not None:
                self._benchmark.has_error = True  # there is nothing to save
            skip(self._request, record, run.record.reason)
        error, run = run.error, replace(run, error=None)  # its frames hold the data
        self._session.runs[record.cell] = run
        if self._session.journal is not None and record.cell not in self._session.finished:
            self._session.journal.cell(run, self._test())
        if self._benchmark is not None:
            self._benchmark.extra_info.update(run.record.as_dict())
            self._session.extra_infos[self._request.node.nodeid] = self._benchmark.extra_info
        if not run.record.ok:
            fail(self._request, run.record, run.record.reason, error)
        self._request.node.stash[RECORD] = run.record
        return run

    def _run(self, name: str, tuner: str | Tuner, problem: Problem, record: Record) -> Run:
        """Take the run from the interrupted session, or run in a process of its own, or here."""
        from tuners.execution.speed import reference_seconds  # noqa: PLC0415  NumPy loads when a cell runs

        group = f"{record.model}-{record.dataset}"
        entry = self._session.finished.get(record.cell)
        if entry is not None:
            if entry.run.record.dataset_sha256 not in ("", problem.dataset.fingerprint()):
                raise TuningError(changed_data(problem.dataset.name))
            self._measure(lambda: self._stopwatch(entry.run.record.seconds or 0.0), group)
            return replace(entry.run, record=replace(entry.run.record, earlier=True))
        settings = self._session.settings
        budget = settings.budget(record.model, name)
        mood: dict[str, Any] = {"reference_seconds": reference_seconds(), "contended": _contended()}
        record = replace(record, **mood)
        heard: list[Trial] = []
        began = time.perf_counter()
        journal = self._session.journal  # begun before the clock: it asks for machine, commit and libraries
        if journal is not None:
            journal.begin(record, {**self._test(), "group": group})

        def listener(trials: Sequence[Trial], budget: Budget) -> None:
            heard[:] = trials
            self._session.progress.trial(trials, budget)
            if journal is not None:
                journal.trial(record.cell, len(trials) - 1, trials[-1])

        def prepare(listener: Listener) -> Execution:
            return self._execution(name, tuner, problem, budget, listener)

        try:
            if settings.limited:
                run = self._isolated(prepare, tuner, problem, record, budget=budget, listener=listener)
            else:
                execution = self._begin(lambda: prepare(listener), record)
                if journal is not None:
                    known = replace(record, default_test_score=execution.default_test_score)
                    journal.begin(known, {**self._test(), "group": group})

                def again() -> None:
                    # A run is made once: what pytest-benchmark calls again, to profile it, is another, unrecorded.
                    prepare(_unheard).search()

                self._measure(_once(execution.search, then=again), group)
                run = execution.finish()
        except pytest.fail.Exception as error:
            # Raised by another plugin while the run goes on, as by pytest-timeout's alarm.
            if RECORD in self._request.node.stash:
                raise  # ours
            from tuners.results.run import unfinished  # noqa: PLC0415  scikit-learn loads when a cell runs

            seconds = time.perf_counter() - began
            run = unfinished(record, heard, budget, status="failed", reason=one_line(error), seconds=seconds)
        except KeyboardInterrupt:
            # The trials made so far go into the side file, though the run has no result.
            from tuners.results.run import unfinished  # noqa: PLC0415  scikit-learn loads when a cell runs

            self._session.runs[record.cell] = unfinished(record, heard, budget, status="failed", reason="interrupted")
            # Raised anew: frames of a library may have no line number (CPython 3.11), on which pytest's own report
            # of the interrupt would break.
            raise KeyboardInterrupt from None
        return replace(run, record=replace(run.record, **mood))

    def _isolated(
        self,
        prepare: Callable[[Listener], Execution],
        tuner: str | Tuner,
        problem: Problem,
        record: Record,
        *,
        budget: Budget,
        listener: Listener,
    ) -> Run:
        """Run in a process of its own; a run that had to be killed has its trials and no score."""
        from tuners.execution.forked import isolated  # noqa: PLC0415  loaded where it is asked for
        from tuners.results.run import unfinished  # noqa: PLC0415  scikit-learn loads when a cell runs

        self._begin(lambda: self._method(tuner), record)  # what it imports is loaded here, once
        began = time.perf_counter()
        known = isolated(prepare, budget, listener, lambda error: tracebacks.elsewhere(error, self._request.node))
        self._session.imported |= known.imported
        error = known.error
        if error is not None:

            def begun() -> NoReturn:
                raise error

            self._begin(begun, record)
        if known.default_test_score is not None:
            vars(problem)["default_test_score"] = known.default_test_score  # cached: not fitted again in each process
        run = known.run
        if run is None:
            seconds = time.perf_counter() - began
            run = unfinished(
                record, known.trials, budget, status=known.status, reason=known.reason,
                seconds=seconds, default_test_score=known.default_test_score,
            )  # fmt: skip
        self._measure(lambda: self._stopwatch(run.record.seconds or 0.0), f"{record.model}-{record.dataset}")
        return run

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

    def _method(self, tuner: str | Tuner) -> Tuner:
        return self._session.settings.tuner(tuner) if isinstance(tuner, str) else tuner

    def _execution(
        self, name: str, tuner: str | Tuner, problem: Problem, budget: Budget, listener: Listener
    ) -> Execution:
        from tuners.execution.measuring import Execution  # noqa: PLC0415  scikit-learn loads when a cell runs

        settings = self._session.settings
        return Execution(
            name,
            self._method(tuner),
            problem,
            budget,
            jobs=settings.jobs,
            evaluation=settings.evaluation,
            listener=listener,
        )

    def _begin(self, prepare: Callable[[], Any], record: Record) -> Any:
        """Load the method and fit the untuned model; skip or fail the cell where that cannot be done."""
        try:
            return prepare()
        except (MissingExtraError, NotApplicableError) as error:
            self._spend()
            skip(self._request, record, str(error))
        except TuningError:
            self._spend()
            raise
        except BaseException as error:
            if unwinds(error):
                raise
            # The user's estimator, or a library that cannot be imported.
            self._spend()
            fail(self._request, record, f"the run cannot begin: {one_line(error)}", error)

    def _measure(self, search: Callable[[], None], group: str) -> None:
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
