"""The report as plain text, for a terminal."""

from __future__ import annotations

import textwrap

from tuners.report.document import Report
from tuners.report.section import Block
from tuners.report.sections import blocks
from tuners.text.printable import printable

WIDTH = 100
"""Columns of a terminal."""


def text(report: Report, *, verbose: bool = False) -> str:
    """Set the report for a terminal of `WIDTH` columns; with details of each tuned model if verbose."""
    found = blocks(report, {"terminal"})
    if verbose:
        found += blocks(report, {"verbose"})
    return "\n\n".join(map(_block, found))


def _block(block: Block) -> str:
    tables = [table.tabulated("simple", printable) for table in block.tables]
    notes = [textwrap.fill(printable(note, None), WIDTH, break_long_words=False) for note in block.notes]
    return "\n\n".join([printable(block.title), *tables, *notes])
