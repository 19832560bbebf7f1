"""pytest-benchmark's saved runs, made safe: whole files, numbers of one's own, marked where partial, found by name."""

from __future__ import annotations

import datetime as dt
import json
import os
import shlex
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tuners.errors import TuningError

if TYPE_CHECKING:
    from tuners.plan import Plan as Settings
    from tuners.plugin.session import Session
    from tuners.results.record import Record
    from tuners.store.saved import SavedRun

LIBRARIES = ("scikit-learn", "numpy", "scipy", "hyperopt", "tpot", "tensorflow", "keras", "ConfigSpace")
"""Those on which seconds depend."""
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def guard(benchmarks: Any, session: Session) -> None:
    """Replace how pytest-benchmark writes its files; what it writes stays its own."""
    say = benchmarks.logger.info

    def to_storage(output_json: Any, save: str) -> None:
        from tuners.store import saved  # noqa: PLC0415  loaded when something is saved

        folder = benchmarks.storage.get("x").parent
        path = _written(session, "--benchmark-save", folder, lambda: saved.save(_text(output_json), folder, save))
        if path is not None:
            say(f"Saved benchmark data in: {path}")

    def to_file(output_json: Any) -> None:
        from tuners.store import saved  # noqa: PLC0415  likewise

        path = Path(benchmarks.json)
        if _written(session, "--benchmark-json", path, lambda: saved.write(_text(output_json), path)) is not None:
            say(f"Wrote benchmark data in: {path}")

    if hasattr(benchmarks.storage, "get"):  # Elasticsearch has its own ways
        benchmarks.storage.save = to_storage
    benchmarks.save_json = to_file


def _text(output_json: Any) -> str:
    from pytest_benchmark.utils import safe_dumps  # noqa: PLC0415  loaded when something is saved

    return str(safe_dumps(output_json, ensure_ascii=True, indent=4))


def _written(session: Session, option: str, where: Path, write: Callable[[], Path]) -> Path | None:
    try:
        return write()
    except OSError as error:
        journal = session.journal_path
        remedy = f": python -m tuners rebuild {journal} --save FILE makes it from the journal" if journal else ""
        session.errors.append(f"{option}: {where} cannot be written: {error.strerror}{remedy}")
        return None


@dataclass
class Baseline:
    """What a session is compared with."""

    runs: list[SavedRun] = field(default_factory=list)
    """The run, then other sessions at its commit."""
    notes: list[str] = field(default_factory=list)
    path: Path | None = None
    """The first run's file, where it is the only one to compare with."""


def choose(config: pytest.Config) -> Baseline:
    """Find the run to compare with: a damaged or partial one is never passed over for another in silence.

    Raises `TuningError`.
    """
    from pytest_benchmark.utils import get_machine_id, load_storage  # noqa: PLC0415  loaded when something is compared

    from tuners.store import saved  # noqa: PLC0415  likewise

    address = config.getoption("benchmark_compare", None)
    if not address:
        return Baseline()
    uri, netrc = config.getoption("benchmark_storage"), config.getoption("benchmark_netrc")
    storage = load_storage(uri, logger=None, default_machine_id=get_machine_id(), netrc=netrc)
    if not hasattr(storage, "query"):
        return Baseline()  # Elasticsearch has its own ways
    folder = Path(storage.path)
    if address is True:
        run = saved.latest(folder)
        if run is None:
            return Baseline()  # the first of all: pytest-benchmark says so
        paths = saved.listed(folder)
        notes = [f"not compared with {path.name}, which is partial" for path in paths[paths.index(run.path) + 1 :]]
    else:
        try:
            run = saved.find(folder, address)
        except TuningError as error:
            matching = storage.query(address)
            if not matching:
                raise TuningError(f"--benchmark-compare: {error}") from None  # noqa: TRY003, EM102  one line of two
            return Baseline([saved.read(path) for path in matching])
        notes = [f"compared with {run.path.name}, which is partial: {run.partial}"] if run.partial else []
    if "machine_info" not in run.content:  # on which pytest-benchmark would break
        message = f"saved run {run.path}: machine_info: expected it in a run to compare with, found none"
        raise TuningError(message)
    return Baseline([run, *saved.of_the_same_commit(folder, run)], notes, run.path)


