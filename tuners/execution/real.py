"""Runs that are made for real in a session of recorded ones: what a run takes by the wall's clock stays measured.

Each method makes one on the session's smallest problem, of few evaluations, and the same run is looked up: the two
times stand side by side, and two runs of one seed tell whether a method is deterministic with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tuners.errors import TuningError, unwinds
from tuners.execution.measurement import Measurement
from tuners.execution.scoring import scored
from tuners.results.record import EVALUATIONS, RealRun, Record

if TYPE_CHECKING:
    from tuners.plan import Job, Plan
    from tuners.results.cell import Cell
    from tuners.task.problem import Problem

MOST_EVALUATIONS = 6
"""Of a run that is made for real: enough to compare clocks by."""


def smallest(plan: Plan, cells: Sequence[Cell]) -> tuple[str, str, int] | None:
    """Return the names of the problem with the fewest values among those of the first model; None without cells."""
    names = dict.fromkeys((cell.model, cell.dataset, cell.seed) for cell in cells if cell.model == cells[0].model)
    sizes = {}
    for name in names:
        try:
            rows = plan.problem(*name).split.X_train
        except BaseException as error:
            if unwinds(error):
                raise
            continue  # its cells say what is wrong
        sizes[name] = rows.shape[0] * rows.shape[1]
    return min(sizes, key=lambda name: sizes[name]) if sizes else None


def real(plan: Plan, job: Job) -> RealRun | None:
    """Make a job's first run for real, with few evaluations, and look it up; None for one that fails."""
    problem = plan.problem_of(job)
    try:
        made, looked_up = (_run(plan, job, problem, evaluation) for evaluation in (EVALUATIONS[0], "recorded"))
    except TuningError:
        return None  # said by its cell
    if made.seconds is None or looked_up.seconds is None or not made.ok or not looked_up.ok:
        return None
    alike = made.trials_sha256 == looked_up.trials_sha256
    return RealRun(made.evaluations, made.seconds, looked_up.seconds, alike)


def _run(plan: Plan, job: Job, problem: Problem, evaluation: str) -> Record:
    budget = plan.budget(job.cell.model, job.cell.tuner)
    measurement = Measurement(
        job.cell.tuner,
        plan.tuner_of(job),
        problem,
        replace(budget, evaluations=min(budget.evaluations, MOST_EVALUATIONS)),
        evaluation=evaluation,
        start=plan.start,
        tables=plan.tables,
    )
    measurement.prepare()
    measurement.search()
    return scored(measurement).record
