"""pytest-benchmark's fixture: the time of one cell, and what is saved with it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from tuners.execution.contract import Rounds
    from tuners.results.record import Record


class _NothingToTimeError(Exception):
    """Ends a benchmark before it has a time."""


def _make(rounds: Rounds) -> None:
    from tuners.execution.contract import call  # noqa: PLC0415  scikit-learn loads when a cell runs

    call(rounds)


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

    def time(self, rounds: Rounds, group: str) -> None:  # noqa: ARG002  there are no groups
        """Make the rounds, and take their times."""
        self.used = True
        _make(rounds)

    def took(self, seconds: Sequence[float], group: str) -> None:  # noqa: ARG002  nothing shows it
        """Take the times of rounds that were measured elsewhere."""
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

    def time(self, rounds: Rounds, group: str) -> None:
        """Make the rounds of a benchmark, and take their times."""
        if self._benchmark.disabled:
            # It would make one round.
            self._pedantic(group, partial(_make, rounds))
            return
        self._pedantic(group, rounds.search, setup=rounds.prepare, teardown=rounds.done, rounds=rounds.count)
        times = self._benchmark.stats.stats.data
        times[:] = [*rounds.earlier, *times[: rounds.made]]

    def took(self, seconds: Sequence[float], group: str) -> None:
        """Take the times of rounds that were measured elsewhere."""
        self._pedantic(group, lambda: None)
        if seconds and not self._benchmark.disabled:
            self._benchmark.stats.stats.data[:] = seconds

    def _pedantic(self, group: str, target: Callable[[], None], **options: Any) -> None:
        self.used = True
        if self._benchmark.group is None:
            self._benchmark.group = group
        try:
            self._benchmark.pedantic(target, iterations=1, **options)
        except BaseException:
            # An interrupt: a benchmark without a time would lose the whole save.
            self._benchmark.has_error = True
            raise

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
