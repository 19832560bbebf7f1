"""A worker's end of a runner: it starts the process, hands it orders, and hears how they go."""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from multiprocessing import Pipe
from typing import Any

from tuners.execution.cluster.orders import Ended
from tuners.execution.process import bound, death, kill

START = "from tuners.execution.cluster.runner import main; main({handle}, {folder!r})"
LOOK_SECONDS = 1.0
"""How often it is looked at whether a run is still wanted."""
END = {"run", "error", "died"}
"""The messages that a runner ends an order with."""

Say = Callable[[list[bytes]], None]
"""Sends messages on to the session while the run goes on."""


class Runner:
    """A process that runs one order after another; `runner.main` is what it does."""

    def __init__(self, environment: Mapping[str, str | None], folder: str) -> None:
        """Start it, with some variables set, or unset where they are None; `folder` is for what it writes."""
        self._connection, theirs = Pipe()
        kept = {name: value for name, value in os.environ.items() if name not in environment}
        given = {name: value for name, value in environment.items() if value is not None}
        self.process = subprocess.Popen(
            [sys.executable, "-c", START.format(handle=theirs.fileno(), folder=folder)],
            pass_fds=[theirs.fileno()],
            env={**kept, **given, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in the worker's terminal is the session's to handle
        )
        theirs.close()
        self._stack = contextlib.ExitStack()
        self._stack.enter_context(bound(self.process.pid))
        self.known: set[str] = set()
        """The pieces that it has."""

    @property
    def lives(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    def send(self, *content: Any) -> None:
        """Hand it an order."""
        self._connection.send_bytes(pickle.dumps(content))

    def follow(self, say: Say, pause: float, wanted: Callable[[], bool]) -> Ended:
        """Listen until the order has ended, and send what is told on every so many seconds.

        It is given up where it is no longer wanted: its session has let go of it, or is gone.
        """
        waiting: list[bytes] = []
        sent = time.monotonic()
        while True:
            if not wanted():
                self.end()
                return Ended("died", "it was given up")
            left = max(sent + pause - time.monotonic(), 0.0) if waiting else LOOK_SECONDS
            try:
                data = self._connection.recv_bytes() if self._connection.poll(left) else None
            except (EOFError, OSError):
                _rest(say, waiting)
                return Ended("died", death(self.process.wait()))
            if data is not None:
                kind, content = pickle.loads(data)  # noqa: S301  our own process's
                if kind in END:
                    _rest(say, waiting)
                    return Ended(kind, content)
                waiting.append(content)
            if waiting and time.monotonic() - sent >= pause:
                say(waiting)
                waiting, sent = [], time.monotonic()

    def stop(self) -> None:
        """End the process and all that it has started."""
        if self.process.returncode is None:
            kill(self.process.pid)
            self.process.poll()

    def end(self) -> None:
        """End the process, and what watches it."""
        self.stop()
        self._connection.close()
        self._stack.close()


def _rest(say: Say, waiting: list[bytes]) -> None:
    if waiting:  # an empty list says that an order begins
        say(waiting)
