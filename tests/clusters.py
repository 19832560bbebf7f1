"""Schedulers and workers of Dask's in processes of their own, for tests that end them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from tests.forked import until

QUICK = {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s", "DASK_DISTRIBUTED__ADMIN__TICK__LIMIT": "60s"}
"""What a test need not wait for."""


class Processes:
    """A scheduler and its workers; all end with the `with` block."""

    def __init__(self, folder: Path) -> None:
        """Start nothing yet; logs and the scheduler's file go into a folder."""
        self._folder = folder
        self._stack = contextlib.ExitStack()
        self.file = folder / "scheduler.json"
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Processes:
        """Begin."""
        return self

    def __exit__(self, *exc: object) -> None:
        """End what still runs."""
        self._stack.close()

    @property
    def address(self) -> str:
        """The scheduler's."""
        found: str = json.loads(self.file.read_text())["address"]
        return found

    def start(self, *options: str, before: Sequence[str] = ()) -> str:
        """Start the scheduler; `before` is a command that it is run by; return its address."""
        given = ("--port", "0", "--no-dashboard", "--no-show", "--scheduler-file", str(self.file), *options)
        self.scheduler = self._begin("scheduler", given, before)
        until(lambda: self.file.exists() and self.file.read_text().strip().endswith("}"))
        return self.address

    def add(
        self, *options: str, before: Sequence[str] = (), at: str = "", **environment: str
    ) -> subprocess.Popen[bytes]:
        """Start a worker with one slot, without the process that would start it anew."""
        given = ("--no-nanny", "--nthreads", "1", "--no-dashboard", "--memory-limit", "0", *options)
        worker: subprocess.Popen[bytes] = self._begin("worker", (at or self.address, *given), before, **environment)
        self.workers.append(worker)
        return worker

    def log(self, kind: str) -> str:
        """Return what processes of a kind have written."""
        return "".join(path.read_text() for path in sorted(self._folder.glob(f"{kind}-*.log")))

    def _begin(self, kind: str, options: Sequence[str], before: Sequence[str], **environment: str) -> Any:
        number = sum(1 for _ in self._folder.glob(f"{kind}-*.log"))
        log = self._stack.enter_context((self._folder / f"{kind}-{number}.log").open("wb"))
        home = self._folder / f"{kind}-{number}"
        home.mkdir(exist_ok=True)
        process = subprocess.Popen(
            [*before, sys.executable, "-m", f"distributed.cli.dask_{kind}", *options],
            stdout=log, stderr=log, cwd=home, start_new_session=True, env=os.environ | QUICK | environment,
        )  # fmt: skip
        self._stack.callback(end, process)
        return process


class Far:
    """A way to an address on which everything takes longer, in both directions."""

    def __init__(self, address: str, seconds: float) -> None:
        """Lead to an address."""
        host, _, port = address.removeprefix("tcp://").rpartition(":")
        self._to = host, int(port)
        self._seconds = seconds
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: Any = None

    def __enter__(self) -> Far:
        """Open it."""
        self._thread.start()
        begun = asyncio.start_server(self._connected, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(begun, self._loop).result()
        return self

    def __exit__(self, *exc: object) -> None:
        """Close it."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def address(self) -> str:
        """Where it begins."""
        return f"tcp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        further_reader, further_writer = await asyncio.open_connection(*self._to)
        try:
            await asyncio.gather(self._pass_on(reader, further_writer), self._pass_on(further_reader, writer))
        except asyncio.CancelledError:
            further_writer.close()
            writer.close()
            raise

    async def _close(self) -> None:
        """End what passes through: what is left of it would be a warning in whatever test comes next."""
        self._server.close()
        passing = asyncio.all_tasks() - {asyncio.current_task()}
        for task in passing:
            task.cancel()
        await asyncio.gather(*passing, return_exceptions=True)
        await asyncio.sleep(0)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                # In order: all that waits takes equally long.
                self._loop.call_later(self._seconds, writer.write, data)
        self._loop.call_later(2 * self._seconds, writer.close)


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all that it has started."""
    with contextlib.suppress(psutil.Error):
        for each in psutil.Process(process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                each.kill()
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)
    process.wait()
