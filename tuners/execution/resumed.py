"""Runs that an interrupted session has finished, taken from its journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tuners.errors import TuningError
from tuners.results.run import earlier

if TYPE_CHECKING:
    from tuners.evaluation.listener import Listener
    from tuners.plan import Job, Plan
    from tuners.results.cell import Cell
    from tuners.results.run import Run
    from tuners.task.dataset import Dataset


class Resumed:
    """Runs nothing: its runs were measured in the session that was interrupted."""

    def __init__(self, plan: Plan, runs: Mapping[str, Run]) -> None:
        """Take the finished runs, by cell."""
        self._plan = plan
        self._runs = runs

    def run(self, job: Job, listener: Listener) -> Run:  # noqa: ARG002  there is nothing to hear
        """Return the finished run of a job's cell; raise `TuningError` if its data have changed."""
        run = self._runs[job.cell.id]
        _require_same(run, self._plan.problem_of(job).dataset)
        return earlier(run)


def require_same_data(plan: Plan, runs: Mapping[str, Run], cells: Sequence[Cell]) -> None:
    """Raise `TuningError` if the data of a finished run, of which there is one for some cells, have changed."""
    for cell in cells:
        run = runs.get(cell.id)
        if run is not None and run.record.dataset_sha256:
            _require_same(run, plan.dataset(cell.dataset))


def _require_same(run: Run, dataset: Dataset) -> None:
    if run.record.dataset_sha256 not in ("", dataset.fingerprint()):
        message = (
            f"--tuning-resume: the data of {dataset.name!r} have changed since the interrupted session: restore them, "
            "or run without --tuning-resume"
        )
        raise TuningError(message)
