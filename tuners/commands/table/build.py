"""`table build`: the tables of a session's problems, without running any method."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from tuners.commands import Command
from tuners.commands._options import add
from tuners.commands.table._shared import PROTOCOL, plan_of, problems
from tuners.comparison.building import before
from tuners.text.printable import printable

if TYPE_CHECKING:
    from tuners.execution.tables import Built

TELL_SECONDS = 5.0
"""A line of progress at most so often."""


def options(parser: argparse.ArgumentParser) -> None:
    """Add what says which problems, and how."""
    add(parser, "models", "seeds", *PROTOCOL)
    add(parser, "tables", "table-limit", "jobs")


def run(chosen: argparse.Namespace) -> int:
    """Build, say on stderr how long it takes, and print a line a table."""
    plan = plan_of(chosen)
    by_problem = {(cell.model, cell.dataset, cell.seed): cell for cell in plan.cells()}
    cells = [by_problem[problem] for problem in problems(plan, by_problem.values())]
    from tuners.evaluation.recording import recording_of  # noqa: PLC0415  loads scikit-learn
    from tuners.execution import tables  # noqa: PLC0415  loads scikit-learn

    found = tables.build(plan, cells, _progress(), lambda expected: print(before(expected), file=sys.stderr))
    for each in found:
        print(printable(_line(each, plan.table_limit), None))
    for cell in cells:
        recording = recording_of(plan.problem(cell.model, cell.dataset, cell.seed), plan.tables)
        if recording.candidates and not recording.missing(recording.candidates):
            recording.landmarks()  # noted in the table, where `table list` finds them
    return 0


def _progress() -> Callable[[int, int, float | None], None]:
    told = time.monotonic()

    def heard(done: int, total: int, left: float | None) -> None:
        nonlocal told
        if left is not None and time.monotonic() - told > TELL_SECONDS:
            told = time.monotonic()
            print(f"{done:,} of {total:,} candidates, about {left:.0f} s left", file=sys.stderr, flush=True)

    return heard


def _line(built: Built, limit: float) -> str:
    if built.whole:
        instead = f"; recorded before with {built.instead_of}" if built.instead_of else ""
        return f"{built.name}: all {built.candidates:,} candidates{instead}"
    if built.candidates is None:
        return f"{built.name}: {built.recorded:,} candidates of a space without an end: what searches ask for is added"
    said = f"{built.name}: {built.recorded:,} of {built.candidates:,} candidates"
    if built.expected is None:
        return said
    return f"{said}: the whole would take about {built.expected:.0f} s, more than --table-limit={limit:g}"


COMMAND = Command(place=10, help="build the tables of a session's problems", options=options, run=run)
