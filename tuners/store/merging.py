"""The shards of one comparison put together: refused unless they are all of it, each once, then made one saved run."""

from __future__ import annotations

import functools
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from tuners.errors import TuningError
from tuners.results.cell import Cell
from tuners.results.incidental import LOCAL
from tuners.results.shard import Share
from tuners.store.records import is_record
from tuners.store.resumable import differences
from tuners.store.saved import CHECK, PARTIAL, SavedRun, checksum

OF_ONE_SHARD = LOCAL | {"shard", "jobs"}
"""Options that may differ from shard to shard: they change no score, or say where things are, or where cells run."""
MOST_NAMED = 5
"""Shards that a message names."""


def whole(runs: Sequence[SavedRun]) -> list[SavedRun]:
    """Return shards in the order of their numbers; raise `TuningError` unless they are one comparison, all of it."""
    shares = [_share(run) for run in runs]
    first = _usual(runs)
    for run in runs:
        _require_like(first, run)
    by_number: dict[int, SavedRun] = {}
    for run, share in zip(runs, shares, strict=True):
        if share.number in by_number:
            there = by_number[share.number]
            message = f"shard {share.shard} is there twice, {there.path} and {run.path}: leave one of them out"
            raise TuningError(message)
        by_number[share.number] = run
    _require_all(shares[0], by_number)
    ordered = [by_number[number] for number in sorted(by_number)]
    _require_once(ordered)
    return ordered


def _usual(runs: Sequence[SavedRun]) -> SavedRun:
    """Return the first run of the setup that most have: of unlike runs, it is the few that are to blame."""
    setups = [repr(sorted(_setup(run).items())) for run in runs]
    return runs[setups.index(max(setups, key=setups.count))]


def _share(run: SavedRun) -> Share:
    """Return what a run has of the comparison; raise `TuningError` for one that is no shard, or was cut short."""
    if run.share is None:
        message = f"saved run {run.path}: expected a shard, saved by a session with --tuning-shard=K/N, got another run"
        message += ": leave it out"
        raise TuningError(message)
    if run.partial != run.share.whole:
        message = (
            f"saved run {run.path}: expected a shard that came to its end, got {run.partial}: run it again, or go "
        )
        message += "on with it by --tuning-resume"
        raise TuningError(message)
    return run.share


def _require_like(first: SavedRun, run: SavedRun) -> None:
    found = differences(_setup(first), _setup(run))
    data, its = _data(first), _data(run)
    found += [
        f"data: {name} was {data[name]}, is {its[name]}" for name in data if its.get(name, data[name]) != data[name]
    ]
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        message = (
            f"saved run {run.path} is not of the comparison that {first.path} is of: {found[0]}{more}: run it again "
        )
        message += "like the others, or leave it out"
        raise TuningError(message)


def _setup(run: SavedRun) -> dict[str, Any]:
    """Return what the shards of one comparison have in common, by section and name.

    Of the machine it is what may change the last bit of a score. Another processor does not keep shards apart: the
    methods of a problem, whose seconds are compared, are in the same one.
    """
    options = (run.content.get("tuning") or {}).get("options") or {}
    machine = run.machine
    return {
        "division": {"into": run.share and run.share.of, "of the tests": run.share and run.share.division[:12]},
        "options": {name: value for name, value in options.items() if name not in OF_ONE_SHARD},
        "commit": {name: run.commit.get(name) for name in ("id", "dirty")},
        "libraries": {"Python": machine.get("python_version"), **(run.content.get("libraries") or {})},
        "machine": {name: machine.get(name) for name in ("system", "machine")},
    }


def _data(run: SavedRun) -> dict[str, str]:
    """Return the digest of each dataset: several shards may have problems of one."""
    return {record.dataset: record.dataset_sha256[:12] for record in run.records if record.dataset_sha256}


def _require_all(share: Share, there: Mapping[int, SavedRun]) -> None:
    """Raise `TuningError` where shards are missing; those without cells save nothing."""
    gone = [number for number, cells in enumerate(share.cells, 1) if cells and number not in there]
    if gone:
        named = ", ".join(f"{number}/{share.of}" for number in gone[:MOST_NAMED])
        more = f" and {len(gone) - MOST_NAMED} more" if len(gone) > MOST_NAMED else ""
        cells = sum(share.cells[number - 1] for number in gone)
        message = f"expected all shards, but {named}{more} {'is' if len(gone) == 1 else 'are'} missing, {cells} of "
        message += f"{sum(share.cells)} cells: run --tuning-shard={gone[0]}/{share.of}, or give its saved run, too"
        raise TuningError(message)


