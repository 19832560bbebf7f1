"""What is under way at slots, with workers that die, come late or differ: on a cluster that is made of lists."""

from __future__ import annotations

import asyncio
import pickle
import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from tuners import TuningError
from tuners.errors import ClusterLostError
from tuners.execution.cluster import fingerprint, fleet, slot
from tuners.execution.cluster.fleet import Fleet
from tuners.execution.cluster.flights import Flights
from tuners.execution.cluster.luggage import Pack
from tuners.execution.cluster.orders import Ended, Order
from tuners.plan import Job
from tuners.results.cell import Cell


class Future:
    """One task, which the test ends."""

    def __init__(self, worker: str, name: str) -> None:
        """Belong to a worker."""
        self.worker, self.name = worker, name
        self.cancelled = False
        self._then: list[Callable[[Any], None]] = []
        self._content: Any = None

    def add_done_callback(self, then: Callable[[Any], None]) -> None:
        """Hear that it is to be told."""
        self._then.append(then)

    def cancel(self) -> None:
        """Note it."""
        self.cancelled = True

    def end(self, content: Any) -> None:
        """End with a result, or with what it raises."""
        self._content = content
        for then in self._then:
            then(self)

    @property
    def status(self) -> str:
        """How it has ended."""
        if isinstance(self._content, asyncio.CancelledError):
            return "cancelled"
        return "error" if isinstance(self._content, Exception) else "finished"

    def exception(self) -> Any:
        """Return what it raised."""
        return self._content


class Client:
    """Dask's client, as far as it is used."""

    def __init__(self, **threads: int) -> None:
        """Have workers with so many threads each."""
        self.threads = threads
        self.status = "running"
        self.machine = ""
        """That of all workers; empty for one each."""
        self.futures: list[Future] = []
        self.prints: dict[str, dict[str, str]] = {}
        self.refusing: dict[str, Exception] = {}
        self.received: list[tuple[str, list[str]]] = []
        self.tell: Callable[[Any], None] = print

    def nthreads(self) -> dict[str, int]:
        """Return how many threads each worker has."""
        if self.status != "running":
            raise OSError
        return dict(self.threads)

    def subscribe_topic(self, topic: str, tell: Callable[[Any], None]) -> None:
        """Keep who is told."""
        self.tell = lambda content: tell((0.0, content))

    def run(self, function: Any, *arguments: Any, workers: Any = None, on_error: str = "raise") -> dict[str, Any]:
        """Answer as each worker would."""
        workers = list(self.threads) if workers is None else workers
        if function is slot.taken:
            return {
                each: (self.prints.get(each, fingerprint.taken()), self.machine or f"host of {each}")
                for each in workers
            }
        if function is slot.receive:
            self.received += [(each, sorted(arguments[1])) for each in workers]
            return {each: self.refusing.get(each) for each in workers}
        return {}

    def submit(self, function: Any, *arguments: Any, name: str, workers: list[str], **options: Any) -> Future:
        """Begin a task."""
        assert not options["allow_other_workers"]
        assert options["retries"] == 0
        self.futures.append(Future(workers[0], name))
        return self.futures[-1]

    def gather(self, futures: dict[str, Future], errors: str) -> dict[str, Any]:
        """Return results by key."""
        assert errors == "skip"
        return {key: future._content for key, future in futures.items() if not isinstance(future._content, str)}

    def begins(self, number: int) -> None:
        """Say that a task begins."""
        self.tell([self.futures[number].name, []])


