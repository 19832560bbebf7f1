"""What happens in a worker of Dask's: it keeps pieces and runners, and hands orders from the one to the other.

It loads no library of data: a runner, a process of its own, does. So a cell that crashes or eats memory costs neither
the worker nor its other cells, and cells are forked from a process without threads.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tuners.execution.cluster import fingerprint
from tuners.execution.cluster.hired import Runner, Say
from tuners.execution.cluster.orders import Ended
from tuners.execution.process import death


def taken(modules: Sequence[str]) -> tuple[dict[str, str], str]:
    """Return the fingerprint of this worker, and the name of its machine."""
    return fingerprint.taken(modules), os.uname().nodename


class Keep:
    """What a worker has of one session."""

    def __init__(self, environment: Mapping[str, str | None], folder: str) -> None:
        """Begin without pieces.

        `environment` has the variables that runners get as they are in the session, None for unset; `folder` is for
        what they write.
        """
        self._folder = folder
        self._environment = environment
        self.luggage: Sequence[str] = ()
        """The pieces that each runner needs: the session's luggage, and what is in it."""
        self._pieces: dict[str, bytes] = {}
        self._idle: list[Runner] = []
        self._all: set[Runner] = set()
        self._lock = threading.Lock()

    def warm(self, count: int) -> None:
        """Start runners, which load libraries while the session prepares."""
        with self._lock:
            while len(self._all) < count:
                runner = Runner(self._environment, self._folder)
                self._all.add(runner)
                self._idle.append(runner)

    def take(self, pieces: Mapping[str, bytes]) -> None:
        """Take in pieces, by name."""
        self._pieces.update(pieces)

    def run(self, order: bytes, needs: Sequence[str], *, say: Say, pause: float, wanted: Callable[[], bool]) -> Ended:
        """Run an order in a runner of this worker's; return how it ended."""
        every = [*self.luggage, *needs]
        absent = [name for name in every if name not in self._pieces]
        if absent:
            return Ended("lacking", absent)
        say([])
        runner = self._free()
        new = {name: self._pieces[name] for name in every if name not in runner.known}
        runner.known |= {*new}
        try:
            runner.send(new, self.luggage[0], order, list(needs))
        except OSError:
            ended = Ended("died", death(runner.process.wait()))
        else:
            ended = runner.follow(say, pause, wanted)
        with self._lock:
            if runner.lives:
                self._idle.append(runner)
                return ended
            self._all.discard(runner)
        runner.end()
        return ended

    def _free(self) -> Runner:
        with self._lock:
            while self._idle:
                runner = self._idle.pop()
                if runner.lives:
                    return runner
                self._all.discard(runner)
            runner = Runner(self._environment, self._folder)
            self._all.add(runner)
            return runner

    def end(self) -> None:
        """End all runners, whatever they do."""
        with self._lock:
            runners, self._all, idle, self._idle = self._all, set(), self._idle, []
        for runner in idle:
            runner.end()
        for runner in runners.difference(idle):
            runner.stop()  # who follows it ends the rest
        shutil.rmtree(self._folder, ignore_errors=True)


_sessions: dict[str, Keep] = {}


def warm(session: str, environment: Mapping[str, str | None], dask_worker: Any = None) -> None:
    """Begin to keep what a session has here, and start a runner a slot; Dask fills in its worker."""
    _kept(session, environment, dask_worker).warm(dask_worker.state.nthreads)


def receive(
    session: str,
    pieces: Mapping[str, bytes],
    environment: Mapping[str, str | None],
    luggage: Sequence[str],
    dask_worker: Any = None,
) -> None:
    """Take in pieces of a session; Dask fills in its worker."""
    keep = _kept(session, environment, dask_worker)
    keep.luggage = luggage
    keep.take(pieces)


def _kept(session: str, environment: Mapping[str, str | None], worker: Any) -> Keep:
    return _sessions.setdefault(session, Keep(environment, str(Path(worker.local_directory, f"tuners-{session}"))))


def run(session: str, order: bytes, needs: Sequence[str], *, name: str, topic: str, pause: float) -> Ended:
    """Run an order of a session; messages go, with its name, to the listeners of a topic, by Dask's way for events."""
    from distributed import get_worker  # noqa: PLC0415  it is there, in a worker

    keep = _sessions.get(session)
    if keep is None:
        return Ended("lacking", list(needs))
    worker, tasks = get_worker(), get_worker().state.tasks
    return keep.run(
        order,
        needs,
        say=lambda messages: worker.log_event(topic, [name, messages]),
        pause=pause,
        # Dask cannot stop what has begun; it only takes note that nobody waits for it.
        wanted=lambda: name in tasks and tasks[name].state == "executing",
    )


def forget(session: str) -> None:
    """End what a session has here."""
    keep = _sessions.pop(session, None)
    if keep is not None:
        keep.end()
