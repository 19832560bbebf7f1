"""The run that a session is compared with: of pytest-benchmark's storage, and never a damaged or partial one unsaid."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

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


def asked_for(config: pytest.Config) -> bool:
    """Whether the command names a run to compare with."""
    return bool(config.getoption("benchmark_compare", None))


def choose(config: pytest.Config) -> Baseline:
    """Find the run to compare with; raise `TuningError` for one that is damaged, or that is not there."""
    from pytest_benchmark.utils import get_machine_id, load_storage  # noqa: PLC0415  loaded when something is compared

    from tuners.store import saved, saved_folder  # noqa: PLC0415  loaded when something is compared

    address = config.getoption("benchmark_compare", None)
    if not address:
        return Baseline()
    uri, netrc = config.getoption("benchmark_storage"), config.getoption("benchmark_netrc")
    storage = load_storage(uri, logger=None, default_machine_id=get_machine_id(), netrc=netrc)
    if not hasattr(storage, "query"):
        return Baseline()  # Elasticsearch has its own ways
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
            matching = storage.query(address)
            if not matching:
                message = f"--benchmark-compare: {error}"
                raise TuningError(message) from None
            return Baseline([saved.read(path) for path in matching])
        notes = [f"compared with {run.path.name}, which is partial: {run.partial}"] if run.partial else []
    if "machine_info" not in run.content:  # on which pytest-benchmark would break
        message = f"saved run {run.path}: machine_info: expected it in a run to compare with, found none"
        raise TuningError(message)
    return Baseline([run, *saved_folder.of_the_same_commit(folder, run)], notes, run.path)
