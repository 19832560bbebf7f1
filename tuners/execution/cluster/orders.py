"""What a slot is asked to do, and what it says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from tuners.plan import Job


@dataclass(frozen=True)
class Order:
    """A cell that is to be run, or one repeat of it."""

    job: Job
    repeat: int | None = None
    """Its number, of a cell whose repeats go to slots of their own; None for the whole cell."""
    contended: bool = False
    """Whether the worker's machine has other slots, at which cells run at the same time."""
    real: bool = False
    """Whether the method is also run for real on the cell's problem, in a recorded session."""
    table: str | None = None
    """The piece that has the problem's recorded table; None in a session that records nothing."""


Message = tuple[str, Any]
"""What is told of a run: a method of `Listener` and its arguments, or how it ended."""


@dataclass(frozen=True)
class Ended:
    """How an order ended."""

    how: Literal["run", "error", "died", "lacking"]
    """`died`: the process that ran it; `lacking`: it did not begin, since pieces were not there."""
    content: Any = None
    """The run or the exception, pickled; why it died; or the names of the pieces."""
