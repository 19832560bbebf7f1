"""A session on a cluster: its cells are asked for ahead, and what ends before its test's turn is kept at once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from tuners.comparison.heard import Heard
from tuners.comparison.progress import Progress
from tuners.errors import MissingExtraError, TuningError
from tuners.plan import loaded
from tuners.plugin.asks import cell_of
from tuners.plugin.benchmark.fixture import NoTimer
from tuners.results.cell import dataset_name
from tuners.results.record import Record
from tuners.store import imported_code

if TYPE_CHECKING:
    from tuners.execution.cluster.session import Cluster
    from tuners.plan import Job
    from tuners.plugin.session import Session
    from tuners.results.run import Run


CLUSTERING = pytest.StashKey["Clustering"]()
"""On pytest's configuration: the cluster that cells run on, once it is joined."""


class Clustering:
    """The cluster that a session has joined, and the jobs that it was asked for before their tests run."""

    def __init__(self, session: Session, items: Sequence[pytest.Item]) -> None:
        """Join it; raise `TuningError` where that cannot be."""
        from tuners.execution.cluster.session import joined  # noqa: PLC0415  Dask loads where it is asked for

        self._session = session
        self._jobs: dict[str, tuple[Job, pytest.Item]] = {}
        """By cell."""
        self._orders: dict[str, list[str]] = {}
        """By cell: the names of its orders."""
        self._of: dict[str, str] = {}
        """By order: its cell."""
        self._early: dict[str, Run] = {}
        """By cell: runs that have ended before their tests' turn, which are in the journal."""
        self._stack = ExitStack()
        try:
            self.cluster: Cluster = self._stack.enter_context(
                joined(
                    session.plan,
                    session.cells,
                    by_value=_modules_of_tests(items),
                    ended=self._ended,
                    note=session.messages.note,
                )
            )
        except MissingExtraError as error:
            message = f"--tuning-cluster: {error}"
            raise TuningError(message) from None

    def begin(self, items: Sequence[pytest.Item]) -> None:
        """Ask for the cells of tests, in their order; those that are finished, or cannot be loaded, are left out."""
        plan, finished = self._session.plan, self._session.finished()
        orders = []
        for item in items:
            cell = cell_of(item)
            problem = None if cell is None else loaded(lambda: plan.problem(cell.model, cell.dataset, cell.seed))  # noqa: B023  called here
            if cell is None or problem is None or cell.id in finished:
                continue
            job = replace(plan.job(cell.tuner, problem), finished=self._session.finished_repeats(cell.id))
            of_job = loaded(lambda: self.cluster.orders(job))  # noqa: B023  called here
            if of_job is None:
                continue  # the method cannot be loaded, as its cell will say
            self._jobs[cell.id] = job, item
            self._orders[cell.id] = [name for name, _ in of_job]
            self._of |= {name: cell.id for name, _ in of_job}
            orders += of_job
        self.cluster.flights.ahead(orders)

    def early(self, job: Job) -> Run | None:
        """Return the run of a job that has ended before its turn; None where it must be waited for."""
        known = self._jobs.pop(job.cell.id, None)
        if known is None:
            return None
        ahead, _ = known
        early = self._early.pop(job.cell.id, None)
        if (ahead.cell, ahead.problem, ahead.tune) != (job.cell, job.problem, job.tune):
            # The test measures something of its own under this name.
            self.cluster.flights.drop(self._orders[job.cell.id])
            return None
        return early

    def _ended(self, order: str) -> None:
        """Keep the run of a cell all of whose orders have ended, in the journal, too."""
        from tuners.execution.contract import Around, backend  # noqa: PLC0415  loaded when a cell runs

        session, cell = self._session, self._of.get(order, "")
        if cell not in self._jobs or not all(map(self.cluster.flights.has_run, self._orders[cell])):
            return
        job, item = self._jobs[cell]
        of = Record(job.cell.model, dataset_name(job.cell.dataset), job.cell.tuner, job.cell.seed)
        test = {**NoTimer(item).describe(), "group": f"{of.model}-{of.dataset}"}
        budget = session.plan.budget(of.model, of.tuner)
        heard = Heard(session, of, test, budget, job.finished, progress=Progress(None))
        run = backend(session.plan.backend, session.plan, Around(cluster=self.cluster)).run(job, heard)
        run = replace(run, error=None)
        journal = session.begin_journal()
        if journal is not None:
            journal.cell(run, test)
        self._early[cell] = run

    def end(self) -> None:
        """Leave the cluster: what runs there for this session ends."""
        self._stack.close()


def _modules_of_tests(items: Sequence[pytest.Item]) -> set[str]:
    """Return the names of modules that pytest imports by itself: tests and conftest.py, which no worker can import."""
    plugins = items[0].config.pluginmanager.get_plugins() if items else ()
    modules = [*(getattr(item, "module", None) for item in items), *plugins]
    files = {module.__name__: getattr(module, "__file__", None) for module in modules if isinstance(module, ModuleType)}
    return {name for name, file in files.items() if file and imported_code.own(file)}
