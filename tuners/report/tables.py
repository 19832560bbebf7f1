"""Tables as text: columns, each with its heading and how a row's value reads, and the rows set by them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tabulate import tabulate


@dataclass(frozen=True)
class Column:
    """One column: its heading and how to read a row's value as text."""

    heading: str
    text: Callable[[Any], str]
    needed: Callable[[Any], bool] = lambda rows: True  # noqa: ARG005  most always are
    """Whether a table of these rows has the column."""
    tone: Callable[[Any], str] | None = None
    """What a value means, as a word that the page has a colour and a sign for; None: nothing that a colour says."""


@dataclass(frozen=True)
class Table:
    """A table as text."""

    headings: list[str]
    rows: list[list[str]]
    caption: str = ""
    """What it shows, where its block has no title that says so."""
    tones: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """By row and column, both from 0: what a cell's value means."""

    def tabulated(self, style: str, shown: Callable[[str], str]) -> str:
        """Set the table in one of tabulate's styles, each text as `shown` makes it safe there."""
        return tabulate(
            [list(map(shown, row)) for row in self.rows],
            list(map(shown, self.headings)),
            tablefmt=style,
            disable_numparse=True,
        )

    @classmethod
    def of(cls, columns: Sequence[Column], rows: Sequence[Any], caption: str = "") -> Table:
        """Set rows by their columns."""
        needed = [column for column in columns if column.needed(rows)]
        return cls(
            [column.heading for column in needed],
            [[column.text(row) for column in needed] for row in rows],
            caption,
            {
                (place, index): column.tone(row)
                for place, row in enumerate(rows)
                for index, column in enumerate(needed)
                if column.tone is not None
            },
        )
