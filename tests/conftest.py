"""What all tests share: an environment in which sessions are quick, and a process that they are forked from."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from typing import Any

import numpy.fft  # noqa: F401  see below
import pytest
from hypothesis import settings

# Sessions within this process would load these and drop them again, while others still hold what is in them; NumPy
# cannot be loaded twice.
import tuners.evaluation.searches
import tuners.store.journal
import tuners.store.journal_contents
import tuners.store.saved
import tuners.store.side_files  # noqa: F401  these five are only to be loaded
from tests import forked
from tests.bench import fill
from tuners import catalog

# skrub and openml load it; loaded a second time, by a session in this process, it would not know its own cookies.
importlib.import_module("requests")

# Half of a short session is compiling what it imports, where this forbids to keep what was compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Threads of OpenMP that wait for each other busily take ten times as long where two workers share two cores.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

# Sessions that tests begin are not the workers of pytest-xdist that the tests may run in.
for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT"):
    os.environ.pop(name, None)

# Hypothesis's deadline would fail tests on a slow machine.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


LONGEST = ("test_killed_at_any_moment_and_resumed", "test_scikit_learns_tests_pass")
"""Begun first, so that no worker waits for another's at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests."""
    items.sort(key=lambda item: item.name.partition("[")[0] not in LONGEST)


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    """Forget what a session in this process has registered: it may find the registries of the tests themselves."""
    registries: tuple[Any, ...] = (catalog.TUNERS, catalog.MODELS, catalog.DATASETS, catalog.METRICS)
    before = [dict(each._registered) for each in registries]
    yield
    for each, members in zip(registries, before, strict=True):
        each._registered = members


@pytest.fixture(scope="session")
def server() -> Iterator[forked.Server]:
    """Keep a process with the libraries loaded, which sessions are forked from."""
    kept = forked.Server()
    yield kept
    kept.close()


@pytest.fixture
def pytester(pytester: pytest.Pytester, server: forked.Server, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Run sessions in processes of their own that need not import the libraries anew."""

    def run(*arguments: str | os.PathLike[str]) -> pytest.RunResult:
        return server.run(pytester.path, *arguments)

    monkeypatch.setattr(pytester, "runpytest_subprocess", run)
    return pytester


@pytest.fixture
def bench(pytester: pytest.Pytester) -> pytest.Pytester:
    """Make a directory with the benchmark suite and tuners of a user's own."""
    import sklearn.naive_bayes
    import sklearn.tree  # noqa: F401  NumPy, which it loads, cannot be loaded twice by sessions in this process

    fill(pytester.path)
    return pytester


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each worker neighbouring tests, which share what modules make once; who is done first helps the others."""
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log) if config.getoption("dist") == "load" else None
