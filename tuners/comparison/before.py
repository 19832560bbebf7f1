"""What a session does before its first cell, so that bad input costs no measurement."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tuners.comparison import building
from tuners.comparison.header import splitting

if TYPE_CHECKING:
    from tuners.comparison.contract import Session
    from tuners.execution.tables import Elsewhere


def prepare(session: Session, say: Callable[[str], None], elsewhere: Elsewhere | None = None) -> None:
    """Check every problem, and build the tables of those that are to be run; raise `TuningError` for bad input.

    `say` is told a line at a time: how rows are divided, and how long tables will take. These are built here, unless
    `elsewhere` does it.
    """
    from tuners.execution.preflight import preflight  # noqa: PLC0415  scikit-learn loads when cells run
    from tuners.execution.resumed import require_same_data  # noqa: PLC0415  scikit-learn loads when cells run

    plan, cells = session.plan, session.cells
    session.journal.check_code()
    preflight(plan, cells)
    for line in splitting(plan, cells):
        say(line)
    finished = {cell: entry.run for cell, entry in session.finished().items()}
    require_same_data(plan, finished, cells)
    if plan.recorded:
        building.build_tables(session, [cell for cell in cells if cell.id not in finished], say, elsewhere)
