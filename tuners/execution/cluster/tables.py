"""Recorded tables on their way: out to the workers once, with what is recorded here, and back with what is new."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tuners.errors import TuningError
from tuners.evaluation.recording import MODEL, Recording, recording_of
from tuners.execution.cluster.orders import Snapshot
from tuners.execution.process import call
from tuners.execution.tables import whole
from tuners.task.address import know

if TYPE_CHECKING:
    from tuners.results.run import Run
    from tuners.task.problem import Problem


def taken(recording: Recording, after: int = -1) -> Snapshot:
    """Return a recording as it travels, with the rows after a number."""
    table = recording.table
    return Snapshot(recording.address, table.rows(after), table.about(), recording.expected, recording.fidelities)


def restored(problem: Problem, snapshot: Snapshot, folder: Path) -> Recording:
    """Return the recording of a problem on a worker, with all that a snapshot has."""
    know(problem, snapshot.address)
    recording = recording_of(problem, folder)
    if len(recording) < len(snapshot.rows):
        recording.take(snapshot.rows)
    known = recording.table.about()
    for name, value in snapshot.notes.items():
        if name not in known:
            recording.table.note(name, value)
    recording.expected, recording.fidelities = snapshot.expected, snapshot.fidelities
    recording.asked = True  # whether it is built whole is decided once, for all workers
    return recording


def built(recording: Recording, limit: float) -> Snapshot:
    """Build a table in a process of its own, unless that takes longer than the limit; return what is new in it.

    Raises `TuningError` for a folder that cannot be written to, and where the process dies.
    """
    last = len(recording) - 1

    def build() -> tuple[float | None]:
        recording.prepare()
        return (whole(recording, limit),)

    found = call(build, None)
    if found is None:
        message = f"table of {recording.problem.model.name} on {recording.problem.dataset.name}: its process died"
        raise TuningError(message)
    recording.read()
    return replace(taken(recording, last), expected=found[0])


def taken_in(recording: Recording, snapshot: Snapshot) -> None:
    """Take in a table that was built elsewhere."""
    recording.take(snapshot.rows)
    if MODEL in snapshot.notes and MODEL not in recording.table.about():
        recording.table.note(MODEL, snapshot.notes[MODEL])
    recording.expected = snapshot.expected


def renumbered(run: Run, recording: Recording, numbers: dict[int, int]) -> Run:
    """Return a run that was looked up in a worker's table as if it had been in the one here."""
    if not any(each.rows for each in run.repeats):
        return run
    repeats = tuple(replace(each, rows=tuple(numbers.get(row, row) for row in each.rows)) for each in run.repeats)
    return replace(run, repeats=repeats, table=recording.trials)
