"""The folder in which journals lie: their order, their locks, and how many of them are kept."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import uuid
from pathlib import Path

from tuners.store import codec
from tuners.store.files import tail
from tuners.store.journal_lines import EndLine, content

FOLDER = ".tuning"
SUFFIX = ".journal.jsonl"
KEPT = 50
"""Journals of sessions that came to their end that are kept; older ones are deleted."""
_NUMBERED = re.compile(rb'\{"check": "[0-9a-f]{8}", "kind": "session", "number": (\d{1,9}),')


def listed(folder: Path) -> list[Path]:
    """List the journals of a folder in the order in which they were begun; first, by name, those without a number."""
    return sorted(folder.glob("*.jsonl"), key=lambda path: (_number(path), path.name))


def next_number(folder: Path) -> int:
    """Return the number of the next journal: clocks go back, and files are copied, so that times tell no order."""
    return 1 + max(map(_number, folder.glob("*.jsonl")), default=0)


def _number(path: Path) -> int:
    """Return a journal's number among those of its folder; 0 for one of an older version, or one that is damaged."""
    try:
        with path.open("rb") as file:
            found = _NUMBERED.match(file.read(100))
    except OSError:
        return 0
    return int(found[1]) if found else 0


def has_ended(path: Path) -> bool:
    """Whether a journal's session came to its end, so that there is nothing to resume; by its last line alone."""
    try:
        last = tail(path, 1000).decode(errors="replace").rstrip("\n").rpartition("\n")[2]
    except OSError:
        return False
    texts, rest = codec.recovered(last)
    return not rest and texts[-1:] == [codec.line(content(EndLine())).rstrip("\n")]


def new_path(root: Path) -> Path:
    """Return a path for a journal that no other session has; delete the oldest of many that have ended.

    A journal that has not ended stays: its session may still run, or be resumed.
    """
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    ignored = folder / ".gitignore"
    if not ignored.exists():
        ignored.write_text("*\n")
    ended = [path for path in listed(folder) if path.name.endswith(SUFFIX) and has_ended(path)]
    for old in ended[: -KEPT + 1]:
        handle = lock(old)
        if handle is not None:
            with contextlib.suppress(OSError):  # another session has deleted it, or it is another user's
                old.unlink()
            os.close(handle)
    return folder / f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}{SUFFIX}"


def lock(path: Path) -> int | None:
    """Lock a journal until this process ends; None if another process has the lock, or the file is gone."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        import fcntl  # noqa: PLC0415  not on Windows

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:
        return handle
    except OSError:
        os.close(handle)
        return None
    _held[handle] = os.fstat(handle)
    return handle


_held: dict[int, os.stat_result] = {}
"""Descriptors of locks, and their files."""


def _let_go() -> None:
    """Close the descriptors of locks, except those that are used for other files by now."""
    for handle, of in _held.items():
        with contextlib.suppress(OSError):
            if os.path.samestat(os.fstat(handle), of):
                os.close(handle)
    _held.clear()


if hasattr(os, "register_at_fork"):
    # A forked process has the lock, too: one that hangs would keep the journal from being resumed.
    os.register_at_fork(after_in_child=_let_go)
