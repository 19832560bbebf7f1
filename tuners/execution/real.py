"""Runs that are made for real in a session of recorded ones: what a run takes by the wall's clock stays measured.

Each method makes one on the session's smallest problem, of few evaluations, and the same run is looked up: the two
times stand side by side, and two runs of one seed that differ tell that a method is not deterministic with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tuners.execution.preflight import of_each
from tuners.results.record import RealRun, Record

if TYPE_CHECKING:
    from tuners.plan import Plan
    from tuners.results.cell import Cell
    from tuners.task.problem import Problem

MOST_EVALUATIONS = 3
"""Of a run that is made for real: enough to compare clocks by."""


def smallest(plan: Plan, cells: Sequence[Cell]) -> Problem | None:
    """Return the problem with the fewest values among those of the first model; None where none can be loaded."""
    sizes = of_each(plan, [cell for cell in cells if cell.model == cells[0].model], _size)
    return min(sizes, key=lambda sized: sized[0], default=(0, None))[1]


def _size(problem: Problem) -> tuple[int, Problem]:
    rows, columns = problem.split.X_train.shape
    return rows * columns, problem


def compared(made: Record, looked_up: Record) -> RealRun | None:
    """Return a run that was made and the same one looked up, side by side; None where one has failed."""
    if made.seconds is None or looked_up.seconds is None or not made.ok or not looked_up.ok:
        return None
    alike = made.trials_sha256 == looked_up.trials_sha256
    return RealRun(made.evaluations, made.seconds, looked_up.seconds, alike)
