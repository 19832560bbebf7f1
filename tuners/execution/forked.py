"""A run in a process of its own, so that a hang, a crash or memory without end costs one cell.

The process is forked from this one, which has the data and the libraries loaded already, and tells through a
pipe how far it is. Whatever cannot stop itself at a limit is killed, and keeps the trials that it had reported. It
does not outlive this process, however either of them ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import faulthandler
import gc
import io
import math
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, NoReturn

import psutil

from tuners.errors import ElsewhereError, TuningError, one_line
from tuners.results.budget import Budget
from tuners.store import imported_code
from tuners.text.shown import json_form

if TYPE_CHECKING:
    from tuners.evaluation.ledger import Listener
    from tuners.execution.measuring import Execution
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

PR_SET_PDEATHSIG = 1
"""Of Linux's `prctl`: the signal that a process gets when its parent ends."""

AVAILABLE = hasattr(os, "fork")


@dataclass
class Isolated:
    """What is known of a run in another process."""

    trials: list[Trial] = field(default_factory=list)
    run: Run | None = None
    """None if the process did not live to send it."""
    error: Exception | None = None
    """What kept the run from beginning."""
    imported: set[str] = field(default_factory=set)
    """Files of code that are imported there."""
    status: Status = "crashed"
    reason: str = ""
    default_test_score: float | None = None


def isolated(
    prepare: Callable[[Listener], Execution],
    budget: Budget,
    listener: Listener,
    explain: Callable[[BaseException], ElsewhereError] = lambda error: ElsewhereError(one_line(error)),
) -> Isolated:
    """Prepare, search and finish a run in a process of its own; `listener` is told here of each trial.

    `explain`, called there, says what is told here of an exception.
    """
    receiver, sender = Pipe(duplex=False)
    pid = _fork(receiver, lambda: _work(prepare, sender, budget, explain))
    sender.close()
    watch = _Watch(pid, budget)
    with _bound(pid):
        try:
            return watch.follow(receiver, listener)
        finally:
            watch.kill()
            receiver.close()


def call(function: Callable[[], Any], seconds: float | None) -> Any:
    """Return what a function returns in a process of its own, raise what it raises; None if it died or took longer."""
    receiver, sender = Pipe(duplex=False)

    def work() -> None:
        line = _Line(sender)
        try:
            line.say("value", function())
        except BaseException as error:  # noqa: BLE001  raised again below
            line.say("error", _raisable(error))

    pid = _fork(receiver, work)
    sender.close()
    with _bound(pid):
        try:
            kind, content = receiver.recv() if receiver.poll(seconds) else ("value", None)
        except EOFError:
            return None
        finally:
            _kill(pid)
            receiver.close()
    if kind == "error" and isinstance(content, Exception):
        raise content
    return content


def _raisable(error: BaseException) -> Exception:
    """Return an error as one that can be raised elsewhere: `SystemExit` and its like would end the session there."""
    with contextlib.suppress(Exception):  # some are pickled and cannot be read back
        if isinstance(error, Exception) and pickle.loads(pickle.dumps(error)) is not None:  # noqa: S301  our own
            return error
    return RuntimeError(one_line(error))


def _fork(receiver: Connection, work: Callable[[], None]) -> int:
    if not AVAILABLE:
        message = "cells in processes of their own need a system that forks (Linux, macOS): leave out --tuning-isolate"
        raise TuningError(message)
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    gc.freeze()  # the collector would touch, and so copy, everything there is
    with warnings.catch_warnings():
        # Threads that wait, such as a progress bar's, are not the child's concern.
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
        pid = os.fork()
    if pid:
        gc.unfreeze()
        return pid
    code = 1
    try:
        os.setsid()  # Ctrl-C is the parent's to handle; its workers die with it
        faulthandler.disable()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        receiver.close()
        _end_with(parent)
        work()
        code = 0
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        _end_group(code)


def _end_group(code: int) -> NoReturn:
    """End this process, and the workers that it started, without what Python would do at its end."""
    _kill_all(psutil.Process())
    os._exit(code)


