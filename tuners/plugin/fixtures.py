"""The fixtures: `tune`, `tuner` and `problem`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tuners.comparison.cell import problem_of
from tuners.plugin import tracebacks
from tuners.plugin.benchmark.fixture import NoTimer, Timer
from tuners.plugin.session import SESSION
from tuners.plugin.tune import Tune, fail, skip
from tuners.results.cell import Cell
from tuners.results.run import Run

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from tuners.task.problem import Problem


@pytest.fixture
def tuner(request: pytest.FixtureRequest) -> str:
    """Name the tuning method of this cell."""
    param: str | Cell = _param(request)
    return param.tuner if isinstance(param, Cell) else param


@pytest.fixture
def problem(request: pytest.FixtureRequest) -> Problem:
    """Load the problem of this cell, shared by all its tuners; skip where something optional is missing."""
    found = problem_of(request.config.stash[SESSION].plan, _param(request))
    if isinstance(found, Run):
        if found.record.status == "skipped":
            skip(request, found.record)
        fail(request, found.record, found.error)
    return found


def _param(request: pytest.FixtureRequest) -> Any:
    if not hasattr(request, "param"):
        # Not a TuningError: where no test asks for `tune`, nothing of ours reduces it to its one line.
        pytest.fail(f"the fixture {request.fixturename!r} is for tests that ask for 'tune', too", pytrace=False)
    return request.param


class WithBenchmark(tracebacks.Reporter):
    """The `tune` fixture where pytest-benchmark is active.

    It asks for `benchmark` by name, so that `--benchmark-only` and `--benchmark-skip` see it.
    """

    @pytest.fixture
    def tune(self, request: pytest.FixtureRequest, benchmark: BenchmarkFixture) -> Tune:
        """Run and measure one tuner on one problem: `tune(tuner, problem) -> Run`."""
        return Tune(request, Timer(request.node, benchmark))


class WithoutBenchmark(tracebacks.Reporter):
    """The `tune` fixture under `-p no:benchmark`: the same table, nothing saved."""

    @pytest.fixture
    def tune(self, request: pytest.FixtureRequest) -> Tune:
        """Run and measure one tuner on one problem: `tune(tuner, problem) -> Run`."""
        return Tune(request, NoTimer(request.node))
