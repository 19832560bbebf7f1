"""The way back from a forked process: what a run tells there, said here."""

from __future__ import annotations

import dataclasses
import io
import pickle
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

from tuners.errors import ElsewhereError, one_line
from tuners.results.record import Record
from tuners.results.trial import Trial
from tuners.text.shown import json_form


class _Pickler(pickle.Pickler):
    """Sends trials and records as they are saved: with the text of values that cannot leave the process."""

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, Trial):
            fields = {known.name: getattr(value, known.name) for known in dataclasses.fields(value)}
            return _made, (Trial, fields | {"params": json_form(value.params), "exact": value.identity})
        if isinstance(value, Record):
            return _made, (Record, value.as_dict() | {"classes": value.classes, "dataset_notes": value.dataset_notes})
        return NotImplemented


def _made(kind: Any, fields: dict[str, Any]) -> Any:
    return kind(**fields)


def pickled(message: Any) -> bytes:
    """Return what is told, pickled, with the text of what cannot leave the process."""
    try:
        return pickle.dumps(message)
    except Exception:  # noqa: BLE001  such as lambdas among the values of hyperparameters
        written = io.BytesIO()
        _Pickler(written).dump(message)
        return written.getvalue()


class Channel:
    """The way back to the parent. A thread writes, so that no alarm cuts a message short and none mix."""

    def __init__(self, sender: Connection, closed: Callable[[int], object]) -> None:
        """Write to a pipe; `closed` is called, with an exit code, where nobody reads it."""
        self._sender = sender
        self._closed = closed
        self._waiting: SimpleQueue[tuple[bytes, threading.Event]] = SimpleQueue()
        threading.Thread(target=self._write, daemon=True).start()

    def say(self, kind: str, content: Any = None) -> None:
        """Send a message, and wait until it is gone: what comes next may be a crash."""
        try:
            data = pickled((kind, content))
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
                self._closed(1)  # nobody listens
            gone.set()
