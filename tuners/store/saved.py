"""Saved runs: pytest-benchmark's JSON files, written whole or not at all, and found by name, number or commit."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tuners.errors import TuningError
from tuners.results.record import Record
from tuners.store import codec, forms
from tuners.store.files import alone, write

__all__ = ["document", "find", "latest", "listed", "of_the_same_commit", "read", "save", "write"]

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
    """Read a saved run; raise `TuningError`, in one line that names the field, for a file that is damaged or none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"saved run {path}: cannot be read: {error.strerror}"
        raise TuningError(message) from None
    try:
        content = codec.parsed(data)
    except codec.DamagedError as error:
        message = (
            f"saved run {path}: expected pytest-benchmark's JSON, got a damaged file ({error}): delete or restore it"
        )
        raise TuningError(message) from None
    try:
        document = codec.shaped(content, forms.Document)
        records = [_record(bench, number) for number, bench in enumerate(document.benchmarks)]
    except codec.DamagedError as error:
        message = f"saved run {path}: {error}: delete or restore the file"
        raise TuningError(message) from None
    return SavedRun(
        path, tuple(record for record in records if record is not None), document.partial,
        content.get("machine_info") or {}, content.get("commit_info") or {}, document.datetime or "", content,
    )  # fmt: skip


def _record(bench: forms.Benchmark, number: int) -> Record | None:
    """Return the record of a cell, None for another benchmark; raise `DamagedError`."""
    extra_info = bench.extra_info
    if not forms.is_record(extra_info):
        return None
    if CHECK in extra_info and checksum(extra_info) != extra_info[CHECK]:
        message = f"the record of {bench.fullname} is not as it was saved"
        raise codec.DamagedError(message)
    return forms.record(extra_info, f"benchmarks[{number}].extra_info")


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
    numbered = [path for path in folder.glob("**/*_*.json") if re.match(r"\d{4,7}_", path.name, re.ASCII)]
    return sorted(numbered, key=lambda path: (_number(path), path.name))


def _number(path: Path) -> int:
    return int(path.name.partition("_")[0])


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


def save(content: str, folder: Path, name: str) -> Path:
    """Save a run under the next number, which no other session gets; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    with alone(folder):
        numbers = [_number(path) for path in listed(folder)]
        path = folder / f"{max(numbers, default=0) + 1:04}_{name}.json"
        write(content, path)
    return path


def document(
    records: Sequence[tuple[Record, Mapping[str, Any]]],
    *,
    about: Mapping[str, Any],
    partial: str = "",
    trials: str | None = None,
) -> dict[str, Any]:
    """Make the content of a saved run from records, each with what pytest-benchmark says of its test.

    `about` has `machine_info`, `commit_info`, `datetime` and `version`. Runs without a time are left out, as
    pytest-benchmark does. `trials` names the side file, where the records do not.
    """
    from pytest_benchmark.stats import Stats  # noqa: PLC0415  loaded when something is saved

    benches = []
    for record, test in records:
        if record.seconds is None:
            continue
        stats = Stats()
        stats.update(record.seconds)
        extra_info = record.as_dict() | ({"trials": trials} if trials else {})
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
