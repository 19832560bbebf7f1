"""Watches a run in another process: what it said last, and when it must be killed."""

from __future__ import annotations

import contextlib
import math
import os
import pickle
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

import psutil

from tuners.execution.process import death, kill
from tuners.results.trial import in_order

if TYPE_CHECKING:
    from tuners.evaluation.listener import Listener
    from tuners.results.budget import Budget
    from tuners.results.record import Status
    from tuners.results.run import Run
    from tuners.results.trial import Trial

POLL_SECONDS = 0.05
GRACE = 1.0
"""Seconds that what is over a limit has to stop by itself; of a time budget at least a twentieth."""
LATE = 1.1
"""Times the memory limit at which a process is killed, where allocating beyond the limit did not fail."""
START_SECONDS = 60.0
"""What a run may take before its first trial, besides one trial's time, where trials are limited."""


@dataclass
class Known:
    """What is known of a run in another process, besides its trials."""

    run: Run | None = None
    """None if the process did not live to send it."""
    error: Exception | None = None
    """What kept the run from beginning."""
    status: Status = "crashed"
    reason: str = ""
    default_test_score: float | None = None


class Watch:
    """The parent's view of a process."""

    def __init__(self, pid: int, budget: Budget, listener: Listener) -> None:
        """Begin to watch; the listener is told here of what is said there."""
        self._pid = pid
        self._budget = budget
        self._listener = listener
        self._known = Known()
        self._trials: dict[int, Trial] = {}
        self._phase = "start"
        self._since = time.monotonic()
        """When the phase, or the trial, began."""
        self._started = math.inf
        self._before = 0
        self._alive = True

    @property
    def trials(self) -> list[Trial]:
        """The trials that were told of, by position."""
        return in_order(self._trials)

    def follow(self, receiver: Connection) -> Known:
        """Listen until the process has sent its run, or died, or had to be killed."""
        known = self._known
        while known.run is None and known.error is None and not known.reason:
            try:
                if receiver.poll(POLL_SECONDS):
                    kind, content = pickle.loads(receiver.recv_bytes())  # noqa: S301  our own process's
                    self._hear(kind, content)
            except (EOFError, ConnectionError):
                known.reason = self._death()
                break
            must = self._why_kill()
            if must:
                known.status, known.reason = must
                break
        return known

    def _hear(self, kind: str, content: Any) -> None:
        known, now = self._known, time.monotonic()
        self._since = now
        if kind == "trial":
            position, trial = content
            self._trials[position] = trial
            self._phase = "search"
            self._listener.trial(position, trial)
        elif kind == "ready":
            known.default_test_score = content
            self._phase, self._started = "search", now
            self._listener.search_begins()
            self._before = self._memory()
        elif kind in {"trial begins", "end"}:
            self._phase = kind
        elif kind == "imported":
            self._listener.imported(content)
        elif kind == "run":
            known.run = content
        elif kind == "failed":
            known.status, known.reason = "failed", content
        else:
            known.error = content

    def _why_kill(self) -> tuple[Status, str] | None:
        """Return why the process must be killed, if it must."""
        budget, now = self._budget, time.monotonic()
        limit = budget.trial_seconds or budget.seconds
        if self._phase == "start" and limit is not None and now - self._since > START_SECONDS + limit:
            return "timeout", f"killed: the untuned model was not fitted within {START_SECONDS + limit:g} s"
        if self._phase in {"search", "trial begins"}:
            if budget.seconds is not None and now - self._started > budget.seconds + max(GRACE, budget.seconds / 20):
                return "timeout", f"killed: the search did not stop within its {budget.seconds:g} s"
            if budget.trial_seconds is not None and now - self._since > self._trial_allowance(budget.trial_seconds):
                return "timeout", f"killed: a trial took over {budget.trial_seconds:g} s and could not be stopped"
        if budget.memory is not None and self._before:
            grown = self._memory() - self._before
            if grown > LATE * budget.memory:
                return "memory", f"killed: it grew by {grown >> 20} MB, over its limit of {budget.memory >> 20} MB"
        return None

    def _trial_allowance(self, seconds: float) -> float:
        """Return the seconds between two messages after which a trial must have taken too long."""
        # Searches of scikit-learn do not say when a trial begins, and run several at once.
        return (seconds if self._phase == "trial begins" else 2 * seconds + 4 * GRACE) + GRACE

    def _memory(self) -> int:
        total = 0
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(self._pid)
            for each in [process, *process.children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    total += each.memory_info().rss
        return total

    def _death(self) -> str:
        """Wait for a process whose pipe has closed, and say how it ended."""
        _, status = os.waitpid(self._pid, 0)
        self._alive = False
        return death(os.waitstatus_to_exitcode(status))

    def kill(self) -> None:
        """End the process and all that it started, if it lives."""
        if self._alive:
            kill(self._pid)
