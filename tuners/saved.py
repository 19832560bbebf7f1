"""Saved runs: pytest-benchmark's JSON files, written whole or not at all, and found by name, number or commit."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tuners.errors import TuningError
from tuners.record import Record

PARTIAL = "partial"
"""Key of a saved run of which cells are missing; its value says how many."""
CHECK = "check"
"""Key, in `extra_info`, of a checksum of the rest: a record that has been changed is told."""


@dataclass(frozen=True)
class SavedRun:
    """A saved run."""

    path: Path
    records: tuple[Record, ...]
    partial: str
    """What is missing; empty for a whole run."""
    machine: Mapping[str, Any]
    """pytest-benchmark's `machine_info`."""
    commit: Mapping[str, Any]
    """pytest-benchmark's `commit_info`: `id`, `branch`, `dirty`."""
    date: str
    """ISO 8601."""
    content: Mapping[str, Any]
    """The file as it is."""

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem


def checksum(extra_info: Mapping[str, Any]) -> str:
    """Return the checksum of what is saved of a run."""
    # What a user has added beside is not ours, and an earlier version's records had fewer fields.
    own = {field.name: extra_info[field.name] for field in dataclasses.fields(Record) if field.name in extra_info}
    return f"{zlib.crc32(json.dumps(own, sort_keys=True, default=repr).encode()):08x}"


def read(path: Path) -> SavedRun:
    """Read a saved run; raise `TuningError`, in one line, for a file that is damaged or none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        benches = [(bench["fullname"], bench["extra_info"]) for bench in content["benchmarks"]]
        machine, commit = content.get("machine_info") or {}, content.get("commit_info") or {}
        date, partial = content.get("datetime", ""), content.get(PARTIAL, "")
        for bench in content["benchmarks"]:
            float(bench["stats"]["mean"])
    except OSError as error:
        message = f"saved run {path}: cannot be read: {error.strerror}"
        raise TuningError(message) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        detail = f"{type(error).__name__}: {error}".splitlines()[0]
        message = (
            f"saved run {path}: expected pytest-benchmark's JSON, got a damaged file ({detail}): delete or restore it"
        )
        raise TuningError(message) from None
    records = []
    for name, extra_info in benches:
        if CHECK in extra_info and checksum(extra_info) != extra_info[CHECK]:
            message = f"saved run {path}: the record of {name} is not as it was saved: delete or restore the file"
            raise TuningError(message)
        record = Record.from_dict(extra_info)
        if record is not None:
            records.append(record)
    return SavedRun(path, tuple(records), str(partial), machine, commit, str(date), content)


def find(folder: Path, address: str) -> SavedRun:
    """Return the newest saved run of a path, number, name, branch or commit; raise `TuningError` if there is none.

    Branch and commit are those that the run was saved at; a commit may be shortened to 7 characters.
    """
    if Path(address).is_file():
        return read(Path(address))
    paths = listed(folder)
    for path in reversed(paths):
        number, _, name = path.stem.partition("_")
        if address in {path.stem, number, name} or (
            address.isdecimal() and number.isdecimal() and int(number) == int(address)
        ):
            return read(path)
    for path in reversed(paths):
        # Another run that is damaged is no reason not to find this one.
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
    """List the saved runs in a storage folder, of all machines, in order of their numbers."""
    return sorted(folder.glob("**/[0-9][0-9][0-9][0-9]_*.json"), key=lambda path: (path.name.split("_")[0], path.name))


def of_the_same_commit(folder: Path, run: SavedRun, but: SavedRun | None = None) -> list[SavedRun]:
    """Return other whole sessions saved at the commit of a run, whose seconds tell how sessions differ."""
    found = []
    for path in listed(folder):
        with contextlib.suppress(TuningError):  # not the one asked for
            other = read(path)
            same = bool(other.commit.get("id")) and other.commit.get("id") == run.commit.get("id")
            clean = not (other.partial or other.commit.get("dirty") or run.commit.get("dirty"))
            taken = {run.path.resolve(), *([but.path.resolve()] if but else [])}
            if same and clean and path.resolve() not in taken:
                found.append(other)
    return found


def write(content: str, path: Path) -> Path:
    """Write a file whole or not at all; return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".saving-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        return Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def save(content: str, folder: Path, name: str) -> Path:
    """Save a run under the next number, which no other session gets; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        numbers = [int(path.name[:4]) for path in listed(folder)]
        path = folder / f"{max(numbers, default=0) + 1:04}_{name}.json"
        write(content, path)
    return path


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other session saves there."""
    try:
        import fcntl  # noqa: PLC0415  not on Windows
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def document(
    records: Sequence[tuple[Record, Mapping[str, Any]]],
    *,
    about: Mapping[str, Any],
    partial: str = "",
    trials: str | None = None,
) -> dict[str, Any]:
    """Make the content of a saved run from records, each with what pytest-benchmark says of its test.

    `about` has `machine_info`, `commit_info`, `datetime` and `version`. Runs without a time are left out, as
    pytest-benchmark does. `trials` names the side file.
    """
    from pytest_benchmark.stats import Stats  # noqa: PLC0415  loaded when something is saved

    benches = []
    for record, test in records:
        if record.seconds is None:
            continue
        stats = Stats()
        stats.update(record.seconds)
        extra_info = record.as_dict() | {"trials": trials}
        extra_info[CHECK] = checksum(json.loads(json.dumps(extra_info)))
        benches.append(
            {
                "group": f"{record.model}-{record.dataset}",
                "name": record.cell,
                "fullname": record.cell,
                "params": None,
                "param": None,
                "options": {},
                **test,
                "extra_info": extra_info,
                "stats": {**stats.as_dict(), "data": stats.data, "iterations": 1},
            }
        )
    whole = {**about, "benchmarks": benches}
    return {**whole, PARTIAL: partial} if partial else whole
