"""`table prune`: deletes tables that no session of this machine reads any more."""

from __future__ import annotations

import argparse
import time

from tuners.commands import Command
from tuners.commands._options import add, parsed
from tuners.commands.table._shared import folder_of
from tuners.comparison.values import seconds
from tuners.errors import TuningError
from tuners.report.words import counted
from tuners.store.table import Table, listed
from tuners.text.printable import printable

DAY = 86_400


def options(parser: argparse.ArgumentParser) -> None:
    """Add what is deleted besides tables of other versions."""
    add(parser, "tables")
    parser.add_argument("--damaged", action="store_true", help="also files that are no tables, or damaged ones")
    parser.add_argument("--older", metavar="TIME", help="also tables that nothing was added to for so long, as in 30d")
    parser.add_argument("--dry-run", action="store_true", help="delete nothing, and say what would be")


def run(chosen: argparse.Namespace) -> int:
    """Delete, and print what and how many bytes."""
    folder = folder_of(chosen)
    longest = None if chosen.older is None else parsed("--older", seconds, chosen.older)
    word = "would delete" if chosen.dry_run else "deleted"
    total = number = 0
    for table in listed(folder):
        why = _why(table, longest, damaged=chosen.damaged)
        if not why:
            continue
        size = table.path.stat().st_size
        if not chosen.dry_run:
            table.path.unlink()
        print(printable(f"{word} {table.path.name} ({size:,} bytes): {why}", None))
        total, number = total + size, number + 1
    print(printable(f"{word} {counted(number, 'table')}, {total:,} bytes, in {folder}", None))
    return 0


def _why(table: Table, longest: float | None, *, damaged: bool) -> str:
    """Say why a table is to be deleted; empty for one that stays."""
    from tuners.task.address import outdated  # noqa: PLC0415  loads pandas

    try:
        changed = outdated(table.about().get("versions", {}))
        if not changed and damaged:
            table.check()
    except TuningError:
        return "damaged" if damaged else ""
    if changed:
        return f"recorded with {'; '.join(changed)}"
    days = (time.time() - table.path.stat().st_mtime) / DAY
    return f"nothing added for {days:.0f} days" if longest is not None and days * DAY > longest else ""


COMMAND = Command(
    place=50, help="delete tables of other versions, and on request damaged or old ones", options=options, run=run
)