def _require_once(runs: Sequence[SavedRun]) -> None:
    seen: dict[str, SavedRun] = {}
    for run in runs:
        for record in run.records:
            there = seen.setdefault(record.cell, run)
            if there is not run:
                message = f"cell {record.cell} is in two shards, {there.path} and {run.path}: leave one of them out"
                raise TuningError(message)


def content(shards: Sequence[SavedRun], trials: str) -> dict[str, Any]:
    """Return the content of the one saved run that shards make, in the order in which their tests are written.

    `trials` is the name of its side file. What differs from shard to shard of machine and commit is left out, and told
    in `tuning` of each. Benchmarks that are no cells ran in every shard: those of the first shard are taken.
    """
    first = shards[0]
    cells: dict[int, Any] = {}
    others: dict[str, Any] = {}
    for run in shards:
        places = run.share.places if run.share is not None else {}
        for bench in run.content["benchmarks"]:
            if is_record(bench["extra_info"]):
                cells[places.get(bench["fullname"], len(cells) + 10**9)] = _named(bench, trials)
            else:
                others.setdefault(bench["fullname"], bench)
    made = {name: value for name, value in first.content.items() if name not in {PARTIAL, "benchmarks"}}
    return {
        **made,
        "machine_info": _common([run.machine for run in shards]),
        "commit_info": _common([run.commit for run in shards]),
        "datetime": max(run.date for run in shards),
        "tuning": _how(shards),
        "benchmarks": [*(cells[place] for place in sorted(cells)), *others.values()],
    }


def cell(bench: Mapping[str, Any]) -> str:
    """Return the name of the cell that a benchmark measures; empty for one of another test."""
    info = bench["extra_info"]
    return Cell(info["model"], info["dataset"], info["tuner"], info["seed"]).id if is_record(info) else ""


def _named(bench: Mapping[str, Any], trials: str) -> dict[str, Any]:
    """Return a cell's benchmark, with the side file that its trials are now in."""
    extra_info = {name: value for name, value in bench["extra_info"].items() if name != CHECK}
    extra_info["trials"] = trials if extra_info.get("trials") else None
    return {**bench, "extra_info": extra_info | {CHECK: checksum(extra_info)}}


def _common(mappings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what mappings have in common, those inside them, too."""

    def both(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
        found = {}
        for name in one.keys() & other.keys():
            if isinstance(one[name], dict) and isinstance(other[name], dict):
                found[name] = both(one[name], other[name])
            elif one[name] == other[name]:
                found[name] = one[name]
        return {name: found[name] for name in one if name in found}

    return functools.reduce(both, mappings, dict(mappings[0]))


def _how(shards: Sequence[SavedRun]) -> dict[str, Any]:
    """Return how the whole was run, as if by one session, and where and when each shard was."""
    each = [dict(run.content.get("tuning") or {}) for run in shards]
    options = {name: value for name, value in (each[0].get("options") or {}).items() if name != "shard"}
    found = _common(each) | {"command": _without_shard(each[0].get("command") or ""), "options": options}
    del found["shard"]
    return found | {"merged": [_part(run) for run in shards]}


def _part(run: SavedRun) -> dict[str, Any]:
    """Return what the merged run says of a shard."""
    return {
        "shard": str(run.share and run.share.shard),
        "run": run.name,
        "datetime": run.date,
        "node": run.machine.get("node"),
        "processor": (run.machine.get("cpu") or {}).get("brand_raw"),
    }


OWN = ("--tuning-shard", "--benchmark-json", "--benchmark-save", "--tuning-report", "--junitxml", "--junit-xml")
"""Options of one shard: which it is, and where its files go."""


def _without_shard(command: str) -> str:
    """Return the command of the whole: a shard's without what is its own."""
    words = iter(shlex.split(command))
    kept = []
    for word in words:
        if word in OWN:
            next(words, None)
        elif word.partition("=")[0] not in OWN:
            kept.append(word)
    return shlex.join(kept)
