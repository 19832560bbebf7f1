"""Why cells and trials have no score, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from tuners.analysis.failures import FailureRow
from tuners.report.words import counted

MOST = 5
"""Reasons of failed cells, and of failed trials, that are told: one that differs from cell to cell fills the screen."""


def told(rows: Sequence[FailureRow], most: int = MOST, of: Sequence[str] = ("cells", "trials")) -> list[str]:
    """Return a sentence a reason, of cells and trials at most so many each, and how many more there are."""
    first = [row for what in of for row in [each for each in rows if each.what == what][:most]]
    sentences = []
    for row in first:
        share = f"{row.count} of {row.total} trials of {row.whose}, in " if row.what == "trials" else ""
        sentences.append(f"{row.status}: {share}{_some(row.where)}: {row.reason}")
    more = sum(row.what in of for row in rows) - len(first)
    if more:
        sentences.append(f"{counted(more, 'more reason')} of failures: in the HTML and JSON reports")
    return sentences


def _some(cells: Sequence[str]) -> str:
    return cells[0] if len(cells) == 1 else f"{cells[0]} and {len(cells) - 1} more"
