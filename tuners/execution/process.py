"""Processes forked from this one, which has the data and the libraries loaded already.

A process does not outlive this one, however either of them ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import gc
import os
import pickle
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, NoReturn

import psutil

from tuners.errors import TuningError, one_line
from tuners.execution.channel import Channel

PR_SET_PDEATHSIG = 1
"""Of Linux's `prctl`: the signal that a process gets when its parent ends."""


def call(function: Callable[[], Any], seconds: float | None) -> Any:
    """Return what a function returns in a process of its own, raise what it raises; None if it died or took longer."""
    receiver, sender = Pipe(duplex=False)

    def work() -> None:
        channel = Channel(sender, closed=end_group)
        try:
            channel.say("value", function())
        except BaseException as error:  # noqa: BLE001  raised again below
            channel.say("error", raisable(error))

    pid = fork(receiver, work)
    sender.close()
    with bound(pid):
        try:
            kind, content = receiver.recv() if receiver.poll(seconds) else ("value", None)
        except EOFError:
            return None
        finally:
            kill(pid)
            receiver.close()
    if kind == "error" and isinstance(content, Exception):
        raise content
    return content


def raisable(error: BaseException) -> Exception:
    """Return an error as one that can be raised elsewhere: `SystemExit` and its like would end the session there."""
    with contextlib.suppress(Exception):  # some are pickled and cannot be read back
        if isinstance(error, Exception) and pickle.loads(pickle.dumps(error)) is not None:  # noqa: S301  our own
            return error
    return RuntimeError(one_line(error))


def fork(receiver: Connection, work: Callable[[], None]) -> int:
    """Fork a process that does some work and ends; return its id. `receiver`, this end of its pipe, is closed there."""
    if not hasattr(os, "fork"):
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
        end_group(code)


def end_group(code: int) -> NoReturn:
    """End this process, and the workers that it started, without what Python would do at its end."""
    kill_all(psutil.Process())
    os._exit(code)


def _end_with(parent: int) -> None:
    """Let the kernel kill this process when its parent is gone, where it can: no code of ours need run for that."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:  # it was gone before
        end_group(1)


@contextmanager
def bound(pid: int) -> Iterator[None]:
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


def death(code: int) -> str:
    """Say how a process ended, by its exit code, or minus the signal that ended it."""
    if code < 0:
        return f"its process died of {signal.Signals(-code).name}"
    return f"its process ended with exit code {code}"


def kill(pid: int) -> None:
    """Kill a process and all that it has started, and take note of its end."""
    with contextlib.suppress(psutil.Error):
        kill_all(psutil.Process(pid))
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def kill_all(process: psutil.Process) -> None:
    """Kill what a process has started, but for Python's resource tracker, which cleans up and ends by itself."""
    for each in process.children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if not any("resource_tracker" in part for part in each.cmdline()):
                each.kill()