def _end_with(parent: int) -> None:
    """Let the kernel kill this process when its parent is gone, where it can: no code of ours need run for that."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:  # it was gone before
        _end_group(1)


@contextmanager
def _bound(pid: int) -> Iterator[None]:
    """Let a process, and all that it starts, die with this one: another waits for this one's end, and kills them."""
    # The shell reads a pipe that only this process holds; a session of its own keeps Ctrl-C and the like from it.
    script = 'read -r _; kill -s KILL -- "-$0"'
    guard: subprocess.Popen[bytes] | None = None
    with contextlib.suppress(OSError):  # no shell: the kernel's word has to do
        guard = subprocess.Popen(
            ["/bin/sh", "-c", script, str(pid)],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    try:
        yield
    finally:
        if guard is not None:
            guard.kill()
            guard.communicate()


class _Pickler(pickle.Pickler):
    """Sends trials and records as they are saved: with the text of values that cannot leave the process."""

    def reducer_override(self, value: Any) -> Any:
        from tuners.results.record import Record  # noqa: PLC0415  loaded where it is asked for
        from tuners.results.trial import Trial  # noqa: PLC0415  loaded where it is asked for

        if isinstance(value, Trial):
            fields = {known.name: getattr(value, known.name) for known in dataclasses.fields(value)}
            return _made, (Trial, fields | {"params": json_form(value.params), "exact": value.identity})
        if isinstance(value, Record):
            return _made, (Record, value.as_dict() | {"classes": value.classes})
        return NotImplemented


def _made(kind: Any, fields: dict[str, Any]) -> Any:
    return kind(**fields)


def _pickled(message: tuple[str, Any]) -> bytes:
    try:
        return pickle.dumps(message)
    except Exception:  # noqa: BLE001  such as lambdas among the values of hyperparameters
        written = io.BytesIO()
        _Pickler(written).dump(message)
        return written.getvalue()


class _Line:
    """The way back to the parent. A thread writes, so that no alarm cuts a message short and none mix."""

    def __init__(self, sender: Connection) -> None:
        self._sender = sender
        self._waiting: SimpleQueue[tuple[bytes, threading.Event]] = SimpleQueue()
        threading.Thread(target=self._write, daemon=True).start()

    def say(self, kind: str, content: Any = None) -> None:
        """Send a message, and wait until it is gone: what comes next may be a crash."""
        try:
            data = _pickled((kind, content))
        except Exception as error:  # noqa: BLE001  parameters, or an exception, that cannot leave the process
            data = pickle.dumps(("error", ElsewhereError(one_line(error))))
        gone = threading.Event()
        self._waiting.put((data, gone))
        gone.wait()

    def _write(self) -> None:
        while True:
            data, gone = self._waiting.get()
            try:
                self._sender.send_bytes(data)
            except OSError:
                _end_group(1)  # nobody listens
            gone.set()


def _work(
    prepare: Callable[[Listener], Execution],
    sender: Connection,
    budget: Budget,
    explain: Callable[[BaseException], ElsewhereError],
) -> None:
    line = _Line(sender)
    try:
        execution = prepare(lambda trials, _: line.say("trial", trials[-1]))
    except BaseException as error:  # noqa: BLE001  the parent says what is wrong
        plain = isinstance(error, TuningError | ImportError)
        line.say("error", _raisable(error) if plain else explain(error))
        return
    line.say("ready", execution.default_test_score)
    execution.ledger.on_phase = line.say
    try:
        _limit_memory(budget.memory)
        execution.search()
        run = execution.finish()
        line.say("imported", imported_code.files())
        line.say("run", run if run.error is None else replace(run, error=explain(run.error)))
    except BaseException as error:  # noqa: BLE001  whatever it is, it is the cell's failure, and has a name
        line.say("failed", one_line(error))


def _limit_memory(allowed: int | None) -> None:
    """Let allocations beyond the limit fail, where the system can, so that it costs one trial."""
    data = getattr(psutil.Process().memory_info(), "data", None)
    if allowed is None or data is None:
        return
    import resource  # noqa: PLC0415  not on Windows

    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (data + allowed, hard))


class _Watch:
    """The parent's view of a process: what it said last, and when to kill it."""

    def __init__(self, pid: int, budget: Budget) -> None:
        self._pid = pid
        self._budget = budget
        self._known = Isolated()
        self._phase = "start"
        self._since = time.monotonic()
        """When the phase, or the trial, began."""
        self._started = math.inf
        self._before = 0
        self._alive = True

    def follow(self, receiver: Connection, listener: Listener) -> Isolated:
        """Listen until the process has sent its run, or died, or had to be killed."""
        known = self._known
        while known.run is None and known.error is None and not known.reason:
            try:
                if receiver.poll(POLL_SECONDS):
                    kind, content = pickle.loads(receiver.recv_bytes())  # noqa: S301  our own process's
                    self._hear(kind, content, listener)
            except (EOFError, ConnectionError):
                known.reason = self._death()
                break
            verdict = self._verdict()
            if verdict:
                known.status, known.reason = verdict
                break
        return known

    def _hear(self, kind: str, content: Any, listener: Listener) -> None:
        known, now = self._known, time.monotonic()
        self._since = now
        if kind == "trial":
            known.trials.append(content)
            self._phase = "search"
            listener(known.trials, self._budget)
        elif kind == "ready":
            known.default_test_score = content
            self._phase, self._started = "search", now
            self._before = self._memory()
        elif kind in {"trial begins", "end"}:
            self._phase = kind
        elif kind == "imported":
            known.imported = content
        elif kind == "run":
            known.run = content
        elif kind == "failed":
            known.status, known.reason = "failed", content
        else:
            known.error = content

    def _verdict(self) -> tuple[Status, str] | None:
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
        code = os.waitstatus_to_exitcode(status)
        if code < 0:
            return f"its process died of {signal.Signals(-code).name}"
        return f"its process ended with exit code {code}"

    def kill(self) -> None:
        """End the process and all that it started, if it lives."""
        if self._alive:
            _kill(self._pid)


def _kill(pid: int) -> None:
    with contextlib.suppress(psutil.Error):
        _kill_all(psutil.Process(pid))
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def _kill_all(process: psutil.Process) -> None:
    """Kill what a process has started, but for Python's resource tracker, which cleans up and ends by itself."""
    for each in process.children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if not any("resource_tracker" in part for part in each.cmdline()):
                each.kill()
