"""Progress as a bar of tqdm's: in a notebook or on a terminal, and quiet elsewhere."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any

from tuners.results.scorers import read_as
from tuners.text.printable import printable

if TYPE_CHECKING:
    from tuners.results.budget import Budget
    from tuners.results.trial import Trial


class Bar:
    """Shows how many candidates are recorded, then how many cells have ended, and where the running one is."""

    def __init__(self, cells: int, *, shown: bool, printed: bool = False) -> None:
        """Begin with no bar; none is ever shown where that is not wanted, or where nobody would see it.

        `printed`: lines go to standard output, whether a bar is shown or not, as a command's do.
        """
        self._printed = printed
        self._cells = cells
        self._shown = shown and (sys.stderr.isatty() or in_notebook())
        self._bar: Any = None
        self._phase = ""
        self._seen = 0
        self._repeat = ""

    def begin(self, cell: str) -> None:
        """Start a cell."""
        bar = self._bar_of("cells", self._cells)
        if bar is not None:
            bar.update(self._seen - bar.n)
            bar.set_postfix_str(cell)
        self._seen += 1
        self._repeat = ""

    def repeat(self, number: int, of: int) -> None:
        """Start a repeat of the cell, by its number from 0."""
        self._repeat = f", repeat {number + 1} of {of}" if of > 1 else ""

    def trial(self, spent: float, best: Trial | None, budget: Budget, metric: str = "") -> None:
        """Show the evaluations so far, and the best trial's score as people read it."""
        if self._bar is not None:
            of = "" if budget.stated is None else f" of {budget.stated}"
            score = "" if best is None else f", best {read_as(metric, best.score):.4f}"
            self._bar.set_postfix_str(f"trial {spent:g}{of}{self._repeat}{score}", refresh=False)
            self._bar.update(0)

    def tables(self, done: int, total: int, left: float | None) -> None:  # noqa: ARG002  tqdm tells the time itself
        """Show how many candidates are recorded."""
        bar = self._bar_of("candidates", total)
        if bar is not None:
            bar.update(done - bar.n)

    def end(self) -> None:
        """Leave the screen to others."""
        if self._bar is not None:
            self._bar.close()
        self._bar, self._phase = None, ""

    def close(self) -> None:
        """End a session."""
        if self._bar is not None and self._phase == "cells":
            self._bar.set_postfix_str("")
            self._bar.update(self._seen - self._bar.n)
        self.end()

    def say(self, line: str) -> None:
        """Print a line, above the bar."""
        if self._shown or self._printed:
            self.end()
            print(printable(line, None), file=sys.stdout if self._printed else sys.stderr)

    def _bar_of(self, phase: str, total: int) -> Any:
        """Return the bar of a phase; None where nothing is shown."""
        if not self._shown:
            return None
        if self._phase != phase:
            self.end()
            self._bar, self._phase = _quietly_made(phase, total), phase
        return self._bar


def _quietly_made(unit: str, total: int) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # without ipywidgets, tqdm says so, and shows the bar as text
        from tqdm.auto import tqdm  # noqa: PLC0415  loaded where a bar is shown

    class _Bar(tqdm):  # type: ignore[type-arg]  # which kind it is depends on where it is shown
        monitor_interval = 0
        """No thread of its own: cells are run in processes forked from this one."""

    return _Bar(total=total, unit=f" {unit}", leave=unit == "cells", dynamic_ncols=True)


def in_notebook() -> bool:
    """Whether this is the kernel of a notebook; asked of IPython only where that is loaded."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return shell is not None and "IPKernelApp" in getattr(shell, "config", {})
