"""Runs in this process."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tuners.evaluation.listener import Listener
from tuners.evaluation.recording import recording_of
from tuners.execution.contract import Around, closing, opening
from tuners.execution.measurement import Measurement
from tuners.execution.scoring import scored
from tuners.execution.tables import ensure

if TYPE_CHECKING:
    from tuners.objective import Tuner
    from tuners.plan import Job, Plan
    from tuners.results.budget import Budget
    from tuners.results.run import Run
    from tuners.task.problem import Problem


class Here:
    """Runs cells in this process, where a benchmark can time and profile the search itself."""

    def __init__(self, plan: Plan, around: Around) -> None:
        """Belong to a session."""
        self._plan = plan
        self._around = around

    def run(self, job: Job, listener: Listener) -> Run:
        """Run a job; raise what keeps it from beginning."""
        record = opening(job, self._plan.problem_of(job), self._around, start=self._plan.start)
        listener.begun(record)
        measurement = prepared(self._plan, job, listener)
        listener.begun(replace(record, default_test_score=measurement.default_test_score))
        listener.search_begins()

        def again() -> None:
            # A run is made once: what pytest-benchmark calls again, to profile it, is another, unrecorded.
            prepared(self._plan, job, Listener()).search()

        if measurement.recording is not None:  # its seconds are of another clock
            measurement.search()
        else:
            self._around.timed(_once(measurement.search, then=again))
        return closing(scored(measurement), record)


def prepared(plan: Plan, job: Job, listener: Listener) -> Measurement:
    """Return the measurement of a job, all done that comes before the clock; raise what keeps it from beginning."""
    cell = job.cell
    if plan.evaluation == "recorded":
        ensure(plan, recording_of(plan.problem_of(job), plan.tables))
    measurement = Measurement(
        cell.tuner,
        plan.tuner_of(job),
        plan.problem_of(job),
        plan.budget(cell.model, cell.tuner),
        jobs=plan.jobs,
        evaluation=plan.evaluation,
        tables=plan.tables,
        start=plan.start,
        listener=listener,
    )
    measurement.prepare()
    return measurement


def measure(
    tuner: str, tune: Tuner, problem: Problem, budget: Budget, *, listener: Listener | None = None, **options: Any
) -> Run:
    """Run a method on a problem outside of any session; the options are those of `Measurement`."""
    measurement = Measurement(tuner, tune, problem, budget, listener=listener, **options)
    measurement.prepare()
    measurement.search()
    return scored(measurement)


def _once(first: Callable[[], None], then: Callable[[], None]) -> Callable[[], None]:
    """Return a function that does one thing when it is first called, and another after that."""
    calls = itertools.chain([first], itertools.repeat(then))

    def call() -> None:
        next(calls)()

    return call


BACKEND = Here
