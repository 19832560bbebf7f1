"""What a file or a frame holds: typed columns, notes on each, and what is wrong."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tuners.task.files._columns import Column
from tuners.text.printable import printable

SECOND_HEADER = 3
"""So many columns of numbers that begin with a text have a second line of names."""


@dataclass
class Table:
    """What a file holds."""

    columns: dict[str, pd.Series] = field(default_factory=dict)
    """By name: numbers, dates, or text as objects, in the file's order."""
    file_notes: list[str] = field(default_factory=list)
    """Lines about the file."""
    notes: dict[str, list[str]] = field(default_factory=dict)
    """By column, what was decided: parts of a sentence."""
    defects: list[str] = field(default_factory=list)
    """What is wrong with it, each with its remedy."""
    strays: list[tuple[str, int, str]] = field(default_factory=list)
    """Columns of numbers that hold a text: name, row and text of the first one."""
    repeated: dict[str, str] = field(default_factory=dict)
    """By name of a further column of a name that was there already: that name."""
    rows: NDArray[np.intp] | None = None
    """Where each row is among the lines below the header; None where all lines are rows."""
    first_line: int | None = 2
    """The line of the first row; None where rows are no lines."""

    @property
    def frame(self) -> pd.DataFrame:
        """The columns as one frame."""
        return pd.DataFrame(self.columns)

    def place(self, row: int) -> str:
        """Say where a row is, by its number from 0."""
        if self.first_line is None:
            return f"row {row + 1}"
        return f"line {(row if self.rows is None else int(self.rows[row])) + self.first_line}"

    @property
    def wrong(self) -> list[str]:
        """All that is wrong, each with its remedy."""
        at_first = [name for name, row, _ in self.strays if row == 0]
        if len(at_first) >= SECOND_HEADER:
            listed = ", ".join(at_first[:3])
            said = f"{self.place(0)} holds texts where columns ({listed} and others) hold numbers: "
            return [*self.defects, f"{said}if it is a second line of names, remove one of the two"]
        return self.defects + [
            f"column {name!r} holds {value!r} in {self.place(row)}, where the other rows hold numbers: correct it, or "
            "say that it marks a gap (--tuning-na, na_values=)"
            for name, row, value in self.strays
        ]

    def take(self, name: str, column: Column) -> None:
        """Take a column as it was understood."""
        if column.damaged is not None:
            self.strays.append((name, column.damaged, printable(str(column.content.iloc[column.damaged]).strip())))
        self.columns[name] = column.content
        self.notes[name] = list(column.notes)


def distinct(header: Sequence[str], table: Table) -> list[str]:
    """Return distinct names: one that is there already gets a number, which is said; a missing one, its place."""
    names: list[str] = []
    for place, name in enumerate(header, start=1):
        found = name or f"column {place}"
        if found in names:
            further = next(f"{found}.{number}" for number in itertools.count(1) if f"{found}.{number}" not in names)
            table.repeated[further] = found
            found = further
        names.append(found)
    return names
