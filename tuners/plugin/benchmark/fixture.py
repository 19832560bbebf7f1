"""pytest-benchmark's fixture: the time of one cell, and what is saved with it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from tuners.results.record import Record


class Stopwatch:
    """A timer for a benchmark whose seconds are measured elsewhere; it stands still until told."""

    __name__ = "Stopwatch"

    def __init__(self) -> None:
        """Stand at zero."""
        self.now = 0.0

    def __call__(self) -> float:
        """Return the seconds that it was told of so far."""
        return self.now


def measure_elsewhere(item: pytest.Item) -> None:
    """Let the seconds of a test's benchmark be told to its timer, since another process measures them."""
    marker = item.get_closest_marker("benchmark")
    options = {**(marker.kwargs if marker else {}), "timer": Stopwatch()}
    item.add_marker(pytest.mark.benchmark(**options), append=False)


class _NothingToTimeError(Exception):
    """Ends a benchmark before it has a time."""


class NoTimer:
    """The time of a cell where pytest-benchmark is not active."""

    def __init__(self, node: pytest.Item) -> None:
        """Belong to one test."""
        self._node = node
        self.used = False
        """Whether something was timed."""

    @property
    def group(self) -> str | None:
        """The group that the test is listed in."""
        return None

    def describe(self) -> dict[str, Any]:
        """Return what a saved run says of the test, besides its figures."""
        node = self._node
        param = node.callspec.id if hasattr(node, "callspec") else None
        return {"name": node.name, "fullname": node.nodeid, "param": param, "group": self.group}

    def name(self, record: Record) -> None:
        """Name the cell: by these names, --benchmark-group-by=param:tuner groups."""

    def time(self, search: Callable[[], None], group: str) -> None:  # noqa: ARG002  there are no groups
        """Call a search, and take its time."""
        self.used = True
        search()

    def took(self, seconds: float, group: str) -> None:  # noqa: ARG002  nothing shows it
        """Take a time that was measured elsewhere."""
        self.used = True

    def spend(self) -> None:
        """End without a time, since an unused benchmark is warned of."""

    def skip(self) -> None:
        """Save nothing."""

    def keep(self, record: Record) -> dict[str, Any] | None:  # noqa: ARG002  nothing is saved
        """Save a record with the time; return the dictionary that will be saved."""
        return None


class Timer(NoTimer):
    """The time of a cell, taken by pytest-benchmark."""

    def __init__(self, node: pytest.Item, benchmark: BenchmarkFixture) -> None:
        """Belong to one test."""
        super().__init__(node)
        self._benchmark = benchmark

    @property
    def group(self) -> str | None:
        """The group that the test is listed in."""
        group: str | None = self._benchmark.group
        return group

    def name(self, record: Record) -> None:
        """Name the cell: by these names, --benchmark-group-by=param:tuner groups."""
        # The test's parameters themselves are objects of ours.
        named = {name: getattr(record, name) for name in ("model", "dataset", "tuner", "seed")}
        own = {"problem": f"{record.model}-{record.dataset}-{record.seed}", **named}
        self._benchmark.params = {**(self._benchmark.params or {}), **own}

    def time(self, search: Callable[[], None], group: str) -> None:
        """Call a search as a benchmark of one round."""
        self.used = True
        if self._benchmark.group is None:
            self._benchmark.group = group
        try:
            self._benchmark.pedantic(search, rounds=1, iterations=1)
        except BaseException:
            # An interrupt: a benchmark without a time would lose the whole save.
            self._benchmark.has_error = True
            raise

    def took(self, seconds: float, group: str) -> None:
        """Take a time that was measured elsewhere, by the timer that the test was given for it."""
        marker = self._node.get_closest_marker("benchmark")
        timer = marker.kwargs.get("timer") if marker is not None else None

        def run_on() -> None:
            if isinstance(timer, Stopwatch):
                timer.now += seconds

        self.time(run_on, group)

    def spend(self) -> None:
        """End without a time, since an unused benchmark is warned of."""

        def nothing() -> None:
            raise _NothingToTimeError

        with contextlib.suppress(_NothingToTimeError):
            self._benchmark.pedantic(nothing, rounds=1, iterations=1)

    def skip(self) -> None:
        """Save nothing."""
        self._benchmark.has_error = True

    def keep(self, record: Record) -> dict[str, Any] | None:
        """Save a record with the time; return the dictionary that will be saved."""
        self._benchmark.extra_info.update(record.as_dict())
        extra_info: dict[str, Any] = self._benchmark.extra_info
        return extra_info
