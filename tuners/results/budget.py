"""The budget of a run, and the exception that ends a search when it is spent."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from tuners.errors import TuningError, Unwinding

UNLIMITED = sys.maxsize
"""The evaluations of a budget without a limit of them: a number, so that methods can calculate with it."""


class BudgetExhausted(Unwinding):
    """The budget is spent: the search ends.

    Not an `Exception`, because searches catch those as failures of a candidate.
    """


@dataclass(frozen=True)
class Budget:
    """What a run may spend on its search; the refit of the winner comes on top."""

    evaluations: int = UNLIMITED
    """Candidates, one in part as its share; `UNLIMITED` where the time alone ends a search."""
    seconds: float | None = None
    """Wall-clock seconds; None for no limit."""
    trial_seconds: float | None = None
    """Wall-clock seconds of one trial; None for no limit."""
    memory: int | None = None
    """Bytes that a run may add to what the process holds; None for no limit."""

    def __post_init__(self) -> None:
        """Refuse a budget without any limit."""
        if self.stated is None and self.seconds is None:
            message = "a budget has neither evaluations nor seconds: give one of them, or both"
            raise TuningError(message)

    @property
    def stated(self) -> int | None:
        """The evaluations as records and tables have them: None if there is no limit."""
        return None if self.evaluations >= UNLIMITED else self.evaluations
