"""The contract of execution: where a cell runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from tuners.errors import ElsewhereError, one_line
from tuners.execution.speed import reference_seconds
from tuners.results.record import Record

if TYPE_CHECKING:
    from tuners.evaluation.listener import Listener
    from tuners.plan import Job, Plan
    from tuners.results.run import Run
    from tuners.task.problem import Problem


class Rounds(Protocol):
    """The repeats of a cell that are to be made, as rounds of a benchmark, which times `search` alone.

    More rounds than `count`, as a profiler asks for, are made and not recorded.
    """

    @property
    def count(self) -> int:
        """How many there are at most."""
        ...

    @property
    def made(self) -> int:
        """How many were made: after one that failed, rounds do nothing."""
        ...

    @property
    def earlier(self) -> Sequence[float]:
        """The seconds of repeats that an interrupted session has made."""
        ...

    def prepare(self) -> None:
        """Prepare the next repeat."""
        ...

    def search(self) -> None:
        """Make it."""
        ...

    def done(self) -> None:
        """Take in what came of it."""
        ...


Timed = Callable[[Rounds], None]
"""Makes rounds, and takes their times."""


def call(rounds: Rounds) -> None:
    """Make rounds; the run's own clock is all that times them."""
    for _ in range(rounds.count):
        make(rounds)


def make(rounds: Rounds) -> None:
    """Make one round."""
    rounds.prepare()
    rounds.search()
    rounds.done()


def explain(error: BaseException) -> ElsewhereError:
    """Return an exception as it can be told to another process: its one line."""
    return ElsewhereError(one_line(error))


@dataclass(frozen=True)
class Around:
    """What a session gives its backends: how a search is timed, how an exception is told, what runs beside."""

    timed: Timed = call
    """Times the rounds of a backend that runs in this process."""
    explain: Callable[[BaseException], ElsewhereError] = explain
    """Used by a backend that runs in another one, there."""
    contended: bool = False
    """Whether other cells run at the same time, so that seconds are not the method's alone."""
    cluster: object | None = None
    """The cluster that the session has joined, for the backend whose cells run there."""


class Backend(Protocol):
    """Runs cells; made of the session's plan and of what is `Around`."""

    def run(self, job: Job, listener: Listener) -> Run:
        """Run a job, and return what came of it; a run that broke, or had to be killed, is one, too.

        Raises what keeps a run from beginning: `MissingExtraError` and `NotApplicableError` for a cell that is to be
        skipped, `TuningError` for bad input, and what a library or the user's estimator raises.
        """
        ...


def backend(name: str, plan: Plan, around: Around) -> Backend:
    """Return the backend of that name, loaded where it is asked for."""
    return cast("Backend", import_module(f"tuners.execution.{name}").BACKEND(plan, around))


def opening(job: Job, problem: Problem, around: Around, *, start: str) -> Record:
    """Return the record of a run that is about to begin, with the speed of the machine just then."""
    return Record(
        problem.model.name,
        problem.dataset.name,
        job.cell.tuner,
        problem.seed,
        task=problem.model.task,
        metric=problem.metric,
        start=start,
        reference_seconds=reference_seconds(),
        contended=around.contended,
    )


def closing(run: Run, opened: Record) -> Run:
    """Return a run with what was known of it before it began."""
    record = replace(run.record, reference_seconds=opened.reference_seconds, contended=opened.contended)
    return replace(run, record=record, repeats=tuple(replace(r, contended=opened.contended) for r in run.repeats))
