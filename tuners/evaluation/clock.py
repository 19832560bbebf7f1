"""The clock of a run: the wall's, or one that an evaluation moves on by its recorded seconds."""

from __future__ import annotations

import threading
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


class RecordedClock(Clock):
    """The wall's for what a method does itself; an evaluation takes the seconds that are recorded of it."""

    def __init__(self, now: Callable[[], float] = perf_counter) -> None:
        """Start at zero."""
        super().__init__(now)
        self._ahead = 0.0
        self._counted = now()
        """The reading up to which the wall's time is counted: of look-ups that wait for each other, once."""
        self._lock = threading.Lock()

    def start(self) -> None:
        """Set the clock to zero."""
        super().start()
        self._ahead = 0.0
        self._counted = self.now()

    def at(self, reading: float) -> float:
        """Return what the clock showed at a reading of `now`, if no evaluation has ended since."""
        return super().at(reading) + self._ahead

    def count(self, seconds: float, since: float) -> None:
        """Let what has happened since a reading of `now` have taken so many seconds."""
        with self._lock:
            reading = self.now()
            self._ahead += seconds - max(reading - max(since, self._counted), 0.0)
            self._counted = reading
