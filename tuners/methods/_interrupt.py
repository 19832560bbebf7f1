"""Ctrl-C that a library does not swallow."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from tuners.errors import Unwinding


class Interrupted(Unwinding):
    """Ctrl-C as an exception that no library catches: at a `KeyboardInterrupt`, TPOT ends its search and goes on."""


@contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C end the session, not only the library's search."""

    def stop(signum: int, frame: object) -> NoReturn:  # noqa: ARG001  the signature of a handler
        raise Interrupted

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGINT, stop)
    try:
        yield
    except Interrupted:
        raise KeyboardInterrupt from None
    finally:
        signal.signal(signal.SIGINT, previous)
