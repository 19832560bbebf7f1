"""What a run may spend, and the alarm that ends it."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

from tuners.errors import TrialTimeoutError, TuningError, Unwinding

UNLIMITED = sys.maxsize
"""Evaluations of a budget that has no limit of them: a number, so that methods may count with it."""
REPEAT = 5.0
"""Seconds after which an alarm that a library swallowed rings again; time for a method to clean up."""
AT_ONCE = 0.001
"""Seconds until it rings again where it fell into a callback of the interpreter."""


class BudgetExhausted(Unwinding):
    """The budget is spent: unwinds the search.

    Not an `Exception`, because searches swallow those as failures of a candidate.
    """


@dataclass(frozen=True)
class Budget:
    """What a run may spend on its search; the refit of the winner comes on top."""

    evaluations: int = UNLIMITED
    """Candidates, each on all folds; `UNLIMITED` where the time alone ends a search."""
    seconds: float | None = None
    """Wall-clock seconds; None for no limit."""
    trial_seconds: float | None = None
    """Wall-clock seconds of one trial; None for no limit."""
    memory: int | None = None
    """Bytes that a run may add to what the process holds; None for no limit."""

    def __post_init__(self) -> None:
        """Refuse a budget that never ends."""
        if self.stated is None and self.seconds is None:
            message = "a budget has neither evaluations nor seconds: give one of them, or both"
            raise TuningError(message)

    @property
    def stated(self) -> int | None:
        """The evaluations as records and tables have them: None where there is no limit."""
        return None if self.evaluations >= UNLIMITED else self.evaluations


def deadline(seconds: float | None) -> AbstractContextManager[None]:
    """Raise `BudgetExhausted` in the main thread when the time is up, whatever it is doing."""
    return _alarm(seconds, BudgetExhausted)


def trial_limit(seconds: float | None) -> AbstractContextManager[None]:
    """Raise `TrialTimeoutError` in the main thread when a trial has taken so long; of two alarms the first rings."""
    return _alarm(seconds, TrialTimeoutError(f"over {seconds:g} s") if seconds else None)


@contextmanager
def _alarm(seconds: float | None, error: type[BaseException] | BaseException | None) -> Iterator[None]:
    """Raise an error in the main thread when the time is up.

    Uses the interval timer, so that a fit in progress is interrupted, too (as soon as the
    interpreter runs again). Off the main thread or where there is no such timer (Windows), only the
    objective's own check between fits holds. A timer that ran before, such as pytest-timeout's, is
    set again afterwards.
    """
    usable = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if seconds is None or error is None or not usable:
        yield
        return
    outer, interval = signal.getitimer(signal.ITIMER_REAL)
    if 0 < outer <= seconds:  # rings first
        yield
        return

    def ring(signum: int, frame: object) -> NoReturn:  # noqa: ARG001  the signature of a handler
        raise error

    def ring_again(unraisable: Any) -> None:
        if isinstance(unraisable.exc_value, BudgetExhausted | TrialTimeoutError):
            signal.setitimer(signal.ITIMER_REAL, AT_ONCE, REPEAT)
        else:
            report(unraisable)

    began = time.monotonic()
    previous = signal.signal(signal.SIGALRM, ring)
    # The interpreter reports and drops what is raised in a finaliser or in the callback of a weak reference.
    report, sys.unraisablehook = sys.unraisablehook, ring_again
    signal.setitimer(signal.ITIMER_REAL, seconds, REPEAT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
        sys.unraisablehook = report
        if outer:
            signal.setitimer(signal.ITIMER_REAL, max(AT_ONCE, outer - (time.monotonic() - began)), interval)
