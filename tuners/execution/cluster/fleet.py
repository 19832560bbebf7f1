"""The workers of a cluster that may run cells, and their slots: a thread of a worker takes one cell at a time."""

from __future__ import annotations

import math
import os
import time
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from tuners.errors import ClusterLostError, TuningError, one_line
from tuners.execution.cluster import fingerprint, slot
from tuners.execution.cluster.compared import Compared, compared, refusal
from tuners.execution.cluster.fingerprint import Fingerprint
from tuners.execution.threads import THREADS

WITHOUT_WORKERS_SECONDS = 60.0
"""How long a session waits for a first worker, or for another one when the last is gone."""
SILENT_SECONDS = 60.0
"""How long a worker that could not be reached is left alone."""
LOOK_SECONDS = 1.0
"""How often workers that have come and gone are asked for."""


class Fleet:
    """The workers of one session: those whose fingerprint is this one's."""

    def __init__(self, client: Any, address: str, note: Callable[[str], None]) -> None:
        """Take a client of Dask's; `note` is told of workers that come late and cannot be used."""
        self.client = client
        self.address = address
        self.session = uuid.uuid4().hex
        self._note = note
        self._slots: dict[str, int] = {}
        """By worker: how many it has."""
        self._busy: Counter[str] = Counter()
        self._machines: dict[str, str] = {}
        self._refused: dict[str, str] = {}
        """By worker: why it runs no cells."""
        self._silent: dict[str, float] = {}
        """By worker that could not be reached, though the scheduler believes that it is there: when that was."""
        self._sent: dict[str, set[str]] = {}
        """By worker: the names of the pieces that it has."""
        self._pieces: Mapping[str, bytes] = {}
        self._luggage: Sequence[str] = ()
        self._environment = {name: os.environ.get(name) for name in (*THREADS, "PYTHONHASHSEED")}
        self._modules: list[str] = []
        self._here: Fingerprint = {}
        self._looked = self._alone_since = time.monotonic()

    def __len__(self) -> int:
        """Return how many slots there are."""
        return sum(self._slots.values())

    def __contains__(self, worker: object) -> bool:
        """Whether a worker may run cells."""
        return worker in self._slots

    def examine(self, modules: list[str]) -> set[str]:
        """Wait for workers, and compare their fingerprint; return the modules that some of them do not have.

        Raises `TuningError` that names a worker, what differs, and the remedy.
        """
        self._modules, self._here = modules, fingerprint.taken(modules)
        asked = self._asked(self._awaited())
        for each in asked.values():
            if each.wrong:
                raise TuningError(each.wrong)
        self._run(slot.warm, self.session, self._environment, workers=[*asked])
        return {name for each in asked.values() for name in each.lacking}

    def equip(self, luggage: Mapping[str, bytes], modules: Collection[str]) -> None:
        """Send all that every cell needs to the workers, the pack itself first; `modules` are those that stay."""
        self._luggage, self._pieces = tuple(luggage), luggage
        self._modules = [name for name in self._modules if name in modules]
        self._here = fingerprint.taken(self._modules)
        self.look(at_once=True)
        if self._refused:
            raise TuningError(next(iter(self._refused.values())))

    def look(self, *, at_once: bool = False) -> set[str]:
        """Take in workers that have come; return those that are gone. Raises `ClusterLostError` without any."""
        now = time.monotonic()
        if not at_once and now - self._looked < LOOK_SECONDS:
            return set()
        self._looked = now
        threads = self._threads()
        gone = {*self._slots} - {*threads}
        for worker in gone:
            del self._slots[worker]
            self._busy.pop(worker, None)
            self._sent.pop(worker, None)
            self._silent.pop(worker, None)
        self._admit({worker: count for worker, count in threads.items() if worker not in self._slots})
        if self._slots or gone:
            self._alone_since = now  # the wait begins when the last one goes, however long ago the last look was
        elif now - self._alone_since > WITHOUT_WORKERS_SECONDS:
            message = f"{self.address}: no worker is left, and none has come for {WITHOUT_WORKERS_SECONDS:.0f} s"
            raise ClusterLostError(message)
        return gone

    def _admit(self, threads: Mapping[str, int]) -> None:
        """Give slots to new workers that are like this process, once they have all that cells need."""
        new = [worker for worker in threads if worker not in self._refused]
        for worker, each in self._asked(new).items() if new else ():
            wrong = each.wrong or "; ".join(f"no module {name}" for name in sorted(each.lacking))
            wrong = wrong or self.deliver(worker, {})
            if wrong:
                self._refused[worker] = wrong if wrong == each.wrong else refusal(worker, each.machine, [wrong])
                if self._slots:
                    self._note(self._refused[worker])
                continue
            self._machines[worker] = each.machine
            self._slots[worker] = threads[worker]

    def deliver(self, worker: str, pieces: Mapping[str, bytes]) -> str:
        """Send a worker pieces, and those that all cells need, as far as it does not have them.

        Return what went wrong, in one line, or nothing. One that cannot be reached is silent for a while.
        """
        sent = self._sent.setdefault(worker, set())
        new = {name: data for name, data in {**self._pieces, **pieces}.items() if name not in sent}
        if not new:
            return ""
        arguments = (self.session, new, self._environment, self._luggage)
        said = self._run(slot.receive, *arguments, workers=[worker]).get(worker)
        if isinstance(said, BaseException):
            if isinstance(said, OSError) and said.errno is None:  # Dask's own: of a connection, and not of a file
                self._silent[worker] = time.monotonic()
            return one_line(said)
        self._silent.pop(worker, None)
        sent |= {*new}
        return ""

    def forget(self, worker: str) -> None:
        """Send a worker everything again: it has begun anew under its old address."""
        self._sent.pop(worker, None)

    def is_silent(self, worker: str) -> bool:
        """Whether a worker could not be reached a while ago: what runs there may come back, and it gets nothing new.

        To try it again at once would take as long as before, for which every other cell waits.
        """
        return time.monotonic() - self._silent.get(worker, -math.inf) < SILENT_SECONDS

    def take(self) -> str | None:
        """Return a worker with a free slot, which is then taken: one with the most free ones; None without any."""
        free = {
            worker: count - self._busy[worker] for worker, count in self._slots.items() if not self.is_silent(worker)
        }
        best = max(free, key=lambda worker: free[worker], default=None)
        if best is None or free[best] < 1:
            return None
        self._busy[best] += 1
        return best

    def give_back(self, worker: str) -> None:
        """Free a slot."""
        if self._busy[worker] > 0:
            self._busy[worker] -= 1

    def shared(self, worker: str) -> bool:
        """Whether a worker's machine has other slots."""
        machine = self._machines[worker]
        return sum(count for each, count in self._slots.items() if self._machines[each] == machine) > 1

    def end(self) -> None:
        """End what the session has on workers, as far as they can be reached."""
        if self.client.status == "running":
            self.client.run(slot.forget, self.session, on_error="ignore")

    def _awaited(self) -> list[str]:
        """Return the workers, once there are some; raise `TuningError` where none comes."""
        end = time.monotonic() + WITHOUT_WORKERS_SECONDS
        while not (workers := list(self._threads())):
            if time.monotonic() > end:
                message = (
                    f"--tuning-cluster={self.address}: expected workers, got none in {WITHOUT_WORKERS_SECONDS:.0f} s: "
                    "start some, `dask worker ADDRESS --nthreads 1`"
                )
                raise TuningError(message)
            time.sleep(0.2)
        return workers

    def _threads(self) -> dict[str, int]:
        """Return the workers and how many threads each has; raise `ClusterLostError` without a scheduler."""
        try:
            found: dict[str, int] = dict(self.client.nthreads())
        except Exception as error:  # noqa: BLE001  whatever a closed connection raises
            raise self.lost(error) from None
        return found

    def _asked(self, workers: list[str]) -> dict[str, Compared]:
        """Return what comes of comparing each worker with this process."""
        found = self._run(slot.taken, self._modules, workers=workers)
        return {worker: compared(worker, said, self._here) for worker, said in found.items()}

    def _run(self, function: Callable[..., Any], *arguments: Any, workers: list[str]) -> dict[str, Any]:
        """Return by worker what a function returns or raises there; raise `ClusterLostError` without a scheduler."""
        try:
            return dict(self.client.run(function, *arguments, workers=workers, on_error="return"))
        except Exception as error:  # noqa: BLE001  whatever a closed connection raises
            raise self.lost(error) from None

    def lost(self, error: Exception | None = None) -> ClusterLostError:
        """Return the error that says that the scheduler is gone."""
        return ClusterLostError(f"{self.address}: the scheduler is gone{f' ({one_line(error)})' if error else ''}")
