"""Files that several sessions read and write at the same time."""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


def write(content: str | Iterable[str], path: Path) -> Path:
    """Write a text, or the parts of one, whole or not at all; return its path. Raises `OSError`.

    A device or a pipe, such as /dev/null, is written to, and not replaced by a file.
    """
    parts = [content] if isinstance(content, str) else content
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8") as file:
            file.writelines(parts)
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".saving-{uuid.uuid4().hex}")
    try:
        # Opened by name instead of by `tempfile`, so that the file has the mode that the umask says.
        with beside.open("x", encoding="utf-8") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        return beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def tail(path: Path, most: int) -> bytes:
    """Return the last bytes of a file, at most so many. Raises `OSError`."""
    with path.open("rb") as file:
        size = min(most, path.stat().st_size)
        file.seek(-size, os.SEEK_END)
        return file.read(size)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder, waiting until no other session holds it; without locks where the system has none."""
    try:
        import fcntl  # noqa: PLC0415  not on Windows
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a network's file system may have no locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