taken = cache(fingerprint.taken)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for workers at every step, and wait for none; read the files of the package once."""
    monkeypatch.setattr(fingerprint, "taken", lambda *_: taken())
    monkeypatch.setattr(fleet, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr("tuners.execution.cluster.flights.LOOK_SECONDS", 0.0)


def order(name: str) -> Order:
    """Return an order that is told from others by its cell."""
    return Order(Job({}, Cell("tree", "iris", name, 0)))


ENDED: list[str] = []


def flights(client: Client, **pieces: bytes) -> Flights:
    """Return what is under way on a client's workers: nothing yet."""
    ENDED.clear()
    workers = Fleet(client, "tcp://there", NOTES.append)
    NOTES.clear()
    workers.examine([])
    workers.equip({"luggage": b"", **pieces}, ())
    return Flights(workers, lambda order: (Pack(pickle.dumps(order)), {}), ENDED.append)


NOTES: list[str] = []


def die(client: Client, worker: str) -> None:
    """Let a worker die."""
    del client.threads[worker]


def followed(under_way: Flights, name: str, then: Iterator[Callable[[], None]]) -> tuple[list[bytes], Ended]:
    """Follow an order, and let something happen before each step; return what was told, and how it ended."""
    step = under_way._step

    def stepped() -> None:
        happens = next(then, None)
        assert happens is not None, "it waits for ever"
        happens()
        step()

    under_way._step = stepped  # type: ignore[method-assign]
    following, told = under_way.follow(name, order(name)), []
    while True:
        try:
            told.append(next(following))
        except StopIteration as stop:
            return told, stop.value


def test_there_is_one_order_at_a_slot_and_the_next_begins_where_one_ends() -> None:
    """Nothing waits at a worker; what ends before its turn is said, and kept."""
    client = Client(a=1, b=2)
    under_way = flights(client)
    under_way.ahead([(name, order(name)) for name in "vwxyz"])
    assert sorted(future.worker for future in client.futures) == ["a", "b", "b"]
    at_b = next(number for number, future in enumerate(client.futures) if future.worker == "b")

    def happens() -> Iterator[Callable[[], None]]:
        yield lambda: client.futures[at_b].end(Ended("run", b"early"))
        yield lambda: client.futures[0].end(Ended("run", b"first"))

    first = "v"
    if at_b == 0:
        at_b = 1
    told, ended = followed(under_way, first, happens())
    assert (told, ended) == ([], Ended("run", b"first"))
    assert len(ENDED) == 1
    assert under_way.has_run(ENDED[0])
    assert client.futures[3].worker == client.futures[at_b].worker


def test_what_had_begun_on_a_worker_that_died_has_crashed_and_is_not_begun_again() -> None:
    """With what was told of it; the worker is named."""
    client = Client(a=1, b=1)
    under_way = flights(client)
    under_way.ahead([("x", order("x"))])
    worker = client.futures[0].worker

    def dies() -> Iterator[Callable[[], None]]:
        yield lambda: client.begins(0)
        yield lambda: client.tell([client.futures[0].name, [b"a trial"]])
        yield lambda: die(client, worker)
        yield lambda: None

    told, ended = followed(under_way, "x", dies())
    assert told == [b"a trial"]
    assert ended == Ended("died", f"its worker {worker} died")
    assert len(client.futures) == 1
    assert client.futures[0].cancelled


def test_what_had_not_begun_goes_to_another_worker() -> None:
    """It costs nothing, since nothing was run."""
    client = Client(a=1, b=1)
    under_way = flights(client)
    under_way.ahead([("x", order("x"))])
    worker = client.futures[0].worker

    def dies() -> Iterator[Callable[[], None]]:
        yield lambda: die(client, worker)
        yield lambda: client.futures[1].end(Ended("run", b"there"))

    assert followed(under_way, "x", dies())[1] == Ended("run", b"there")
    assert client.futures[1].worker != worker


