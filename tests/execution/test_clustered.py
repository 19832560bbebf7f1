"""What is heard of a cell whose orders run elsewhere: on a cluster that tells what the test has written down."""

from __future__ import annotations

import pickle
from collections.abc import Generator, Mapping, Sequence
from typing import Any

import pytest

from tests import runs
from tuners.evaluation.listener import Listener
from tuners.execution.cluster.orders import Ended, Order
from tuners.execution.cluster.session import Cluster
from tuners.execution.clustered import Clustered
from tuners.execution.contract import Around
from tuners.plan import Job, Plan
from tuners.results.record import Record
from tuners.results.run import Run

Told = tuple[Sequence[tuple[str, Any]], Ended]
"""What is told of an order, and how it ends."""


class Flights:
    """Orders of which it is known what will be told."""

    def __init__(self, told: Mapping[str, Told]) -> None:
        """Know it by name."""
        self._told = told

    def follow(self, name: str, order: Order) -> Generator[bytes, None, Ended]:
        """Tell it."""
        messages, ended = self._told[name]
        for message in messages:
            yield pickle.dumps(message)
        return ended

    def drop(self, names: Sequence[str]) -> None:
        """Let go of them."""


class Listed(Cluster):
    """A cluster without workers; each repeat of a cell is an order."""

    def __init__(self, plan: Plan, told: Sequence[Told]) -> None:
        """Tell so much of the orders, in turn."""
        self._plan = plan
        self._count = len(told)
        flights: Any = Flights({str(number): each for number, each in enumerate(told)})
        self.flights = flights

    def orders(self, job: Job) -> list[tuple[str, Order]]:
        """Return them by number."""
        return [(str(number), Order(job, number)) for number in range(self._count)]


class Heard(Listener):
    """Counts what begins."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.begins: list[Record] = []

    def begun(self, record: Record) -> None:
        """Count it."""
        self.begins.append(record)


@pytest.fixture
def plan() -> Plan:
    """Return a plan of plain cells with three repeats."""
    return Plan({"models": ("forest",), "datasets": ("wine",), "evaluation": "plain", "repeats": 3})


def test_a_repeat_that_dies_at_once_has_no_trials_of_the_one_before(plan: Plan) -> None:
    """Its worker was killed before it had told anything; the run is said to begin once."""
    good = runs.run("random")
    trials = [("trial", (position, trial)) for position, trial in enumerate(good.trials)]
    told = [
        ([("begun", (good.record,)), ("repeat_begins", (0, 3)), *trials], Ended("run", pickle.dumps(good))),
        ([("begun", (good.record,)), ("repeat_begins", (1, 3)), *trials], Ended("run", pickle.dumps(good))),
        ([], Ended("died", "its worker tcp://there died")),
    ]
    heard = Heard()
    backend = Clustered(plan, Around(cluster=Listed(plan, told)))
    found: Run = backend.run(plan.job("random", plan.problem("forest", "wine", 0)), heard)
    assert (found.record.status, found.record.reason) == ("crashed", "repeat 3 of 3: its worker tcp://there died")
    assert [len(found.trials_of(number)) for number in range(3)] == [len(good.trials), len(good.trials), 0]
    assert len(heard.begins) == 1
