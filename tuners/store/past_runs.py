"""Reading many saved runs for a history, from a storage folder or a git branch: of each, only the fields it needs.

A thousand runs of 500 cells are some gigabytes of JSON. The decoder passes over all other fields without making objects
of them, so that the checksums of records, which are of all fields, are not looked at.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tuners.errors import TuningError
from tuners.results.past import Commit, PastCell, PastRun
from tuners.results.record import SCHEMA
from tuners.store import saved_folder
from tuners.store.git import GitError, git
from tuners.store.records import is_record

RUN = re.compile(r"\d{4,7}_.*\.json", re.ASCII)
"""Names of saved runs, as pytest-benchmark makes them."""


@dataclass(frozen=True)
class Found:
    """What was read."""

    runs: list[PastRun] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What was left out, and why, a line each."""


@dataclass(frozen=True, slots=True)
class _Benchmark:
    extra_info: PastCell


@dataclass(frozen=True, slots=True)
class _Cpu:
    brand_raw: str | None = None
    arch: str | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class _Machine:
    cpu: _Cpu = _Cpu()
    python_version: str = ""


@dataclass(frozen=True, slots=True)
class _CommitInfo:
    id: str | None = None
    time: str | None = None
    branch: str | None = None
    dirty: bool | None = None


@dataclass(frozen=True, slots=True)
class _Document:
    benchmarks: list[_Benchmark]
    machine_info: _Machine = _Machine()
    commit_info: _CommitInfo = _CommitInfo()
    datetime: str = ""
    partial: str = ""
    libraries: dict[str, str] = field(default_factory=dict)


def of_folder(folder: Path) -> Found:
    """Read the saved runs of a storage, of all machines; raise `TuningError` where there is none."""
    if not folder.is_dir():
        message = f"--storage: expected a folder of saved runs, found no folder {folder}: give the one of them"
        raise TuningError(message)
    paths = saved_folder.listed(folder)
    return _read(((path.stem, path) for path in paths), f"--storage: {folder}")


def of_branch(root: Path, address: str) -> Found:
    """Read the saved runs that a git branch holds, in all of it or, with `NAME:DIR`, in a folder of it.

    `root` lies in the repository. Raises `TuningError` for a branch that is not there, and one without a saved run.
    """
    branch, _, folder = address.partition(":")
    try:
        tree = git(root, "rev-parse", "--verify", "--end-of-options", f"{branch}^{{tree}}").decode().strip()
        where = git(root, "ls-tree", "-r", "-z", "--full-tree", tree, *([folder] if folder else []))
        listed = [line.partition("\t") for line in where.decode(errors="replace").split("\0") if line]
        blobs = {Path(path): about.split()[2] for about, _, path in listed if RUN.fullmatch(Path(path).name)}
        return _read(
            _contents(root, dict(sorted(blobs.items(), key=lambda each: each[0].name))), f"--branch: {address}"
        )
    except GitError as error:
        message = f"--branch: expected a git branch of saved runs, NAME or NAME:DIR, got {address!r}: {error}"
        raise TuningError(message) from None


def _contents(root: Path, blobs: dict[Path, str]) -> Iterator[tuple[str, bytes]]:
    for path, blob in blobs.items():
        yield path.stem, git(root, "cat-file", "blob", blob)


def _read(sources: Iterable[tuple[str, Path | bytes]], where: str) -> Found:
    """Read runs, each of a path or a content; raise `TuningError` if none is left."""
    import msgspec  # noqa: PLC0415  loaded when something is read

    decoder = msgspec.json.Decoder(_Document)
    found, seen = Found(), 0
    partial, other = [], []
    for seen, (name, source) in enumerate(sources, 1):  # noqa: B007  the last one's number is their count
        try:
            data = source if isinstance(source, bytes) else source.read_bytes()
            document = _decoded(decoder, data)
        except (OSError, ValueError) as error:
            found.notes.append(f"{name} is left out: it is damaged ({str(error).splitlines()[0]})")
            continue
        cells = [bench.extra_info for bench in document.benchmarks if bench.extra_info.model]
        if document.partial:
            partial.append(name)
        elif not cells or {cell.schema for cell in cells} != {SCHEMA}:
            other.append(name)
        else:
            found.runs.append(_run(name, document, cells))
    for names, what in (
        (partial, "partial, as shards are"),
        (other, "no comparison of tuning methods of this version"),
    ):
        if names:
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            found.notes.append(f"{names[0]}{more} left out: {what}")
    if not found.runs:
        message = f"{where}: expected whole saved runs of tuning methods, found none among {seen} files"
        raise TuningError("; ".join([message, *found.notes]))
    return found


def _decoded(decoder: Any, data: bytes) -> _Document:
    """Return what is needed of a saved run; raise `ValueError` for a damaged one."""
    import msgspec  # noqa: PLC0415  loaded when something is read

    try:
        document: _Document = decoder.decode(data)
    except msgspec.ValidationError:
        # Beside cells there may be benchmarks of other tests, whose `extra_info` is anything.
        content = msgspec.json.decode(data)
        if not isinstance(content, dict) or not isinstance(content.get("benchmarks"), list):
            raise
        kept = [bench for bench in content["benchmarks"] if is_record(bench.get("extra_info") or {})]
        document = msgspec.convert(content | {"benchmarks": kept}, _Document)
    return document


def _run(name: str, document: _Document, cells: list[PastCell]) -> PastRun:
    commit, cpu = document.commit_info, document.machine_info.cpu
    known = commit.id or ""
    return PastRun(
        name,
        cells,
        Commit("" if known == "unversioned" else known, commit.time or "", commit.branch or "", bool(commit.dirty)),
        document.datetime,
        f"{cpu.brand_raw or 'unknown processor'} ({cpu.arch or 'unknown'}, {cpu.count or '?'} processors)",
        {"Python": document.machine_info.python_version, **document.libraries},
    )


def with_messages(runs: Sequence[PastRun], root: Path) -> list[PastRun]:
    """Return runs whose commits have message and time, as far as the repository that `root` lies in knows them."""
    ids = list(dict.fromkeys(run.commit.id for run in runs if re.fullmatch("[0-9a-f]{7,64}", run.commit.id)))
    try:
        said = git(
            root, "log", "--no-walk=unsorted", "--ignore-missing", "--stdin", "--format=%H%x00%cI%x00%s",
            given="".join(f"{each}\n" for each in ids).encode(),
        ) if ids else b""  # fmt: skip
    except GitError:
        said = b""  # not in a repository
    lines = (line.split("\0", 2) for line in said.decode(errors="replace").splitlines())
    known = {commit: (time, message) for commit, time, message in lines}
    return [
        dataclasses.replace(
            run, commit=dataclasses.replace(run.commit, time=known[run.commit.id][0], message=known[run.commit.id][1])
        )
        if run.commit.id in known
        else run
        for run in runs
    ]