def test_what_cannot_be_sent_to_a_worker_that_has_just_died_goes_to_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Orders that need tables or data of their own are as safe as others: none of them had begun."""
    monkeypatch.setattr(fleet, "LOOK_SECONDS", 3600.0)
    client = Client(a=1, b=1)
    under_way = flights(client)
    under_way._pack = lambda order: (Pack(b""), {order.job.cell.tuner: b"its table"})
    under_way.ahead([(name, order(name)) for name in "wxyz"])
    at_a, at_b = client.futures

    def dies() -> None:
        client.begins(0)
        client.tell([at_a.name, [b"a trial"]])
        die(client, at_a.worker)
        client.refusing[at_a.worker] = OSError("timed out")
        at_a.end(OSError("it died"))

    def happens() -> Iterator[Callable[[], None]]:
        yield dies
        for _ in "xyz":
            yield lambda: client.futures[-1].end(Ended("run", b""))

    assert followed(under_way, "z", happens())[1].how == "run"
    assert [under_way.has_run(name) for name in "wxy"] == [False, True, True]
    assert {future.worker for future in client.futures[1:]} == {at_b.worker}


def test_a_worker_whose_death_shows_when_it_is_sent_something_costs_only_what_had_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was to be sent goes to another worker."""
    monkeypatch.setattr(fleet, "LOOK_SECONDS", 3600.0)
    client = Client(a=2, b=1)
    under_way = flights(client)
    under_way._pack = lambda order: (Pack(b""), {order.job.cell.tuner: b"its table"})
    under_way.ahead([(name, order(name)) for name in "wxyz"])
    at_a = [number for number, future in enumerate(client.futures) if future.worker == "a"]

    def dies() -> None:
        for number in at_a:
            client.begins(number)
        client.futures[at_a[0]].end(Ended("run", b""))
        die(client, "a")
        client.refusing["a"] = OSError("timed out")

    def happens() -> Iterator[Callable[[], None]]:
        yield dies
        yield lambda: next(future for future in client.futures if future.worker == "b").end(Ended("run", b""))
        yield lambda: client.futures[-1].end(Ended("run", b""))

    assert followed(under_way, "z", happens())[1].how == "run"
    ended = {name: under_way.has_run(name) for name in "wxy"}
    assert list(ended.values()).count(False) == 1
    assert ended["wxyz"[at_a[1]]] is False
    assert client.futures[-1].worker == "b"


