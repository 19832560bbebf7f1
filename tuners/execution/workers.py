"""Repeats in worker processes: forked from this one, each makes its share, and what comes back is in order."""

from __future__ import annotations

import contextlib
import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Generic, TypeVar

from tuners.errors import TuningError
from tuners.execution.channel import Channel
from tuners.execution.process import bound, end_group, fork, kill, raisable

T = TypeVar("T")


@dataclass(frozen=True)
class Worker:
    """A process and the end of its pipe."""

    pid: int
    receiver: Connection


class Workers(Generic[T]):
    """Processes that make results of numbers; who leaves the `with` block ends them."""

    def __init__(self, numbers: Sequence[int], make: Callable[[int], T], processes: int) -> None:
        """Take what is to be made; `make` must need nothing that a fork does not have, such as a thread."""
        self._numbers = numbers
        self._make = make
        self._processes = max(1, min(processes, len(numbers)))
        self._stack = contextlib.ExitStack()
        self._workers: list[Worker] = []

    def __enter__(self) -> Workers[T]:
        """Start the processes."""
        with contextlib.ExitStack() as started:
            for share in range(self._processes):
                receiver, sender = Pipe(duplex=False)
                pid = fork(receiver, lambda share=share, sender=sender: self._work(share, sender))  # type: ignore[misc]
                sender.close()
                started.callback(receiver.close)
                started.callback(kill, pid)
                started.enter_context(bound(pid))
                self._workers.append(Worker(pid, receiver))
            self._stack = started.pop_all()
        return self

    def __exit__(self, *exc: object) -> None:
        """End what still runs."""
        self._stack.close()

    def __iter__(self) -> Iterator[tuple[int, T]]:
        """Yield each number with its result, in order, whichever ends first.

        Raises what making it raised, and `TuningError` where its process died: what comes after is not made.
        """
        for place, number in enumerate(self._numbers):
            worker = self._workers[place % self._processes]
            try:
                kind, content = pickle.loads(worker.receiver.recv_bytes())  # noqa: S301  our own process's
            except (EOFError, ConnectionError):
                message = f"repeat {number + 1}: its process died: --tuning-isolate says of what"
                raise TuningError(message) from None
            if kind == "error":
                raise content
            yield number, content

    def _work(self, share: int, sender: Connection) -> None:
        """Make every so many-th result, in the other process."""
        channel = Channel(sender, closed=end_group)
        for number in self._numbers[share :: self._processes]:
            try:
                result = self._make(number)
            except BaseException as error:  # noqa: BLE001  raised again by who reads it
                channel.say("error", raisable(error))
                return
            channel.say("value", result)
