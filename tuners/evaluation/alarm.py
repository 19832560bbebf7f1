"""The alarm that ends a run, or a trial, when its time is up."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NoReturn

from tuners.errors import TrialTimeoutError
from tuners.results.budget import BudgetExhausted

REPEAT = 5.0
"""Seconds after which an alarm that a library swallowed rings again; time for a method to clean up."""
AT_ONCE = 0.001
"""Seconds until it rings again where it fell into a callback of the interpreter."""


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
