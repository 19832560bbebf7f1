"""Saved runs: what pytest-benchmark's JSON files say of cells, read and made."""

from __future__ import annotations

import dataclasses
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tuners.errors import TuningError
from tuners.results.record import Record
from tuners.results.shard import Share
from tuners.store import codec
from tuners.store.benchmark_json import About, Benchmark, Document
from tuners.store.records import is_record, read_ended

PARTIAL = "partial"
"""Key of a saved run in which cells are missing; its value says how many."""
CHECK = "check"
"""Key, in `extra_info`, of a checksum of the rest, by which a record that was changed is recognised."""


@dataclass(frozen=True)
class SavedRun:
    """A saved run."""

    path: Path
    records: tuple[Record, ...]
    partial: str
    """How many cells are there of how many; empty if none is missing."""
    machine: Mapping[str, Any]
    """pytest-benchmark's `machine_info`."""
    commit: Mapping[str, Any]
    """pytest-benchmark's `commit_info`: `id`, `branch`, `dirty`."""
    date: str
    """In ISO 8601's form."""
    content: Mapping[str, Any]
    """The whole file."""
    share: Share | None = None
    """Of a shard: what it has of the comparison."""

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.stem


def checksum(extra_info: Mapping[str, Any]) -> str:
    """Return the checksum of the fields of a record in `extra_info`, where users may add others."""
    # Of those that are there: an earlier version's records had fewer.
    return _crc(
        {known.name: extra_info[known.name] for known in dataclasses.fields(Record) if known.name in extra_info}
    )


def _is_as_saved(extra_info: Mapping[str, Any]) -> bool:
    """Whether a record is as it was saved, by its checksum; one without is not known to be otherwise."""
    # The second is that of a later version, whose records have more fields.
    whole = {name: value for name, value in extra_info.items() if name != CHECK}
    return CHECK not in extra_info or extra_info[CHECK] in {checksum(extra_info), _crc(whole)}


def _crc(fields: Mapping[str, Any]) -> str:
    return f"{zlib.crc32(json.dumps(fields, sort_keys=True, default=repr).encode()):08x}"


def read(path: Path) -> SavedRun:
    """Read a saved run; raise `TuningError`, in one line that names the field, for a file that is damaged."""
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
        known = codec.shaped(content, Document)
        found = [_record(bench, number) for number, bench in enumerate(known.benchmarks)]
    except codec.DamagedError as error:
        message = f"saved run {path}: {error}: delete or restore the file"
        raise TuningError(message) from None
    return SavedRun(
        path, tuple(record for record in found if record is not None), known.partial,
        content.get("machine_info") or {}, content.get("commit_info") or {}, known.datetime or "", content,
        share(content),
    )  # fmt: skip


def share(about: Mapping[str, Any]) -> Share | None:
    """Return what a saved run's or a journal's content says of the shard that it is of; None where it is of none."""
    known = codec.shaped(about, About).tuning
    return None if known is None else known.shard


def _record(bench: Benchmark, number: int) -> Record | None:
    """Return the record of a cell, None for another benchmark; raise `DamagedError`."""
    extra_info = bench.extra_info
    if not is_record(extra_info):
        return None
    if not _is_as_saved(extra_info):
        message = f"the record of {bench.fullname} is not as it was saved"
        raise codec.DamagedError(message)
    return read_ended(extra_info, f"benchmarks[{number}].extra_info")


def document(
    records: Sequence[tuple[Record, Mapping[str, Any]]],
    *,
    about: Mapping[str, Any],
    partial: str = "",
    trials: str | None = None,
    times: Mapping[str, Sequence[float]] = MappingProxyType({}),
) -> dict[str, Any]:
    """Make the content of a saved run from records, each with what pytest-benchmark says of its test.

    `about` has `machine_info`, `commit_info`, `datetime` and `version`. Runs without a time are left out, as
    pytest-benchmark does. `trials` names the side file, where the records do not; `times`, by cell, are the
    seconds of its repeats.
    """
    from pytest_benchmark.stats import Stats  # noqa: PLC0415  loaded when something is saved

    benches = []
    for record, test in records:
        if record.seconds is None:
            continue
        stats = Stats()
        for seconds in times.get(record.cell) or [record.seconds]:
            stats.update(seconds)
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
