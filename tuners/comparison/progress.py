"""Live progress: one line that a terminal shows while a search runs."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING, TextIO

from tuners.results.scorers import read_as

if TYPE_CHECKING:
    from tuners.results.budget import Budget
    from tuners.results.trial import Trial

REFRESH_SECONDS = 0.1


class Progress:
    """Writes `cell k of n, repeat r of m, trial i of budget, best score so far, time left` over itself.

    On a terminal only. It writes to its own copy of the terminal's descriptor, because pytest
    captures the usual one while a test runs.
    """

    def __init__(self, terminal: TextIO | None, cells: int = 0) -> None:
        """Copy the descriptor of `terminal`; None, or no terminal, keeps silent."""
        self.cells = cells
        self.cell = ""
        self._seen: dict[str, int] = {}
        """By cell: its number; one that is run again keeps it."""
        self._number = 0
        self._repeat = ""
        self._began = time.monotonic()
        self._cell_began = self._began
        self._shown = 0.0
        self._out: TextIO | None = None
        if terminal is not None and terminal.isatty():
            self._out = os.fdopen(os.dup(terminal.fileno()), "w", encoding="utf-8", errors="replace")

    @property
    def live(self) -> bool:
        """Whether there is a terminal to write to."""
        return self._out is not None

    def begin(self, cell: str) -> None:
        """Start a cell."""
        if not self._number:
            self._began = time.monotonic()
        self._number = self._seen.setdefault(cell, len(self._seen) + 1)
        self._cell_began = time.monotonic()
        self.cell, self._repeat = cell, ""
        self._write("")

    def repeat(self, number: int, of: int) -> None:
        """Start a repeat of the cell, by its number from 0."""
        self._repeat = f"  repeat {number + 1} of {of}" if of > 1 else ""

    def trial(self, spent: float, best: Trial | None, budget: Budget, metric: str = "") -> None:
        """Show where the running search is: the evaluations so far, and the best trial's score as people read it."""
        if self._out is None or time.monotonic() - self._shown < REFRESH_SECONDS:
            return
        self._shown = time.monotonic()
        score = f"best {read_as(metric, best.score):.4f}" if best else "no score yet"
        of = "" if budget.stated is None else f" of {budget.stated}"
        self._write(f"  trial {int(spent) if spent == int(spent) else spent}{of}, {score}")

    def tables(self, done: int, total: int, left: float | None) -> None:
        """Show how many candidates are recorded, and about how long the rest takes, before any cell runs."""
        if self._out is None or time.monotonic() - self._shown < REFRESH_SECONDS:
            return
        self._shown = time.monotonic()
        time_left = "" if left is None else f"  about {left // 60:.0f}:{left % 60:02.0f} left"
        self._show(f"tables: {done:,} of {total:,} candidates{time_left}")

    def end(self) -> None:
        """Clear the line."""
        if self._out is not None:
            self._out.write("\r\x1b[2K")
            self._out.flush()

    def _write(self, text: str) -> None:
        if self._out is None:
            return
        self._show(f"cell {self._number} of {self.cells}  {self.cell}{self._repeat}{text}{self._left()}")

    def _show(self, line: str) -> None:
        if self._out is None:
            return
        width = shutil.get_terminal_size().columns - 1
        self._out.write(f"\r\x1b[2K{line[:width]}")
        self._out.flush()

    def _left(self) -> str:
        done = self._number - 1
        if not done:
            return ""
        a_cell = (self._cell_began - self._began) / done
        left = max(0.0, a_cell * (self.cells - done) - (time.monotonic() - self._cell_began))
        return f"  about {left // 60:.0f}:{left % 60:02.0f} left"
