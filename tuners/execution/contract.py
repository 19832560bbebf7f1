"""The contract of execution: where a cell runs."""

from __future__ import annotations

from collections.abc import Callable
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

Timed = Callable[[Callable[[], None]], None]
"""Calls a search, and takes its time."""


def call(search: Callable[[], None]) -> None:
    """Call a search; the run's own clock is all that times it."""
    search()


def explain(error: BaseException) -> ElsewhereError:
    """Return an exception as it can be told to another process: its one line."""
    return ElsewhereError(one_line(error))


@dataclass(frozen=True)
class Around:
    """What a session gives its backends: how a search is timed, how an exception is told, what runs beside."""

    timed: Timed = call
    """Used by a backend that runs in this process."""
    explain: Callable[[BaseException], ElsewhereError] = explain
    """Used by a backend that runs in another one, there."""
    contended: bool = False
    """Whether other cells run at the same time, so that seconds are not the method's alone."""


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
        metric=problem.protocol.metric,
        start=start,
        reference_seconds=reference_seconds(),
        contended=around.contended,
    )


def closing(run: Run, opened: Record) -> Run:
    """Return a run with what was known of it before it began."""
    record = replace(run.record, reference_seconds=opened.reference_seconds, contended=opened.contended)
    return replace(run, record=record)
