"""What a slot is asked to do, and what it says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from tuners.plan import Job
    from tuners.store.table import Row


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
    builds: bool = False
    """Whether the table itself is wanted, and no run."""


@dataclass(frozen=True)
class Snapshot:
    """A problem's recorded table as it travels."""

    address: Mapping[str, Any]
    rows: Sequence[Row]
    notes: Mapping[str, Any]
    """What is noted of it, the address included."""
    expected: float | None = None
    """Seconds that building it would take, where that was too long; also of one that is still to be built."""
    fidelities: tuple[float, ...] = ()


@dataclass(frozen=True)
class Ended:
    """How an order ended."""

    how: Literal["run", "error", "died", "lacking"]
    """`died`: the process that ran it; `lacking`: it did not begin, since pieces were not there."""
    content: Any = None
    """The run, a `Snapshot` or the exception, pickled; why it died; or the names of the pieces."""
