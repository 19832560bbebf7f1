"""The orders of a session that are under way, and what came of them.

There is at most one order at a slot, and this process says at which, so that Dask has nothing to queue, to steal or to
run again: an order that had begun on a worker that died is not begun anywhere else.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any

from tuners.errors import one_line
from tuners.execution.cluster import slot
from tuners.execution.cluster.fleet import LOOK_SECONDS, Fleet
from tuners.execution.cluster.luggage import Pack
from tuners.execution.cluster.orders import Ended, Order

PAUSE_SECONDS = 0.5
"""Between two messages of a run that goes on: what a worker that dies loses of its trials."""
SLOTS_A_SECOND = 200
"""Slots whose messages a scheduler is asked to pass on each second: with more of them, they pause longer."""


@dataclass(eq=False)
class Flight:
    """An order from being asked for to its end."""

    name: str
    order: Order
    key: str = ""
    """Of its last attempt, among all that were ever made; empty before the first."""
    worker: str = ""
    """Where that is."""
    begun: bool = False
    """Whether its worker has said that it began."""
    told: deque[bytes] = field(default_factory=deque, repr=False)
    """Messages that nobody has read yet."""
    ended: Ended | None = None
    awaited: bool = False


class Flights:
    """What is under way at the slots of a fleet. All methods are for one thread; Dask's only put into a queue."""

    def __init__(
        self, fleet: Fleet, pack: Callable[[Order], tuple[Pack, Mapping[str, bytes]]], ended: Callable[[str], None]
    ) -> None:
        """Begin with nothing; `pack` makes an order ready to go, `ended` hears of what ends while nobody awaits it."""
        self._fleet = fleet
        self._pack = pack
        self._ended = ended
        self._flights: dict[str, Flight] = {}
        self._by_key: dict[str, Flight] = {}
        self._slots: dict[str, tuple[str, Any]] = {}
        """By key: the worker that has a slot taken, and the future of what is there."""
        self._number = count()
        self._waiting: deque[Flight] = deque()
        self._happenings: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        self._topic = f"tuners-{fleet.session}"
        fleet.client.subscribe_topic(self._topic, lambda event: self._happenings.put(("told", event[1])))

    def ahead(self, orders: Iterable[tuple[str, Order]]) -> None:
        """Ask for orders, by name, in the order in which they will be awaited."""
        for name, order in orders:
            self._flights[name] = Flight(name, order)
            self._waiting.append(self._flights[name])
        self._refill()

    def has_run(self, name: str) -> bool:
        """Whether an order has ended with a run that has not been read yet."""
        flight = self._flights.get(name)
        return flight is not None and flight.ended is not None and flight.ended.how == "run"

    def follow(self, name: str, order: Order) -> Generator[bytes, None, Ended]:
        """Yield what is told of an order until it has ended, and return how; one not asked for goes next."""
        flight = self._flights.get(name)
        if flight is None:
            flight = self._flights[name] = Flight(name, order)
            self._waiting.appendleft(flight)
        flight.awaited = True
        while True:
            while flight.told:
                yield flight.told.popleft()
            if flight.ended is not None:
                del self._flights[name]
                return flight.ended
            self._step()

    def drop(self, names: Iterable[str]) -> None:
        """Let go of orders that nobody will read: those that wait do not begin."""
        for name in names:
            flight = self._flights.pop(name, None)
            if flight is None:
                continue
            self._by_key.pop(flight.key, None)
            if flight in self._waiting:
                self._waiting.remove(flight)

    def _step(self) -> None:
        """Wait for something to happen, and act on it."""
        self._look()
        self._refill()
        done = [key for kind, content in self._happened() if (key := self._heard(kind, content))]
        self._done({key: self._slots[key][1] for key in done if key in self._slots})
        self._refill()  # before the test goes on, so that no slot waits for it

    def _happened(self) -> Iterator[tuple[str, Any]]:
        """Wait for something to happen, and yield all that has."""
        with suppress(Empty):
            yield self._happenings.get(timeout=LOOK_SECONDS)
            while True:
                yield self._happenings.get_nowait()

    def _heard(self, kind: str, content: Any) -> str:
        """Take in what was told; return the key of what was done."""
        if kind == "told":
            self._told(*content)
            return ""
        return str(content)

    def _look(self, *, at_once: bool = False) -> None:
        gone = self._fleet.look(at_once=at_once)
        for key in [key for key, (worker, _) in self._slots.items() if worker in gone]:
            worker, _ = self._slots[key]
            self._died(key, f"its worker {worker} died")

    def _refill(self) -> None:
        """Begin what waits wherever a slot is free."""
        while self._waiting:
            worker = self._fleet.take()
            if worker is None:
                return
            self._begin(self._waiting.popleft(), worker)

    def _begin(self, flight: Flight, worker: str) -> None:
        pack, pieces = self._pack(replace(flight.order, contended=self._fleet.shared(worker)))
        wrong = self._fleet.deliver(worker, pieces)
        if wrong:
            self._fleet.give_back(worker)
            self._look(at_once=True)
            if worker in self._fleet and not self._fleet.is_silent(worker):
                self._end(flight, Ended("died", f"worker {worker}: {wrong}"))
            else:
                self._waiting.appendleft(flight)  # it has not begun
            return
        key = flight.key = f"{self._topic}-{next(self._number)}"
        flight.worker = worker
        pause = max(PAUSE_SECONDS, len(self._fleet) / SLOTS_A_SECOND)
        try:
            future = self._fleet.client.submit(
                slot.run, self._fleet.session, pack.data, pack.needs, name=key, topic=self._topic, pause=pause,
                key=key, workers=[worker], allow_other_workers=False, pure=False, retries=0,
            )  # fmt: skip
        except Exception as error:  # noqa: BLE001  whatever a closed connection raises
            raise self._fleet.lost(error) from None
        self._by_key[key], self._slots[key] = flight, (worker, future)
        future.add_done_callback(lambda _: self._happenings.put(("done", key)))

    def _told(self, key: str, messages: list[bytes]) -> None:
        flight = self._by_key.get(key)
        if flight is None:
            return
        if not messages and flight.begun:
            # A worker that has its old address again was given what had begun on it.
            self._died(key, f"its worker {flight.worker} died")
        flight.begun = True
        flight.told.extend(messages)

    def _done(self, futures: Mapping[str, Any]) -> None:
        """Take in what came of attempts, fetched all at once: a network may be slow."""
        client = self._fleet.client
        # Dask cancels all that is under way where it loses the scheduler, though it may find one there again.
        if futures and (client.status != "running" or any(each.status == "cancelled" for each in futures.values())):
            raise self._fleet.lost()
        good = {key: future for key, future in futures.items() if future.status == "finished"}
        try:
            found: Mapping[str, Ended] = client.gather(good, errors="skip") if good else {}
        except Exception:  # noqa: BLE001  a worker that is gone, or a scheduler, which the next look tells
            found = {}
        lost = {key: future for key, future in futures.items() if key not in found}
        for key, ended in found.items():
            self._take(key, ended)
        for key, future in lost.items():
            worker, _ = self._slots[key]
            self._died(key, f"its worker {worker} died{_why(future)}")
        if lost:
            self._look(at_once=True)  # nothing is begun on a worker that is gone

    def _take(self, key: str, ended: Ended) -> None:
        worker, _ = self._slots[key]
        flight = self._free(key)
        if flight is None:
            return
        if ended.how != "lacking":
            self._end(flight, ended)
            return
        self._fleet.forget(worker)
        if flight.begun:
            # A worker that has its old address again, and nothing in memory, was given what had begun on it.
            self._end(flight, Ended("died", f"its worker {worker} died"))
        else:
            self._waiting.appendleft(flight)

    def _died(self, key: str, reason: str) -> None:
        """End what had begun as crashed; what had not goes to another worker."""
        flight = self._free(key)
        if flight is None:
            return
        if flight.begun:
            self._end(flight, Ended("died", reason))
        else:
            self._waiting.appendleft(flight)

    def _free(self, key: str) -> Flight | None:
        """Free the slot of an attempt, and what Dask holds of it; return its flight, unless that was dropped."""
        worker, future = self._slots.pop(key)
        self._fleet.give_back(worker)
        future.cancel()
        return self._by_key.pop(key, None)

    def _end(self, flight: Flight, ended: Ended) -> None:
        flight.ended = ended
        if not flight.awaited:
            self._ended(flight.name)


def _why(future: Any) -> str:
    """Return what Dask says of a task that has no result, where that is more than that its worker died."""
    if future.status != "error":
        return ""
    error = future.exception()
    return "" if type(error).__name__ == "KilledWorker" else f" ({one_line(error)})"
