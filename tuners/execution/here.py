"""Runs in this process."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

from tuners.errors import TuningError
from tuners.execution.contract import Around, make, opening
from tuners.execution.measurement import Measurement
from tuners.execution.real import MOST_EVALUATIONS, compared
from tuners.execution.rounds import RoundsHere, completed
from tuners.execution.scoring import scored
from tuners.execution.workers import Workers
from tuners.results.record import EVALUATIONS

if TYPE_CHECKING:
    from tuners.evaluation.listener import Listener
    from tuners.objective import Tuner
    from tuners.plan import Job, Plan
    from tuners.results.budget import Budget
    from tuners.results.record import RealRun
    from tuners.results.run import Run
    from tuners.task.problem import Problem


WORTH_SECONDS = 0.5
"""Of repeats that are left: with less to do, starting processes takes longer than they save."""


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
        rounds = RoundsHere(self._plan, job, listener, record)
        if rounds.count:
            rounds.prepare()
            if self._plan.recorded:
                self._look_up(job, rounds)
            else:
                self._around.timed(rounds)
        run = rounds.repeats.run()
        if not self._plan.recorded or not run.record.ok:
            return run
        run = completed(self._plan, job, run)
        on_it = self._plan.problem_of(job) is self._plan.real_on
        return replace(run, record=replace(run.record, real=self._real(job))) if on_it else run

    def _look_up(self, job: Job, rounds: RoundsHere) -> None:
        """Make rounds whose seconds are of another clock: one alone, the others in processes if that is worth it."""
        begun = perf_counter()
        make(rounds)
        took, left = perf_counter() - begun, rounds.repeats.missing
        forks = hasattr(os, "fork") and getattr(self._plan.tuner_of(job), "forks", False)
        if forks and not self._around.contended and self._plan.jobs > 1 and took * len(left) > WORTH_SECONDS:
            with Workers(left, rounds.make, self._plan.jobs) as workers:
                for number, run in workers:
                    rounds.take_back(number, run)
        while rounds.repeats.next is not None:
            make(rounds)

    def _real(self, job: Job) -> RealRun | None:
        """Make a job's first run for real, with few evaluations, and look it up; None for one that fails."""
        plan, cell = self._plan, job.cell
        budget = plan.budget(cell.model, cell.tuner)
        few = replace(budget, evaluations=min(budget.evaluations, MOST_EVALUATIONS))
        run = partial(
            measure, cell.tuner, plan.tuner_of(job), plan.problem_of(job), few, start=plan.start, tables=plan.tables
        )
        try:
            made, looked_up = (run(evaluation=name).record for name in (EVALUATIONS[0], plan.evaluation))
        except TuningError:
            return None  # said by its cell
        return compared(made, looked_up)


def measure(
    tuner: str, tune: Tuner, problem: Problem, budget: Budget, *, listener: Listener | None = None, **options: Any
) -> Run:
    """Run a method on a problem outside of any session; the options are those of `Measurement`."""
    measurement = Measurement(tuner, tune, problem, budget, listener=listener, **options)
    measurement.prepare()
    measurement.search()
    return scored(measurement)


BACKEND = Here
