"""The fixtures: `tune`, `tuner` and `problem`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import pytest

from tuners.errors import MissingExtraError, TuningError, UnavailableError, one_line
from tuners.plugin.session import RECORD, SESSION
from tuners.plugin.settings import Cell, dataset_name
from tuners.record import Record

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from tuners.problem import Problem
    from tuners.run import Run, Tuner

    Tune = Callable[[str | Tuner, Problem], Run]


@pytest.fixture
def tuner(request: pytest.FixtureRequest) -> str:
    """Name the tuning method of this cell."""
    param: str | Cell = request.param
    return param.tuner if isinstance(param, Cell) else param


@pytest.fixture
def problem(request: pytest.FixtureRequest) -> Problem:
    """Load the problem of this cell, shared by all its tuners; skip where something optional is missing."""
    cell: Cell = request.param
    settings = request.config.stash[SESSION].settings
    try:
        loaded: Problem = settings.problem(cell.model, cell.dataset, cell.seed)
    except (MissingExtraError, UnavailableError) as error:
        record = Record(cell.model, dataset_name(cell.dataset), cell.tuner, cell.seed)
        skip(request, replace(record, metric=settings.protocol.metric), error)
    return loaded


def skip(request: pytest.FixtureRequest, record: Record, reason: Exception) -> NoReturn:
    """Skip the cell, with its reason in the table."""
    request.node.stash[RECORD] = replace(record, status="skipped", reason=str(reason))
    pytest.skip(str(reason))


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
        self._session = request.config.stash[SESSION]

    def __call__(self, tuner: str | Tuner, problem: Problem) -> Run:
        """Measure a method, by name or as a function, on a problem; return the run."""
        from tuners.run import Execution  # noqa: PLC0415  scikit-learn loads when a cell runs

        session, settings = self._session, self._session.settings
        name = tuner if isinstance(tuner, str) else tuner.__name__
        record = Record(problem.model.name, problem.dataset.name, name, problem.seed, metric=problem.protocol.metric)
        try:
            method = settings.tuner(tuner) if isinstance(tuner, str) else tuner
        except MissingExtraError as error:
            skip(self._request, record, error)
        budget = settings.budget(problem.model.name, name)
        session.progress.begin(record.cell)
        try:
            execution = Execution(
                name, method, problem, budget, jobs=settings.jobs, listener=session.progress.trial
            )
        except TuningError:
            raise
        except Exception as error:  # noqa: BLE001  the untuned model cannot be fitted: a failed cell
            reason = f"the untuned model cannot be fitted: {one_line(error)}"
            self._fail(replace(record, status="failed", reason=reason))
        self._measure(execution.search, f"{problem.model.name}-{problem.dataset.name}")
        run = execution.finish()
        session.runs[run.record.cell] = run
        if self._benchmark is not None:
            self._benchmark.extra_info.update(run.record.as_dict())
            session.extra_infos.append(self._benchmark.extra_info)
        if not run.record.ok:
            self._fail(run.record)
        self._request.node.stash[RECORD] = run.record
        return run

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

    def _fail(self, record: Record) -> NoReturn:
        self._request.node.stash[RECORD] = record
        pytest.fail(f"{record.cell}: {record.reason}", pytrace=False)
