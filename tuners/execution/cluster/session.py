"""The cluster of one session: reached before the first cell, left after the last."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from tuners.errors import TuningError
from tuners.evaluation.recording import Recording, recording_of
from tuners.execution.cluster import fingerprint, tables
from tuners.execution.cluster.connection import opened
from tuners.execution.cluster.fleet import Fleet
from tuners.execution.cluster.flights import Flights
from tuners.execution.cluster.luggage import Pack, Packer, of_plan
from tuners.execution.cluster.orders import Ended, Order
from tuners.plan import loaded

if TYPE_CHECKING:
    from tuners.plan import Job, Plan
    from tuners.results.cell import Cell
    from tuners.task.problem import Problem


class Cluster:
    """A session's workers, and what is under way there."""

    def __init__(
        self, fleet: Fleet, plan: Plan, cells: Iterable[Cell], by_value: Collection[str], ended: Callable[[str], None]
    ) -> None:
        """Compare the workers with this process, and send them what all cells need.

        `by_value` has the modules whose code always travels, `ended` hears which order has ended early. Raises
        `TuningError` for a worker that differs, and for what cannot be sent.
        """
        own = fingerprint.own_modules(by_value)
        absent = fleet.examine(own)
        self._by_value = {*by_value, *absent}
        self._packer = Packer()
        pack = self._packer.pack(of_plan(plan, cells), self._by_value)
        luggage = self._packer.add(pickle.dumps(pack))
        fleet.equip({name: self._packer.pieces[name] for name in (luggage, *pack.needs)}, {*own} - absent)
        self._plan = plan
        self._tables: dict[Problem, str] = {}
        self.fleet = fleet
        self.flights = Flights(fleet, self._ready, ended)

    def _ready(self, order: Order) -> tuple[Pack, Mapping[str, bytes]]:
        """Return an order packed, and the pieces that it needs."""
        pack = self._packer.pack(order, self._by_value)
        needs = (*pack.needs, *([order.table] if order.table else []))
        return replace(pack, needs=needs), {name: self._packer.pieces[name] for name in needs}

    def orders(self, job: Job) -> list[tuple[str, Order]]:
        """Return the orders of a job, by name: one a repeat where each is evaluated plainly, else one."""
        plan = self._plan
        problem = plan.problem_of(job)
        sent = replace(job, options={}, problem=self._own(job), finished={} if self.apart else job.finished)
        if not self.apart:
            table = self._table(problem)
            return [(job.cell.id, Order(sent, real=problem is plan.real_on, table=table))]
        missing = [number for number in range(plan.repeats_of(job)) if number not in job.finished]
        return [(f"{job.cell.id} repeat {number}", Order(sent, number)) for number in missing]

    def _table(self, problem: Problem) -> str:
        """Return the piece that has a problem's table; workers get one once, and add to theirs."""
        if problem not in self._tables:
            self._tables[problem] = self._snapshot(recording_of(problem, self._plan.tables))
        return self._tables[problem]

    def _snapshot(self, recording: Recording) -> str:
        return self._packer.add(pickle.dumps(tables.taken(recording)))

    def build(self, recordings: Sequence[Recording], tell: Callable[[], None]) -> None:
        """Build tables at the slots, and take them in; raise `TuningError` for one that cannot be built.

        One whose worker dies is begun once more: it is no measurement.
        """
        orders = {recording: self._order_of(recording) for recording in recordings}
        self.flights.ahead([(name, order) for name, order in orders.values()])
        for recording, (name, order) in orders.items():
            ended = self._ended(name, order)
            if ended.how == "died":
                ended = self._ended(name, order)
            if ended.how == "died":
                message = f"table of {name}: {ended.content}: mend that, or build it without --tuning-cluster"
                raise TuningError(message)
            content = pickle.loads(ended.content)  # noqa: S301  our own process's
            if ended.how == "error":
                raise content
            tables.taken_in(recording, content)
            tell()

    def _order_of(self, recording: Recording) -> tuple[str, Order]:
        job = self._plan.job("table", recording.problem)
        sent = replace(job, options={}, problem=self._own(job))
        return job.cell.id, Order(sent, table=self._snapshot(recording), builds=True)

    def _ended(self, name: str, order: Order) -> Ended:
        """Wait for an order of which nothing is told."""
        following = self.flights.follow(name, order)
        while True:
            try:
                next(following)
            except StopIteration as stop:
                ended: Ended = stop.value
                return ended

    @property
    def apart(self) -> bool:
        """Whether the repeats of a cell are orders of their own, for they may take long."""
        return not self._plan.recorded

    def _own(self, job: Job) -> Problem | None:
        """Return the problem of a job if its names do not say it, without what it has made of its data."""
        cell, plan = job.cell, self._plan
        if job.problem is None or job.problem is loaded(lambda: plan.problem(cell.model, cell.dataset, cell.seed)):
            return None
        return replace(job.problem)


@contextmanager
def joined(
    plan: Plan,
    cells: Iterable[Cell],
    *,
    by_value: Collection[str],
    ended: Callable[[str], None],
    note: Callable[[str], None],
) -> Iterator[Cluster]:
    """Give the cluster of a plan for its cells; raise `TuningError` where there is none that can be used."""
    assert plan.cluster is not None
    with opened(plan.cluster) as client:
        fleet = Fleet(client, plan.cluster, note)
        try:
            yield Cluster(fleet, plan, cells, by_value, ended)
        finally:
            fleet.end()
