"""Where journals lie, which of them can be resumed, and what must not have changed since."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
import platform
import subprocess
import uuid
from collections.abc import Iterable, Mapping
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tuners
from tuners.errors import TuningError
from tuners.store import code as imported

if TYPE_CHECKING:
    from tuners.plan import Plan as Settings
    from tuners.store.journal import Contents

FOLDER = ".tuning"
SUFFIX = ".journal.jsonl"
KEPT = 50
"""Journals of sessions that came to their end that are kept; older ones are deleted."""
INCIDENTAL = {"report", "resume", "fail", "alpha"}
"""Options that a resumed session may have otherwise."""


def setup(settings: Settings, root: Path) -> dict[str, Any]:
    """Return what must be the same for cells of two sessions to be one comparison."""
    options = {name: repr(value) for name, value in sorted(settings.given.items()) if name not in INCIDENTAL}
    revision = _revision(root)
    return {
        "options": options,
        "libraries": {"Python": platform.python_version()} | dict(sorted((d.name, d.version) for d in distributions())),
        "code": ({"project": revision} if revision else {})
        | {"tuners": _digest(sorted(Path(tuners.__file__).parent.rglob("*.py")))},
    }


def differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Say what differs between two setups."""
    found = []
    for section, values in now.items():
        before = then.get(section, {})
        for name in sorted({*before, *values}):
            old, new = before.get(name, "absent"), values.get(name, "absent")
            if old != new:
                found.append(f"{section}: {name} was {old}, is {new}")
    return found


def _revision(root: Path) -> str:
    """Return the commit of the project and a digest of what is changed beside it; empty without git."""
    try:
        commit = _git(root, "rev-parse", "HEAD").decode().strip()
        changed = _git(root, "diff", "HEAD")
        new = _git(root, "ls-files", "--others", "--exclude-standard", "-z", "*.py").decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        return ""
    extra = _digest([root / name for name in new if name])
    return commit[:12] if not changed and not any(new) else f"{commit[:12]}+{_short(changed + extra.encode())}"


def _git(root: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=True).stdout  # noqa: S607


def _digest(paths: list[Path]) -> str:
    return _short(b"\0".join(path.read_bytes() for path in paths))


def _short(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]


def new_path(root: Path) -> Path:
    """Return a path for a journal that no other session has; delete the oldest of many that have ended.

    One that has not ended may be of a session that runs, or be resumed: it stays.
    """
    from tuners.store.journal import has_ended, listed  # noqa: PLC0415  loaded when a cell runs

    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    ignored = folder / ".gitignore"
    if not ignored.exists():
        ignored.write_text("*\n")
    ended = [path for path in listed(folder) if path.name.endswith(SUFFIX) and has_ended(path)]
    for old in ended[: -KEPT + 1]:
        handle = lock(old)
        if handle is not None:
            with contextlib.suppress(OSError):  # another session's to delete, or of another user
                old.unlink()
            os.close(handle)
    return folder / f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S%f}-{uuid.uuid4().hex[:8]}{SUFFIX}"


def lock(path: Path) -> int | None:
    """Mark a journal as being written until this process is gone; None if another has, or it is gone."""
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
    """Close the locks' descriptors, but those that have become other files'."""
    for handle, of in _held.items():
        with contextlib.suppress(OSError):
            if os.path.samestat(os.fstat(handle), of):
                os.close(handle)
    _held.clear()


if hasattr(os, "register_at_fork"):
    # A forked process has the lock, too: one that hangs would keep the journal from being resumed.
    os.register_at_fork(after_in_child=_let_go)


def interrupted(root: Path) -> tuple[Contents, int]:
    """Return the newest journal that has not come to its end, locked; raise `TuningError` if there is none."""
    from tuners.store.journal import listed, read  # noqa: PLC0415  loaded when something is resumed

    for path in reversed(listed(root / FOLDER)):
        handle = lock(path) if path.name.endswith(SUFFIX) else None
        if handle is None:
            continue  # of a session that runs
        try:
            contents = read(path) if b"\n" in path.read_bytes() else None
        except TuningError:
            os.close(handle)
            raise
        if contents is not None and not contents.ended:
            return contents, handle
        os.close(handle)  # it has ended, or was cut short before it had begun
    message = (
        f"--tuning-resume: expected an interrupted session's journal in {root / FOLDER}, found none: run without it"
    )
    raise TuningError(message)


def require_same(contents: Contents, now: Mapping[str, Any], root: Path) -> None:
    """Raise `TuningError` that says what has changed since a journal was begun.

    Of the code that the session had imported, each file is looked at where it lay: it may not be imported yet.
    """
    if contents.setup is None:
        message = (
            f"--tuning-resume: {contents.path}: its first line is damaged, which says what was compared: delete it, or "
            "run without --tuning-resume"
        )
        raise TuningError(message)
    then = {**contents.setup, "files": contents.code}
    files = {name: imported.digest(str(root / name)) for name in contents.code}
    _refuse(contents.path, differences(then, {**now, "files": files}))


def require_known(contents: Contents, files: Mapping[str, str]) -> None:
    """Raise `TuningError` if a file that is imported now, with its digest, was not by the session that is resumed."""
    found = {name: digest for name, digest in files.items() if contents.code.get(name) != digest}
    _refuse(contents.path, differences({"files": contents.code}, {"files": contents.code | found}))


def _refuse(path: Path, changed: list[str]) -> None:
    if changed:
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        message = (
            f"--tuning-resume: {path.name} is of another setup ({'; '.join(changed[:3])}{more}): "
            "restore that, or run without --tuning-resume"
        )
        raise TuningError(message)


def digests(files: Iterable[str], root: Path) -> dict[str, str]:
    """Return the digests of imported files, by their names in a journal."""
    return {imported.name(file, root): imported.digest(file) for file in sorted(files)}
