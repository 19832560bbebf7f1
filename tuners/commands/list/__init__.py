"""`list`: the members of a family, what each can do, and which are installed; a family a module, its `LISTING`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tabulate import tabulate

from tuners.commands import Command
from tuners.commands._completers import completes
from tuners.commands._tests import load, tests_option
from tuners.registry import Registry
from tuners.text.printable import printable

FEW = 3
"""Values of a list that a table shows, unless it has but one more."""
Row = dict[str, Any]
"""What there is to say of a member, by key: plain values; None for what is not known."""


@dataclass(frozen=True)
class Listing:
    """One family. Its name is that of its module."""

    members: Registry[Any]
    row: Callable[[str], Row]
    """Says what a member of that name is, without loading it where that takes long."""
    left_out: frozenset[str] = frozenset()
    """Keys that only JSON has."""


LISTINGS: Registry[Listing] = Registry("family", __name__, "LISTING")


def options(parser: argparse.ArgumentParser) -> None:
    """Add the family, the names, and in which form."""
    parser.add_argument("family", choices=sorted(LISTINGS), help="what to list")
    names = parser.add_argument("names", nargs="*", metavar="NAME", help="these alone; all of them by default")
    completes(names, lambda chosen: list(LISTINGS.load(chosen.family).members))
    parser.add_argument("--json", action="store_true", help="print a list of objects")
    tests_option(parser)


def run(chosen: argparse.Namespace) -> int:
    """Print a line a member, or JSON; raise `TuningError` for a name that nobody has."""
    load(chosen.tests)
    listing = LISTINGS.load(chosen.family)
    for name in chosen.names:
        listing.members.check(name)
    found = [listing.row(name) for name in chosen.names or listing.members]
    print(json.dumps(found, indent=1) if chosen.json else _table(found, listing.left_out))
    return 0


def _table(rows: Sequence[Row], left_out: frozenset[str]) -> str:
    headings = [key for key in dict.fromkeys(key for row in rows for key in row) if key not in left_out]
    lines = [[printable(_text(row.get(key)), None) for key in headings] for row in rows]
    return tabulate(lines, [key.replace("_", " ") for key in headings], tablefmt="plain", disable_numparse=True)


def _text(value: Any) -> str:
    if value is None or value in ("", []):
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        more = f" and {len(value) - FEW} more" if len(value) > FEW + 1 else ""
        return ", ".join(map(_text, value[:FEW] if more else value)) + more
    return f"{value:,}" if isinstance(value, int) else str(value)


COMMAND = Command(
    place=60,
    help="list methods, models, datasets, metrics or presets, with what each can do and what is installed",
    options=options,
    run=run,
)
