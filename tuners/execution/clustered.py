"""Runs at the slots of a cluster's workers, in processes of their own there; what is told there is heard here."""

from __future__ import annotations

import pickle
import time
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tuners.errors import TuningError
from tuners.evaluation.listener import Listener
from tuners.evaluation.recording import Recording, recording_of
from tuners.execution.cluster.session import Cluster
from tuners.execution.cluster.tables import renumbered
from tuners.results.cell import dataset_name
from tuners.results.record import Record
from tuners.results.repeats import Repeats
from tuners.results.run import unfinished
from tuners.results.trial import in_order

if TYPE_CHECKING:
    from tuners.execution.cluster.orders import Order
    from tuners.execution.contract import Around
    from tuners.plan import Job, Plan
    from tuners.results.run import Run
    from tuners.results.trial import Trial
    from tuners.store.table import Row


class Clustered:
    """Waits for what came of a job, which the session's cluster may have been asked for before."""

    def __init__(self, plan: Plan, around: Around) -> None:
        """Belong to a session that has joined a cluster."""
        if not isinstance(around.cluster, Cluster):
            message = "--tuning-cluster: expected a session that has joined the cluster, got a run outside of one"
            raise TuningError(message)
        self._plan = plan
        self._cluster = around.cluster

    def run(self, job: Job, listener: Listener) -> Run:
        """Run a job; raise what keeps it from beginning, and `ClusterLostError` where the scheduler is gone."""
        orders = self._cluster.orders(job)
        follower = _Follower(self._plan, job, listener)
        if not self._cluster.apart:
            return self._followed(*orders[0], follower)
        repeats = Repeats(self._plan.repeats_of(job))
        for number, run in job.finished.items():
            repeats.add(number, run)
        for number, (name, order) in zip(list(repeats.missing), orders, strict=True):
            if number not in repeats.missing:
                self._cluster.flights.drop([name])  # one before it has failed, and so has the cell
                continue
            run = self._followed(name, order, follower)
            repeats.add(number, run)
            listener.repeat_ended(number, run)
        return repeats.run()

    def _followed(self, name: str, order: Order, follower: _Follower) -> Run:
        """Pass on what is told of an order until it has ended; return its run, or raise what kept it from beginning."""
        follower.order_begins()
        following, ended = self._cluster.flights.follow(name, order), None
        while ended is None:
            try:
                method, arguments = pickle.loads(next(following))  # noqa: S301  our own process's
            except StopIteration as stop:
                ended = stop.value
            else:
                getattr(follower, method)(*arguments)
        if ended.how == "died":
            return follower.crashed(ended.content)
        content = pickle.loads(ended.content)  # noqa: S301  our own process's
        if ended.how == "error":
            raise content
        return follower.adopted(content)


class _Follower(Listener):
    """Passes on what it hears of a job, and keeps what is left of it where its process dies."""

    def __init__(self, plan: Plan, job: Job, listener: Listener) -> None:
        self._plan = plan
        self._job = job
        self._listener = listener
        self._record: Record | None = None
        self._first = True
        """Whether this is the job's first order, of which alone it is passed on that the run begins."""
        self._trials: dict[int, Trial] = {}
        self._numbers: dict[int, int] = {}
        """By a row's number in the worker's table: its number in the one here."""
        self._repeats = Repeats(1)
        """Those that have ended, of a cell that runs as a whole."""
        self._since = time.monotonic()

    @cached_property
    def _recording(self) -> Recording:
        return recording_of(self._plan.problem_of(self._job), self._plan.tables)

    def order_begins(self) -> None:
        """Forget the trials of the order before: this one may die before it has told anything."""
        self._first = self._record is None
        self._trials, self._since = {}, time.monotonic()

    def begun(self, record: Record) -> None:
        if self._first:
            self._listener.begun(record)
        self._record = record

    def repeat_begins(self, number: int, of: int) -> None:
        self._trials, self._since = {}, time.monotonic()
        if self._plan.recorded and not len(self._repeats):
            self._repeats = Repeats(of)
            for each, run in self._job.finished.items():
                self._repeats.add(each, run)
        self._listener.repeat_begins(number, of)

    def search_begins(self) -> None:
        self._listener.search_begins()

    def trial(self, position: int, trial: Trial) -> None:
        self._trials[position] = trial
        self._listener.trial(position, trial)

    def repeat_ended(self, number: int, run: Run) -> None:
        self._repeats.add(number, run := self.adopted(run))
        self._listener.repeat_ended(number, run)

    def recorded(self, rows: Sequence[Row]) -> None:
        """Take in rows that the worker has added to its table."""
        self._numbers |= self._recording.take(rows)

    def adopted(self, run: Run) -> Run:
        """Return a run with the row numbers of the table here."""
        return renumbered(run, self._recording, self._numbers) if self._plan.recorded else run

    def imported(self, files: AbstractSet[str]) -> None:
        # Of another machine, paths mean nothing here; modules that are the same there are found under those here.
        self._listener.imported({file for file in files if Path(file).exists()})

    def crashed(self, reason: str) -> Run:
        """Return what is left of what was running when its process, or its worker, died."""
        cell = self._job.cell
        if self._record is None:
            name = dataset_name(cell.dataset)
            self.begun(
                Record(cell.model, name, cell.tuner, cell.seed, metric=self._plan.metric, start=self._plan.start)
            )
        assert self._record is not None
        budget = self._plan.budget(cell.model, cell.tuner)
        run = unfinished(
            self._record, in_order(self._trials), budget, status="crashed", reason=reason,
            seconds=time.monotonic() - self._since,
        )  # fmt: skip
        if not self._repeats.missing or not self._plan.recorded:
            return run
        number = self._repeats.missing[0]
        self._repeats.add(number, run)
        self._listener.repeat_ended(number, run)
        return self._repeats.run()


BACKEND = Clustered
