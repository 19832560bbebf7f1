"""The fixtures: `tune`, `tuner` and `problem`."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from tuners.errors import MissingExtraError, TuningError, UnavailableError, one_line
from tuners.plugin.cells import Cell, dataset_name
from tuners.plugin.session import RECORD, SESSION
from tuners.record import Record

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from tuners.problem import Problem
    from tuners.run import Execution, Run, Tuner

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
        skip(request, record, error)
    except Exception as error:  # noqa: BLE001  a model or dataset that cannot be loaded is a failed cell
        fail(request, record, f"cannot be loaded: {one_line(error)}")
    return loaded


def _param(request: pytest.FixtureRequest) -> Any:
    if not hasattr(request, "param"):
        message = f"the fixture {request.fixturename!r} is for tests that ask for 'tune', too"
        raise TuningError(message)
    return request.param


def skip(request: pytest.FixtureRequest, record: Record, reason: Exception) -> NoReturn:
    """Skip the cell, with its reason in the table."""
    request.node.stash[RECORD] = replace(record, status="skipped", reason=str(reason))
    pytest.skip(str(reason))


def fail(request: pytest.FixtureRequest, record: Record, reason: str) -> NoReturn:
    """Fail the cell in one line, with its reason in the table."""
    record = replace(record, status="failed", reason=reason)
    request.node.stash[RECORD] = record
    pytest.fail(f"{record.cell}: {reason}", pytrace=False)


class WithBenchmark:
    """The `tune` fixture where pytest-benchmark is active.

    It asks for `benchmark` by name, so that `--benchmark-only` and `--benchmark-skip` see it.
    """

    @pytest.fixture
    def tune(self, request: pytest.FixtureRequest, benchmark: BenchmarkFixture) -> Tune:
        """Run and measure one tuner on one problem: `tune(tuner, problem) -> Run`."""
        return Runner(request, benchmark)


class WithoutBenchmark:
    """The `tune` fixture under `-p no:benchmark`: the same table, nothing saved."""

    @pytest.fixture
    def tune(self, request: pytest.FixtureRequest) -> Tune:
        """Run and measure one tuner on one problem: `tune(tuner, problem) -> Run`."""
        return Runner(request, None)


class Runner:
    """What `tune` is: runs a cell under the benchmark, records it, and fails the test if it failed."""

    def __init__(self, request: pytest.FixtureRequest, benchmark: BenchmarkFixture | None) -> None:
        """Belong to one test."""
        self._request = request
        self._benchmark = benchmark
        self._used = False
        self._session = request.config.stash[SESSION]

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
        self._session.progress.begin(record.cell)
        execution = self._prepare(name, tuner, problem, record)
        try:
            self._measure(execution.search, f"{record.model}-{record.dataset}")
        except KeyboardInterrupt:
            # The trials made so far go into the side file, though the run has no result.
            self._session.runs[record.cell] = execution.interrupted(record)
            # Raised anew: frames of a library may have no line number (CPython 3.11), on which pytest's own report
            # of the interrupt would break.
            raise KeyboardInterrupt from None
        run = execution.finish()
        self._session.runs[record.cell] = run
        if self._benchmark is not None:
            self._benchmark.extra_info.update(run.record.as_dict())
            self._session.extra_infos.append(self._benchmark.extra_info)
        if not run.record.ok:
            fail(self._request, run.record, run.record.reason)
        self._request.node.stash[RECORD] = run.record
        return run

    def _prepare(self, name: str, tuner: str | Tuner, problem: Problem, record: Record) -> Execution:
        """Load the method and fit the untuned model; skip or fail the cell where that cannot be done."""
        from tuners.run import Execution  # noqa: PLC0415  scikit-learn loads when a cell runs

        settings = self._session.settings
        try:
            method = settings.tuner(tuner) if isinstance(tuner, str) else tuner
            return Execution(
                name,
                method,
                problem,
                settings.budget(record.model, name),
                jobs=settings.jobs,
                evaluation=settings.evaluation,
                listener=self._session.progress.trial,
            )
        except MissingExtraError as error:
            self._spend()
            skip(self._request, record, error)
        except TuningError:
            self._spend()
            raise
        except Exception as error:  # noqa: BLE001  the user's estimator, or a library that cannot be imported
            self._spend()
            fail(self._request, record, f"the run cannot begin: {one_line(error)}")

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