def load(benchmarks: Any, baseline: Baseline) -> None:
    """Let pytest-benchmark compare with the chosen run, where it has taken another, such as a partial one."""
    from pytest_benchmark.logger import PytestBenchmarkWarning  # noqa: PLC0415  loaded when something is compared

    loaded = [Path(benchmarks.storage.path, path).resolve() for path in benchmarks.compared_mapping or ()]
    if baseline.path is None or loaded == [baseline.path.resolve()]:
        return
    benchmarks.compare = str(baseline.path)
    with warnings.catch_warnings():
        # As while pytest configures: another machine's run is said to be one, and is no error.
        warnings.simplefilter("default", PytestBenchmarkWarning)
        benchmarks.handle_loading()


def complete(output_json: dict[str, Any], partial: str, session: Mapping[str, Any]) -> None:
    """Add to what pytest-benchmark will save: checksums, library versions, and that cells are missing if so.

    `session` is how it was run, of `how`.
    """
    from tuners.store import saved  # noqa: PLC0415  loaded when something is saved

    for bench in output_json["benchmarks"]:
        if "schema" in bench.get("extra_info", {}):
            plain = json.loads(_text(bench["extra_info"]))
            bench["extra_info"][saved.CHECK] = saved.checksum(plain)
    output_json["libraries"] = libraries()
    output_json["tuning"] = dict(session)
    if partial:
        output_json[saved.PARTIAL] = partial


def libraries() -> dict[str, str]:
    """Return the versions of the installed ones."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def save_of_workers(benchmarks: Any, session: Session, partial: str) -> None:
    """Save what workers of xdist have measured, where pytest-benchmark is off: from the journal they wrote.

    A cell that the journal could not take is saved as its report said, without its trials.
    """
    from tuners.store import saved  # noqa: PLC0415  loaded when something is saved

    name = benchmarks.save or benchmarks.autosave
    folders = [Path(benchmarks.json).parent] if benchmarks.json else []
    if name:
        folders.append(benchmarks.storage.get("x").parent)
    if not folders:
        return
    entries = session.entries()
    session.runs.update({cell: entry.run for cell, entry in entries.items()})
    session.extra_infos.clear()
    session.save_trials(folders)
    records: list[tuple[Record, Mapping[str, Any]]] = []
    for record in session.records:
        entry = entries.get(record.cell)
        side_file = session.side_file if entry is not None else ""
        records.append((replace(record, trials=side_file or None), entry.test if entry is not None else {}))
    lost = sum(record.cell not in entries and record.seconds is not None for record in session.records)
    if lost:
        cells = f"{lost} of {len(records)} cells {'is' if lost == 1 else 'are'}"
        session.errors.append(f"{cells} saved without trials, which could not be written to the journal")
    content = saved.document(records, about=about(benchmarks, session), partial=partial)
    if name:
        benchmarks.storage.save(content, name)
    if benchmarks.json:
        benchmarks.save_json(content)


def how(config: pytest.Config, settings: Settings) -> dict[str, Any]:
    """Return how a session was run: the command, the options that were given, and its threads."""
    threads = [
        f"--tuning-jobs {settings.jobs}",
        *(f"{name}={os.environ[name]}" for name in THREADS if name in os.environ),
    ]
    return {
        "command": shlex.join(["pytest", *map(str, config.invocation_params.args)]),
        "options": {name: _words(value) for name, value in sorted(settings.given.items())},
        "threads": ", ".join(threads),
    }


def _words(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def about(benchmarks: Any, session: Session) -> dict[str, Any]:
    """Return what a saved run says of machine, commit, date and libraries."""
    from pytest_benchmark import __version__  # noqa: PLC0415  loaded when something is saved

    hook = benchmarks.config.hook
    return {
        "machine_info": benchmarks.get_machine_info(),
        "commit_info": hook.pytest_benchmark_generate_commit_info(config=benchmarks.config),
        "datetime": dt.datetime.now(dt.UTC).isoformat(),
        "version": __version__,
        "libraries": libraries(),
        "tuning": session.how,
    }
