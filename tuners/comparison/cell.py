"""What comes of a cell: a run, or why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tuners.errors import (
    ClusterLostError,
    MissingExtraError,
    NotApplicableError,
    TuningError,
    UnavailableError,
    one_line,
    unwinds,
)
from tuners.results.cell import Cell, dataset_name
from tuners.results.record import Record
from tuners.results.run import Run

if TYPE_CHECKING:
    from tuners.comparison.heard import Heard
    from tuners.execution.contract import Around, Backend
    from tuners.plan import Plan
    from tuners.store.journal_contents import Entry
    from tuners.task.problem import Problem


@dataclass(frozen=True)
class Outcome:
    """What came of a cell."""

    run: Run
    began: bool = True
    """Whether there was a run; else the record says why there was none."""


def opened(plan: Plan, cell: Cell) -> Record:
    """Return the record of a cell of which nothing is known but its names."""
    return Record(cell.model, dataset_name(cell.dataset), cell.tuner, cell.seed, metric=plan.metric)


def problem_of(plan: Plan, cell: Cell) -> Problem | Run:
    """Return the problem of a cell; where it cannot be had, the run whose record says why."""
    record = opened(plan, cell)
    try:
        return plan.problem(cell.model, cell.dataset, cell.seed)
    except (MissingExtraError, UnavailableError) as error:
        return Run(replace(record, status="skipped", reason=str(error)), ())
    except BaseException as error:
        if unwinds(error):
            raise
        # A model or dataset that cannot be loaded is a failed cell.
        reason = f"cannot be loaded: {one_line(error)}"
        return Run(replace(record, status="failed", reason=reason), (), error=error)


def backend_of(plan: Plan, cell: Cell, finished: Mapping[str, Entry], around: Around) -> Backend:
    """Return what makes a cell's run: for one that the resumed session has ended, what its journal says of it."""
    from tuners.execution.contract import backend  # noqa: PLC0415  scikit-learn loads when a cell runs
    from tuners.execution.resumed import Resumed  # noqa: PLC0415  scikit-learn loads when a cell runs

    if cell.id in finished:
        return Resumed(plan, {cell.id: finished[cell.id].run})
    return backend(plan.backend, plan, around)


def outcome(run: Callable[[], Run], heard: Heard, keep: Callable[[Run], None]) -> Outcome:
    """Make the run of a cell; return what came of it.

    On Ctrl-C, and where a cluster is gone, `keep` is given what there is, though it has no result. Raises `TuningError`
    for bad input.
    """
    try:
        return Outcome(run())
    except (MissingExtraError, NotApplicableError) as error:
        return Outcome(Run(replace(heard.record, status="skipped", reason=str(error)), ()), began=False)
    except TuningError:
        raise
    except (KeyboardInterrupt, ClusterLostError) as error:
        keep(heard.cut_short("interrupted", ended=False))
        if isinstance(error, ClusterLostError):
            raise
        # Raised anew: frames of a library may have no line number (CPython 3.11), on which pytest's own report
        # of the interrupt would break.
        raise KeyboardInterrupt from None
    except BaseException as error:
        if unwinds(error) or heard.searching:
            raise
        # The user's estimator, or a library that cannot be imported.
        reason = f"the run cannot begin: {one_line(error)}"
        return Outcome(Run(replace(heard.record, status="failed", reason=reason), (), error=error), began=False)


def not_deterministic(run: Run) -> str:
    """Say that a method made other trials with the same seed; empty where it did not, or nobody has looked."""
    real = run.record.real
    if real is None or real.alike:
        return ""
    return (
        f"{run.record.tuner} is not deterministic with a seed: expected the same trials twice, got others: its figures "
        "cannot be made again: draw all of its random numbers from the seed that it is given"
    )
