"""The run that a session is compared with: of pytest-benchmark's storage, and never a damaged or partial one unsaid."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tuners.errors import TuningError

if TYPE_CHECKING:
    from tuners.store.saved import SavedRun


@dataclass(frozen=True)
class Baseline:
    """What a session is compared with."""

    runs: list[SavedRun] = field(default_factory=list)
    """The run, then other sessions at its commit."""
    notes: list[str] = field(default_factory=list)
    """What must be said of the choice."""
    path: Path | None = None
    """The first run's file, where it is the only one to compare with."""


MACHINE = "machine_info"
"""What pytest-benchmark breaks on where a run has none."""


def asked_for(config: pytest.Config) -> bool:
    """Whether the command names a run to compare with."""
    return bool(config.getoption("benchmark_compare", None))


def point(config: pytest.Config) -> None:
    """Have pytest-benchmark find what it cannot find by itself: by name, branch or commit, and not by number or path.

    It looks when it is configured, and warns of what it does not find.
    """
    from tuners.store import saved_folder  # noqa: PLC0415  loaded when something is compared

    address = config.getoption("benchmark_compare", None)
    if not isinstance(address, str):
        return
    try:
        storage = _storage(config)
    except ValueError:  # it says so itself
        return
    if storage is None or _matching(storage, address):
        return
    try:
        run = saved_folder.find(Path(storage.path), address)
    except TuningError as error:
        if _matching(storage, address) is None:  # it would break on what is no pattern
            message = f"--benchmark-compare: {error}"
            raise pytest.UsageError(message) from None
    else:
        if MACHINE in run.content:
            config.option.benchmark_compare = str(run.path)


def choose(config: pytest.Config) -> Baseline:
    """Find the run to compare with; raise `TuningError` for one that is damaged, or that is not there."""
    from tuners.store import saved, saved_folder  # noqa: PLC0415  loaded when something is compared

    address = config.getoption("benchmark_compare", None)
    storage = _storage(config) if address else None
    if storage is None:
        return Baseline()
    folder = Path(storage.path)
    if address is True:
        run = saved_folder.latest(folder)
        if run is None:
            return Baseline()  # the first of all: pytest-benchmark says so
        paths = saved_folder.listed(folder)
        notes = [f"not compared with {path.name}, which is partial" for path in paths[paths.index(run.path) + 1 :]]
    else:
        try:
            run = saved_folder.find(folder, address)
        except TuningError as error:
            matching = _matching(storage, address)
            if not matching:
                message = f"--benchmark-compare: {error}"
                raise TuningError(message) from None
            return Baseline([saved.read(path) for path in matching])
        notes = [f"compared with {run.path.name}, which is partial: {run.partial}"] if run.partial else []
    if MACHINE not in run.content:
        message = f"saved run {run.path}: machine_info: expected it in a run to compare with, found none"
        raise TuningError(message)
    return Baseline([run, *saved_folder.of_the_same_commit(folder, run)], notes, run.path)


def _matching(storage: Any, address: str) -> list[Path] | None:
    """Return the files that match an address by pytest-benchmark's own patterns; None for what is no pattern."""
    try:
        return list(storage.query(address))
    except (ValueError, OSError):  # a branch with slashes; more than a path can be
        return None


def _storage(config: pytest.Config) -> Any:
    """Return pytest-benchmark's storage, if it is one of files: Elasticsearch has its own ways."""
    from pytest_benchmark.utils import get_machine_id, load_storage  # noqa: PLC0415  loaded when something is compared

    uri, netrc = config.getoption("benchmark_storage"), config.getoption("benchmark_netrc")
    storage = load_storage(uri, logger=None, default_machine_id=get_machine_id(), netrc=netrc)
    return storage if hasattr(storage, "query") else None
