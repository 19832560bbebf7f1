"""Building the tables of a session before its first cell, and what is said of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tuners.report.words import clock_time, counted

if TYPE_CHECKING:
    from tuners.comparison.contract import Session
    from tuners.execution.tables import Built, Elsewhere, Expected
    from tuners.plan import Plan
    from tuners.results.cell import Cell


ASKED_FOR = "what searches ask for is recorded, and the optimum is not known"
ONCE = "each cell runs once (--tuning-repeats makes more)"


def build_tables(
    session: Session, cells: Sequence[Cell], say: Callable[[str], None], elsewhere: Elsewhere | None = None
) -> None:
    """Build the tables of the cells' problems, those that are affordable; raise `TuningError` for a damaged one.

    What it will take is said before. They are built here, unless `elsewhere` does it.
    """
    from tuners.execution import tables  # noqa: PLC0415  scikit-learn loads when cells run
    from tuners.execution.real import smallest  # noqa: PLC0415  scikit-learn loads when cells run

    plan, progress = session.plan, session.progress
    began = time.monotonic()
    try:
        found = tables.build(plan, cells, progress.tables, lambda expected: say(before(expected)), elsewhere)
    except KeyboardInterrupt:
        say(f"tables: interrupted: what is recorded stays in {plan.tables}, and the same command goes on from there")
        raise
    finally:
        progress.end()
    plan.real_on = smallest(plan, session.whole)
    for line in said(found, time.monotonic() - began, plan):
        session.messages.note(line)
    if longer := beyond(found, plan):
        say(longer)  # before the runs, which take so long, too


def before(expected: Expected) -> str:
    """Return what building will take."""
    what = f"tables: {expected.candidates:,} candidates of {counted(expected.problems, 'problem')} to evaluate once"
    if expected.seconds is None:
        return f"{what}; how long that takes is being measured"
    later = ", ".join(expected.measured_later)
    if later and not expected.seconds:
        return f"{what}: they are timed meanwhile, since candidates of {later} share no work"
    beside = f" beside {later}, whose candidates share no work and are timed as they are evaluated" if later else ""
    longer = f"; {counted(expected.longer, 'further problem')} would take longer than --tuning-table-limit each, and "
    left = f"{longer}only what searches ask for is recorded" if expected.longer else ""
    return f"{what}, about {clock_time(expected.seconds)}{beside}{left}"


def said(found: Sequence[Built], seconds: float, plan: Plan) -> list[str]:
    """Return what there is to say of tables: how many are whole, and what the others would take."""
    whole = [each for each in found if each.whole]
    lines = [f"table of {each.name}: recorded with {each.instead_of}: built anew" for each in found if each.instead_of]
    if whole:
        candidates = sum(each.candidates or 0 for each in whole)
        ready = f"all {candidates:,} candidates, ready in {seconds:.0f} s"
        lines.append(f"tables: {counted(len(whole), 'problem')}, {ready}")
    if longer := beyond(found, plan):
        lines.append(longer)
    endless = [each for each in found if each.candidates is None]
    if endless:
        lines.append(f"tables: {endless[0].name}{_further(endless)}: a space without an end: {_then(plan)}")
    return lines


def beyond(found: Sequence[Built], plan: Plan) -> str:
    """Return what there is to say of tables that would take longer than the limit; empty where none would."""
    longer = [each for each in found if each.expected is not None]
    if not longer:
        return ""
    first = max(longer, key=lambda each: each.expected or 0.0)
    return (
        f"tables: {first.name}{_further(longer)}: all {first.candidates:,} candidates would take about "
        f"{first.expected:.0f} s, more than --tuning-table-limit={plan.table_limit:g}: {_then(plan)}"
    )


def _then(plan: Plan) -> str:
    return ASKED_FOR if "repeats" in plan.given else f"{ONCE}, {ASKED_FOR}"


def _further(found: Sequence[Built]) -> str:
    """Count the problems beside the one that is named."""
    return f" and {counted(len(found) - 1, 'more problem')}" if len(found) > 1 else ""
