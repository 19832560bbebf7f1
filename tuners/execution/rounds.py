"""The repeats of a cell as rounds: each prepared, made and scored in this process."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tuners.evaluation.listener import Listener
from tuners.evaluation.recording import recording_of
from tuners.execution.contract import closing
from tuners.execution.measurement import Measurement
from tuners.execution.scoring import scored
from tuners.execution.tables import ensure
from tuners.results.repeats import Repeats

if TYPE_CHECKING:
    from tuners.plan import Job, Plan
    from tuners.results.record import Record
    from tuners.results.run import Run


class RoundsHere:
    """The repeats of a job that are still to be made."""

    def __init__(self, plan: Plan, job: Job, listener: Listener, record: Record) -> None:
        self._plan, self._job, self._listener, self._record = plan, job, listener, record
        self.repeats = Repeats(_affordable(plan, job))
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

    def make(self, number: int) -> Run:
        """Make a repeat at once, in a process where others go on beside it."""
        measurement = prepared(self._plan, self._job, Listener(), repeat=number)
        measurement.search()
        run = closing(scored(measurement), replace(self._record, contended=True))
        # The table is where this process was forked from.
        return replace(run, trials=(), table=None) if run.repeats and run.repeats[0].rows else run

    def take(self, number: int, run: Run) -> None:
        """Take in a repeat that was made elsewhere."""
        self.made += 1
        self.repeats.add(number, run)
        self._listener.repeat_ended(number, run)

    def take_back(self, number: int, run: Run) -> None:
        """Take in a repeat that another process has looked up, with the table that this one has."""
        if run.repeats and run.repeats[0].rows:
            recording = recording_of(self._plan.problem_of(self._job), self._plan.tables)
            recording.read()  # the other one may have added to it
            run = replace(run, table=recording.trials)
        self.take(number, run)

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
            self.take(self._number, closing(scored(measurement), self._record))


def _affordable(plan: Plan, job: Job) -> int:
    """Return how many repeats a job has: those of a preset only where the table is whole, and they cost no fits."""
    count = plan.repeats_of(job)
    if not plan.recorded or "repeats" in plan.given or count == 1:
        return count
    recording = recording_of(plan.problem_of(job), plan.tables)
    ensure(plan, recording)
    return count if recording.landmarks().whole else 1


def completed(plan: Plan, job: Job, run: Run) -> Run:
    """Return a recorded run with what takes a fit of its best repeat's winner."""
    recording = recording_of(plan.problem_of(job), plan.tables)
    recording.read()
    told = recording.told(recording.row(dict(run.record.best_params)))
    return replace(run, record=replace(run.record, **vars(told)))


def prepared(plan: Plan, job: Job, listener: Listener, *, repeat: int = 0) -> Measurement:
    """Return the measurement of a repeat, all done that comes before the clock; raise what keeps it from beginning."""
    cell = job.cell
    if plan.recorded:
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
