"""The clock of a run: the wall's, unless another is given."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter  # bound here: a tuner that replaces the time module's changes no figure


class Clock:
    """Seconds since a run began."""

    def __init__(self, now: Callable[[], float] = perf_counter) -> None:
        """Start at zero; `now` gives readings in seconds, of which only differences mean anything."""
        self.now = now
        self._origin = now()

    def start(self) -> None:
        """Set the clock to zero."""
        self._origin = self.now()

    def __call__(self) -> float:
        """Return the seconds since it was started."""
        return self.at(self.now())

    def at(self, reading: float) -> float:
        """Return what the clock showed at a reading of `now`."""
        return reading - self._origin
