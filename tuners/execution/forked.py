"""Runs in processes of their own, so that a hang, a crash or memory without end costs one cell.

Each repeat has its own, so that limits hold for each, and what one leaves behind is not another's. The process tells
through a pipe how far it is. Whatever cannot stop itself at a limit is killed, and keeps the trials that it had
reported.
"""

from __future__ import annotations

import time
from dataclasses import replace
from multiprocessing import Pipe
from typing import TYPE_CHECKING

import psutil

from tuners.errors import TuningError, one_line
from tuners.evaluation.listener import Listener
from tuners.execution.channel import Channel
from tuners.execution.contract import Around, closing, opening
from tuners.execution.process import bound, end_group, fork, raisable
from tuners.execution.rounds import completed, prepared
from tuners.execution.scoring import scored
from tuners.execution.watch import Watch
from tuners.results.repeats import Repeats
from tuners.results.run import Run, unfinished
from tuners.store import imported_code

if TYPE_CHECKING:
    from tuners.plan import Job, Plan
    from tuners.results.record import Record
    from tuners.results.trial import Trial


class Forked:
    """Runs each repeat in a process forked from this one."""

    def __init__(self, plan: Plan, around: Around) -> None:
        """Belong to a session."""
        self._plan = plan
        self._around = around

    def run(self, job: Job, listener: Listener) -> Run:
        """Run a job; raise what keeps it from beginning, there as here."""
        problem = self._plan.problem_of(job)
        record = opening(job, problem, self._around, start=self._plan.start)
        listener.begun(record)
        # What the method imports is loaded here, once.
        repeats = Repeats(self._plan.repeats_of(job))
        for number, run in job.finished.items():
            repeats.add(number, run)
        while repeats.missing:
            number = repeats.missing[0]
            listener.repeat_begins(number, repeats.of)
            run = self._repeat(job, number, listener, record)
            repeats.add(number, run)
            listener.repeat_ended(number, run)
        run = repeats.run()
        return completed(self._plan, job, run) if self._plan.recorded and run.record.ok else run

    def alone(self, job: Job, number: int, listener: Listener) -> Run:
        """Run one repeat of a job, by its number from 0; raise what keeps it from beginning."""
        record = opening(job, self._plan.problem_of(job), self._around, start=self._plan.start)
        listener.begun(record)
        listener.repeat_begins(number, self._plan.repeats_of(job))
        return self._repeat(job, number, listener, record)

    def _repeat(self, job: Job, number: int, listener: Listener, record: Record) -> Run:
        """Make one repeat in a process of its own."""
        problem = self._plan.problem_of(job)
        budget = self._plan.budget(job.cell.model, job.cell.tuner)
        began = time.perf_counter()
        receiver, sender = Pipe(duplex=False)
        pid = fork(receiver, lambda: self._work(job, number, Channel(sender, closed=end_group)))
        sender.close()
        watch = Watch(pid, budget, listener)
        with bound(pid):
            try:
                known = watch.follow(receiver)
            finally:
                watch.kill()
                receiver.close()
        if known.error is not None:
            raise known.error
        if known.default_test_score is not None:
            problem.know_default_test_score(known.default_test_score)
        if known.run is not None:
            return closing(known.run, record)
        return unfinished(
            record, watch.trials, budget, status=known.status, reason=known.reason,
            seconds=time.perf_counter() - began, default_test_score=known.default_test_score,
        )  # fmt: skip

    def _work(self, job: Job, number: int, channel: Channel) -> None:
        """Make the run, in the other process."""
        try:
            measurement = prepared(self._plan, job, _Teller(channel), repeat=number)
        except BaseException as error:  # noqa: BLE001  the parent says what is wrong
            plain = isinstance(error, TuningError | ImportError)
            channel.say("error", raisable(error) if plain else self._around.explain(error))
            return
        channel.say("ready", measurement.default_test_score)
        try:
            _limit_memory(measurement.budget.memory)
            measurement.search()
            run = scored(measurement)
            channel.say("imported", imported_code.files())
            channel.say("run", run if run.error is None else replace(run, error=self._around.explain(run.error)))
        except BaseException as error:  # noqa: BLE001  whatever it is, it is the cell's failure, and has a name
            channel.say("failed", one_line(error))


class _Teller(Listener):
    """Tells the parent what it hears."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def trial_begins(self) -> None:
        self._channel.say("trial begins")

    def trial(self, position: int, trial: Trial) -> None:
        self._channel.say("trial", (position, trial))

    def search_ended(self) -> None:
        self._channel.say("end")


def _limit_memory(allowed: int | None) -> None:
    """Let allocations beyond the limit fail, where the system can, so that it costs one trial."""
    data = getattr(psutil.Process().memory_info(), "data", None)
    if allowed is None or data is None:
        return
    import resource  # noqa: PLC0415  not on Windows

    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (data + allowed, hard))


BACKEND = Forked
