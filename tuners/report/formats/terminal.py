"""The report as plain text, for a terminal: the verdict last, in few lines; the rest above it where it is asked for."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Sequence
from dataclasses import replace

from tuners.report.document import Report
from tuners.report.section import Block
from tuners.report.sections import blocks
from tuners.report.summary import KEPT, TABLED
from tuners.report.tables import Table
from tuners.report.words import counted
from tuners.text.printable import printable

WIDTH = 100
"""Columns of a terminal."""
LINES = 24
"""Of the verdict, at the most: with the rule above it a screen of 25 lines."""
LEAST_ROWS = 2
"""Of a table that is cut, at the least."""


def text(report: Report, *, verbose: bool = False) -> str:
    """Set the report for a terminal of `WIDTH` columns: what is long first, if verbose, and the verdict last."""
    found = [*blocks(report, {"appendix"}), *blocks(report, {"verbose"})] if verbose else []
    short = [_short(block, math.inf if verbose else LINES) for block in blocks(report, {"terminal"})]
    return "\n\n".join([*map(_block, found), *short])


def _block(block: Block) -> str:
    tables = [table.tabulated("simple", printable) for table in block.tables]
    said = [*block.notes, *block.spare]
    notes = [textwrap.fill(printable(note, None), WIDTH, break_long_words=False) for note in said]
    return "\n\n".join([printable(block.title), *tables, *notes])


def _short(block: Block, most: float) -> str:
    """Set a block without empty lines, in as many as `most`.

    Spare notes are left out first, then rows, the last tables' before the first's, those that no note names before the
    others, and then the last notes. The answers stay, whatever room they take.
    """
    notes, spare = [_note(note) for note in block.notes], [_note(note) for note in block.spare]
    kept = [list(table.rows) for table in block.tables]
    named = set(re.findall(r"\w+", " ".join(block.notes)))

    def lines() -> list[str]:
        tables = [line for table, rows in zip(block.tables, kept, strict=True) for line in _table(table, rows)]
        more = sum(len(table.rows) - len(rows) for table, rows in zip(block.tables, kept, strict=True))
        left_out = f" ({counted(more, 'more row')} with -v)" if more else ""
        title = f"{block.title}{left_out}"
        return [*tables, printable(title), *(line for note in [*notes, *spare] for line in note)]

    while len(lines()) > most and spare:
        spare.pop()
    for rows in reversed(kept):
        while len(lines()) > most and len(rows) > LEAST_ROWS:
            unnamed = [place for place, row in enumerate(rows) if row[0].rstrip("*!") not in named]
            del rows[unnamed[-1] if unnamed else -1]
    tabled, answers = ([note for note in notes if note[0].removeprefix("- ").startswith(of)] for of in (TABLED, KEPT))
    answers = answers or notes[:1]
    while len(lines()) > most and (others := [note for note in notes if note not in answers]):
        notes.remove(tabled.pop() if tabled else others[-1])
    return "\n".join(lines())


def _note(note: str) -> list[str]:
    # A command is copied, and so in one piece.
    whole = textwrap.TextWrapper(WIDTH, "- ", "  ", break_long_words=False, break_on_hyphens=False)
    return whole.wrap(printable(note, None))


def _table(table: Table, rows: Sequence[list[str]]) -> list[str]:
    """Return the lines of some rows of a table."""
    # tabulate pads headings, but not a first row.
    lines = replace(table, headings=[], rows=[table.headings, *rows]).tabulated("plain", printable)
    return [line.rstrip() for line in lines.splitlines()]