def test_a_worker_that_cannot_be_reached_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its machine has vanished, or its network is slow: each attempt waits, and what it runs may come back."""
    monkeypatch.setattr(fleet, "LOOK_SECONDS", 3600.0)
    client = Client(a=2, b=1)
    under_way = flights(client)
    under_way._pack = lambda order: (Pack(b""), {order.job.cell.tuner: b"its table"})
    under_way.ahead([("v", order("v"))])
    (at_a,) = client.futures
    client.begins(0)
    client.refusing["a"] = OSError("timed out")
    under_way.ahead([(name, order(name)) for name in "wxyz"])

    def happens() -> Iterator[Callable[[], None]]:
        for _ in "wxyz":
            yield lambda: client.futures[-1].end(Ended("run", b""))
        yield lambda: at_a.end(Ended("run", b"of v"))

    assert followed(under_way, "v", happens())[1] == Ended("run", b"of v")
    assert [under_way.has_run(name) for name in "wxyz"] == [True, True, True, True]
    assert {future.worker for future in client.futures[1:]} == {"b"}
    assert [worker for worker, names in client.received if names != ["luggage"]].count("a") == 2
    del client.refusing["a"]
    monkeypatch.setattr(fleet, "SILENT_SECONDS", 0.0)
    under_way.ahead([("again", order("again"))])
    assert client.futures[-1].worker == "a"


def test_the_only_worker_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """One message that is lost ends no session, and no cell."""
    monkeypatch.setattr(fleet, "SILENT_SECONDS", 0.05)
    client = Client(a=1)
    under_way = flights(client)
    under_way._pack = lambda order: (Pack(b""), {order.job.cell.tuner: b"its table"})
    client.refusing["a"] = OSError("timed out")
    under_way.ahead([("x", order("x"))])
    assert not client.futures
    del client.refusing["a"]

    def happens() -> Iterator[Callable[[], None]]:
        while not client.futures:
            yield lambda: time.sleep(0.01)
        yield lambda: client.futures[0].end(Ended("run", b""))

    assert followed(under_way, "x", happens())[1].how == "run"


def test_an_order_that_begins_twice_has_crashed() -> None:
    """A worker that comes back under its address may be given by Dask what it had: that is no second try."""
    client = Client(a=1)
    under_way = flights(client)
    under_way.ahead([("x", order("x"))])

    def comes_back() -> Iterator[Callable[[], None]]:
        yield lambda: client.begins(0)
        yield lambda: client.begins(0)
        yield lambda: None

    assert followed(under_way, "x", comes_back())[1].how == "died"
    assert client.futures[0].cancelled


def test_a_result_that_is_lost_with_its_worker_is_a_crash() -> None:
    """Whether Dask says so, or has nothing."""
    for content, said in ((OSError("no route"), " (OSError: no route)"), ("gone", "")):
        client = Client(a=1)
        under_way = flights(client)
        under_way.ahead([("x", order("x"))])

        def lost(client: Client = client, content: Any = content) -> Iterator[Callable[[], None]]:
            yield lambda: client.begins(0)
            yield lambda: client.futures[0].end(content)

        assert followed(under_way, "x", lost())[1] == Ended("died", f"its worker a died{said}")


def test_a_worker_that_lacks_pieces_gets_them_and_the_order_again() -> None:
    """It has been restarted under its address, with nothing in memory."""
    client = Client(a=1)
    under_way = flights(client)
    under_way.ahead([("x", order("x"))])

    def lacks() -> Iterator[Callable[[], None]]:
        yield lambda: client.futures[0].end(Ended("lacking", ["luggage"]))
        yield lambda: client.futures[1].end(Ended("run", b""))

    assert followed(under_way, "x", lacks())[1].how == "run"
    assert client.received == [("a", ["luggage"])] * 2


def test_what_had_begun_is_not_begun_again_where_its_worker_lacks_pieces() -> None:
    """A worker that came back under its address has lost them, and Dask has given it what had begun before."""
    client = Client(a=1)
    under_way = flights(client)
    under_way.ahead([("x", order("x"))])

    def comes_back() -> Iterator[Callable[[], None]]:
        yield lambda: client.begins(0)
        yield lambda: client.futures[0].end(Ended("lacking", ["luggage"]))

    assert followed(under_way, "x", comes_back())[1] == Ended("died", "its worker a died")
    assert len(client.futures) == 1


def test_a_scheduler_that_is_gone_ends_the_session() -> None:
    """By an error that no cell takes for its own."""
    client = Client(a=1)
    under_way = flights(client)
    under_way.ahead([("x", order("x"))])

    def gone() -> Iterator[Callable[[], None]]:
        yield lambda: setattr(client, "status", "connecting")

    with pytest.raises(ClusterLostError, match="tcp://there: the scheduler is gone"):
        followed(under_way, "x", gone())


def test_a_scheduler_that_was_gone_for_a_moment_has_ended_the_session() -> None:
    """Dask has cancelled all that was under way: nothing tells what came of it."""
    client = Client(a=1)
    under_way = flights(client)
    under_way.ahead([("x", order("x"))])

    def restarts() -> Iterator[Callable[[], None]]:
        yield lambda: client.futures[0].end(asyncio.CancelledError())

    with pytest.raises(ClusterLostError, match="the scheduler is gone"):
        followed(under_way, "x", restarts())


def test_without_any_worker_the_session_ends_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another one may come, such as the next job of a queue."""
    client = Client(a=1)
    under_way = flights(client)
    monkeypatch.setattr(fleet, "WITHOUT_WORKERS_SECONDS", -1.0)
    under_way.ahead([("x", order("x"))])

    def gone() -> Iterator[Callable[[], None]]:
        yield client.threads.clear
        yield lambda: None

    with pytest.raises(ClusterLostError, match="no worker is left"):
        followed(under_way, "x", gone())


