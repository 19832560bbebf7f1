"""The folder of saved runs: their numbers, and finding one by name, number, branch or commit."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

from tuners.errors import TuningError
from tuners.store.files import alone, write
from tuners.store.saved import SavedRun, read


def find(folder: Path, address: str) -> SavedRun:
    """Return the newest saved run of a path, number, name, branch or commit; raise `TuningError` if there is none.

    Branch and commit are those that the run was saved at; a commit may be shortened to 7 characters.
    """
    if os.path.isfile(address):  # noqa: PTH113  pathlib raises for texts that are too long for a path
        return read(Path(address))
    paths = listed(folder)
    for path in reversed(paths):
        number, _, name = path.stem.partition("_")
        if address in {path.stem, number, name} or (
            address.isdecimal() and number.isdecimal() and int(number) == int(address)
        ):
            return read(path)
    for path in reversed(paths):
        # Another run may be damaged: that does not keep this one from being found.
        with contextlib.suppress(TuningError):
            run = read(path)
            commit = str(run.commit.get("id", ""))
            if address == run.commit.get("branch") or (len(address) >= 7 and commit.startswith(address)):
                return run
    known = ", ".join(path.stem for path in paths[-5:]) or "none"
    message = (
        f"no saved run {address!r} in {folder}: expected a path, number, name, branch or commit; the latest are {known}"
    )
    raise TuningError(message)


def latest(folder: Path) -> SavedRun | None:
    """Return the newest whole saved run; None without one. Raises `TuningError` if a newer one is damaged."""
    for path in reversed(listed(folder)):
        run = read(path)
        if not run.partial:
            return run
    return None


def listed(folder: Path) -> list[Path]:
    """List the saved runs in a storage folder, of all machines, in the order of their numbers."""
    numbered = [path for path in folder.glob("**/*_*.json") if re.match(r"\d{4,7}_", path.name, re.ASCII)]
    return sorted(numbered, key=lambda path: (_number(path), path.name))


def _number(path: Path) -> int:
    return int(path.name.partition("_")[0])


def of_the_same_commit(folder: Path, run: SavedRun, but: SavedRun | None = None) -> list[SavedRun]:
    """Return other whole runs saved at the commit of a run, whose seconds tell how much sessions differ."""
    found = []
    for path in listed(folder):
        with contextlib.suppress(TuningError):  # a damaged run that nobody asked for
            other = read(path)
            same = bool(other.commit.get("id")) and other.commit.get("id") == run.commit.get("id")
            clean = not (other.partial or other.commit.get("dirty") or run.commit.get("dirty"))
            taken = {run.path.resolve(), *([but.path.resolve()] if but else [])}
            if same and clean and path.resolve() not in taken:
                found.append(other)
    return found


def save(content: str, folder: Path, name: str) -> Path:
    """Save a run under the next number, which no other session gets; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    with alone(folder):
        numbers = [_number(path) for path in listed(folder)]
        path = folder / f"{max(numbers, default=0) + 1:04}_{name}.json"
        write(content, path)
    return path
