"""Every problem of a session is checked before the first fit, so that bad input costs no measurement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from tuners.errors import TuningError, UnavailableError, unwinds
from tuners.evaluation.recording import is_checked
from tuners.execution.process import call
from tuners.execution.watch import START_SECONDS
from tuners.plan import Plan, loaded
from tuners.results.cell import Cell
from tuners.results.tasks import TASKS
from tuners.store.table import require_folder
from tuners.task.metrics import label_named

if TYPE_CHECKING:
    from tuners.task.problem import Problem

T = TypeVar("T")
MOST_NAMED = 5
"""Datasets that a message names."""


def preflight(plan: Plan, cells: Sequence[Cell]) -> None:
    """Load and check every problem of the cells; raise `TuningError` for one that cannot be measured.

    What is missing skips its cells later, what is broken fails them, with the reason in the table.
    """
    if plan.recorded:
        require_folder(plan.tables)
    _check_tasks(plan, [cell.dataset for cell in cells])
    _check_positive(plan, [cell.dataset for cell in cells])
    of_each(plan, cells, partial(_check, plan))


def _check(plan: Plan, problem: Problem) -> None:
    if plan.recorded and is_checked(problem, plan.tables):
        return
    if plan.limited or plan.recorded:
        # What a fit leaves in a process, such as threads, is not to be in those forked from this one.
        call(problem.check, START_SECONDS)
    else:
        problem.check()


def of_each(plan: Plan, cells: Sequence[Cell], act: Callable[[Problem], T]) -> list[T]:
    """Return what a function makes of each problem of the cells; raise `TuningError` for bad input.

    A problem that is missing or broken is left out: its cells say why when they run.
    """
    found = []
    for name in dict.fromkeys((cell.model, cell.dataset, cell.seed) for cell in cells):
        try:
            found.append(act(plan.problem(*name)))
        except UnavailableError:
            continue
        except TuningError:
            raise
        except BaseException as error:
            if unwinds(error):
                raise
            continue
    return found


def _check_tasks(plan: Plan, datasets: Sequence[str]) -> None:
    """Raise `TuningError` where datasets are of two tasks, and no metric was given: they have no metric in common."""
    if "metric" in plan.given:
        return  # one's own may score both; where it does not, its problem says so
    found = [loaded(lambda: plan.dataset(name)) for name in dict.fromkeys(datasets)]  # noqa: B023  called here
    of = {task: [each.name for each in found if each is not None and each.task == task] for task in TASKS}
    if all(of.values()):
        listed = ", ".join(f"{task} of {', '.join(names[:MOST_NAMED])}" for task, names in of.items())
        message = f"--tuning-datasets: expected datasets of one task in a session, got {listed}: choose those of one"
        raise TuningError(message)


def _check_positive(plan: Plan, datasets: Sequence[str]) -> None:
    """Raise `TuningError` if no dataset has the class that was given as positive."""
    if plan.protocol.positive is None or not datasets:
        return
    found = [loaded(lambda: plan.dataset(name)) for name in dict.fromkeys(datasets)]  # noqa: B023  called here
    known = [dataset for dataset in found if dataset is not None]
    if known and not any(label_named(dataset.classes, plan.protocol.positive) for dataset in known):
        listed = "; ".join(f"{dataset.name} has {', '.join(dataset.classes[:10])}" for dataset in known)
        message = f"--tuning-positive: expected a class of a dataset, got {plan.protocol.positive!r}: {listed}"
        raise TuningError(message)
