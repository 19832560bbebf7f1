"""Runs in this process."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tuners.evaluation.listener import Listener
from tuners.evaluation.recording import recording_of
from tuners.execution.contract import Around, call, closing, opening
from tuners.execution.measurement import Measurement
from tuners.execution.real import real
from tuners.execution.scoring import scored
from tuners.execution.tables import ensure
from tuners.results.repeats import Repeats

if TYPE_CHECKING:
    from tuners.objective import Tuner
    from tuners.plan import Job, Plan
    from tuners.results.budget import Budget
    from tuners.results.record import Record
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
        rounds = _Rounds(self._plan, job, listener, record)
        if rounds.count:
            rounds.prepare()
            if self._plan.evaluation == "recorded":
                call(rounds)  # their seconds are of another clock
            else:
                self._around.timed(rounds)
        run = rounds.repeats.run()
        return self._completed(job, run) if self._plan.evaluation == "recorded" and run.record.ok else run

    def _completed(self, job: Job, run: Run) -> Run:
        """Return a recorded run with what takes real fits: once for its best repeat, and on one problem."""
        plan, cell = self._plan, job.cell
        recording = recording_of(plan.problem_of(job), plan.tables)
        matrix = recording.confusion(recording.row(dict(run.record.best_params)))
        on_it = job.problem is None and (cell.model, cell.dataset, cell.seed) == plan.real_on
        record = replace(run.record, confusion_matrix=matrix, real=real(plan, job) if on_it else None)
        return replace(run, record=record)


class _Rounds:
    """The repeats of a job that are still to be made."""

    def __init__(self, plan: Plan, job: Job, listener: Listener, record: Record) -> None:
        self._plan, self._job, self._listener, self._record = plan, job, listener, record
        self.repeats = Repeats(plan.repeats_of(job))
        for number, run in job.finished.items():
            self.repeats.add(number, run)
        self.earlier = [run.record.seconds for run in job.finished.values() if run.record.seconds is not None]
        self.count = len(self.repeats.missing)
        self.made = 0
        self._rounds = 0
        """Those made and those that did nothing."""
        self._next: Measurement | None = None
        self._number: int | None = None
        """Of the repeat that is being made; None where it is not recorded."""

    def prepare(self) -> None:
        """Prepare the next repeat; for the first one, before the benchmark begins."""
        if self._next is not None:
            return
        self._number = self.repeats.next
        if self._number is not None:
            self._listener.repeat_begins(self._number, self.repeats.of)
            self._next = prepared(self._plan, self._job, self._listener, repeat=self._number)
            if not self.made:
                score = self._next.default_test_score
                self._listener.begun(replace(self._record, default_test_score=score))
                self._listener.search_begins()
        elif self._rounds >= self.count:
            # A repeat is made once: what pytest-benchmark calls again, to profile it, is another, unrecorded.
            self._next = prepared(self._plan, self._job, Listener())

    def search(self) -> None:
        """Search, unless a repeat has failed."""
        if self._next is None:
            self.prepare()  # a profiler calls this alone, and again
        if self._next is not None:
            self._next.search()
            self._next = None if self._number is None else self._next

    def done(self) -> None:
        """Score what came of the search."""
        self._rounds += 1
        measurement, self._next = self._next, None
        if measurement is not None and self._number is not None:
            run = closing(scored(measurement), self._record)
            self.made += 1
            self.repeats.add(self._number, run)
            self._listener.repeat_ended(self._number, run)


def prepared(plan: Plan, job: Job, listener: Listener, *, repeat: int = 0) -> Measurement:
    """Return the measurement of a repeat, all done that comes before the clock; raise what keeps it from beginning."""
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
        repeat=repeat,
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


BACKEND = Here