def test_the_wait_for_another_worker_begins_when_the_last_one_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A session may not have looked for minutes, in which it ran other tests."""
    client = Client(a=1)
    workers = Fleet(client, "tcp://there", NOTES.append)
    workers.examine([])
    workers.equip({"luggage": b""}, ())
    later = time.monotonic() + 10 * fleet.WITHOUT_WORKERS_SECONDS
    monkeypatch.setattr(time, "monotonic", lambda: later)
    client.threads.clear()
    assert workers.look() == {"a"}
    monkeypatch.setattr(time, "monotonic", lambda: later + 1.1 * fleet.WITHOUT_WORKERS_SECONDS)
    with pytest.raises(ClusterLostError, match="no worker is left"):
        workers.look()


def test_a_worker_that_comes_late_gets_all_that_cells_need_once() -> None:
    """It runs cells as the others do."""
    client = Client(a=1)
    under_way = flights(client, data=b"rows")
    under_way.ahead([(name, order(name)) for name in "xy"])
    assert len(client.futures) == 1

    def comes() -> Iterator[Callable[[], None]]:
        yield lambda: client.threads.update(b=1)
        yield lambda: client.futures[0].end(Ended("run", b""))

    followed(under_way, "x", comes())
    assert client.futures[1].worker == "b"
    assert client.received == [("a", ["data", "luggage"]), ("b", ["data", "luggage"])]


def test_a_worker_that_differs_is_refused_by_what_differs() -> None:
    """Before any cell: worker, machine, thing, both values, remedy. One that comes late runs none, and is said."""
    client = Client(a=1)
    client.prints["a"] = {**fingerprint.taken(), "scikit-learn": "1.8.0"}
    expected = r"worker a on host of a is not like this process: scikit-learn is 1\.8\.0, expected .*: install there"
    with pytest.raises(TuningError, match=expected):
        flights(client)
    late = Client(a=1)
    late.prints["b"] = client.prints["a"]
    under_way = flights(late)
    late.threads["b"] = 1
    under_way.ahead([(name, order(name)) for name in "xy"])

    def ends() -> Iterator[Callable[[], None]]:
        yield lambda: late.futures[0].end(Ended("run", b""))

    followed(under_way, "x", ends())
    assert {future.worker for future in late.futures} == {"a"}
    assert "worker b on host of b is not like this process" in NOTES[0]


def test_a_worker_that_cannot_take_what_it_is_sent_is_refused_with_the_reason() -> None:
    """Such as one whose memory or disk is full."""
    client = Client(a=1)
    client.refusing["a"] = OSError(28, "No space left on device")
    with pytest.raises(TuningError, match="worker a on host of a.*No space left on device"):
        flights(client)


def test_what_is_dropped_keeps_its_slot_until_it_has_ended() -> None:
    """Two cells at one slot would measure each other."""
    client = Client(a=1)
    under_way = flights(client)
    under_way.ahead([(name, order(name)) for name in "xyz"])
    under_way.drop("xz")
    assert len(client.futures) == 1

    def ends() -> Iterator[Callable[[], None]]:
        yield lambda: client.futures[0].end(Ended("run", b"nobody's"))
        yield lambda: client.futures[1].end(Ended("run", b"y's"))

    assert followed(under_way, "y", ends())[1] == Ended("run", b"y's")
    assert not ENDED
    assert len(client.futures) == 2


def test_cells_on_one_machine_are_contended() -> None:
    """Their seconds are not the method's alone; one slot a machine leaves them so."""
    for machine, contended in (("one", True), ("", False)):
        client = Client(a=1, b=1)
        client.machine = machine
        under_way = flights(client)
        seen: list[bool] = []

        def pack(order: Order, seen: list[bool] = seen) -> tuple[Pack, dict[str, bytes]]:
            seen.append(order.contended)
            return Pack(b""), {}

        under_way._pack = pack
        under_way.ahead([("x", order("x"))])
        assert seen == [contended]
