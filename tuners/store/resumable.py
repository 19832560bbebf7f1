"""The interrupted session that can be resumed, and what must not have changed since."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tuners.errors import TuningError
from tuners.results.incidental import INCIDENTAL
from tuners.store import imported_code
from tuners.store.git import GitError, git
from tuners.store.journal_folder import FOLDER, SUFFIX, listed, lock

if TYPE_CHECKING:
    from tuners.store.journal_contents import Contents


def interrupted(root: Path) -> tuple[Contents, int]:
    """Return the newest journal that has not come to its end, and its lock; raise `TuningError` if there is none."""
    from tuners.store.journal_contents import read  # noqa: PLC0415  loaded when something is resumed

    for path in reversed(listed(root / FOLDER)):
        handle = lock(path) if path.name.endswith(SUFFIX) else None
        if handle is None:
            continue  # its session still runs
        try:
            contents = read(path) if b"\n" in path.read_bytes() else None
        except TuningError:
            os.close(handle)
            raise
        if contents is not None and not contents.ended:
            return contents, handle
        os.close(handle)  # it has ended, or was cut short before its first line was whole
    message = (
        f"--tuning-resume: expected an interrupted session's journal in {root / FOLDER}, found none: run without it"
    )
    raise TuningError(message)


def setup(given: Mapping[str, Any], root: Path) -> dict[str, Any]:
    """Return what must be the same for the cells of two sessions to be one comparison.

    `given` has the options that were given, by name; `root` is the folder of the session.
    """
    options = {name: repr(value) for name, value in sorted(given.items()) if name not in INCIDENTAL}
    revision = _revision(root)
    package = _digest(sorted(imported_code.PACKAGE.rglob("*.py")))
    return {
        "options": options,
        "libraries": {"Python": platform.python_version()} | dict(sorted((d.name, d.version) for d in distributions())),
        "code": ({"project": revision} if revision else {}) | {"tuners": package},
    }


def _revision(root: Path) -> str:
    """Return the commit of the project, with a digest of uncommitted changes; empty without git."""
    try:
        commit = git(root, "rev-parse", "HEAD").decode().strip()
        changed = git(root, "diff", "HEAD")
        new = git(root, "ls-files", "--others", "--exclude-standard", "-z", "*.py").decode().split("\0")
    except GitError:
        return ""
    extra = _digest([root / name for name in new if name])
    return commit[:12] if not changed and not any(new) else f"{commit[:12]}+{_short(changed + extra.encode())}"


def _digest(paths: list[Path]) -> str:
    return _short(b"\0".join(path.read_bytes() for path in paths))


def _short(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:12]


def digests(files: Iterable[str], root: Path) -> dict[str, str]:
    """Return the digests of imported files, by their names in a journal."""
    return {imported_code.name(file, root): imported_code.digest(file) for file in sorted(files)}


def require_same(contents: Contents, now: Mapping[str, Any], root: Path) -> None:
    """Raise `TuningError` that says what has changed since a journal was begun; `now` is today's `setup`.

    Each file that the session had imported is read from its path: it may not be imported yet.
    """
    if contents.setup is None:
        message = (
            f"--tuning-resume: {contents.path}: its first line is damaged, which says what was compared: delete it, or "
            "run without --tuning-resume"
        )
        raise TuningError(message)
    then = {**contents.setup, "files": contents.code}
    files = {name: imported_code.digest(str(root / name)) for name in contents.code}
    _require_none(contents.path, differences(then, {**now, "files": files}))


def require_known(contents: Contents, files: Mapping[str, str]) -> None:
    """Raise `TuningError` if the resumed session had not imported one of these files, or had it with another digest."""
    found = {name: digest for name, digest in files.items() if contents.code.get(name) != digest}
    _require_none(contents.path, differences({"files": contents.code}, {"files": contents.code | found}))


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


def _require_none(path: Path, changed: list[str]) -> None:
    if changed:
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        message = (
            f"--tuning-resume: {path.name} is of another setup ({'; '.join(changed[:3])}{more}): "
            "restore that, or run without --tuning-resume"
        )
        raise TuningError(message)
