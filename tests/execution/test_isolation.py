"""Cells in processes of their own: what hangs, crashes or eats memory costs a trial or a cell, never the session."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

import psutil
import pytest

from tests import ROOT
from tests.bench import CHEAP, PLAIN
from tuners.evaluation.listener import Listener
from tuners.execution import forked
from tuners.execution.contract import Around
from tuners.execution.process import call
from tuners.plan import Job, Plan
from tuners.results.budget import Budget
from tuners.results.cell import Cell
from tuners.store.journal_folder import lock

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="cells are forked")

SUITE = """
import ctypes, os, signal, time
import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from tuners import Model

class Fateful(ClassifierMixin, BaseEstimator):
    def __init__(self, fate="none", random_state=None):
        self.fate = fate
        self.random_state = random_state

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        getattr(self, self.fate)()
        return self

    def none(self): pass
    def sleep(self): time.sleep(1000)
    def deaf(self):
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
        time.sleep(1000)
    def eat(self):
        eaten = []
        while True:
            eaten.append(np.ones(10_000_000))
    def segfault(self): ctypes.string_at(0)
    def leave(self): os._exit(3)
    def fail(self): raise ValueError("no luck")

    def predict(self, X):
        value = np.nan if self.fate == "unknown" else self.classes_[0]
        return np.full(len(X), value)

    def unknown(self): pass

def model(fate):
    guesses = ({"fate": "none"}, {"fate": fate}, {"fate": "none"})
    return Model(fate, Fateful(), {"fate": ["none", fate]}, guesses=guesses)

FATES = ("sleep", "deaf", "eat", "segfault", "leave", "fail", "unknown")

@pytest.mark.tuning(models=[model(fate) for fate in FATES], datasets=["iris"])
def test_fates(tune, tuner, problem):
    tune(tuner, problem)
"""
OPTIONS = ("-p", "tuners.plugin", *PLAIN, "--tuning-seeds=1", "--tuning-budget=3", "--tuning-report=out.json")


def records(pytester: pytest.Pytester) -> dict[str, dict[str, Any]]:
    """Return the report's records by model."""
    return {run["model"]: run for run in json.loads((pytester.path / "out.json").read_text())["runs"]}


@pytest.mark.parametrize("tuner", ["manual", pytest.param("grid", marks=pytest.mark.slow)])
def test_every_fate_is_a_result(pytester: pytest.Pytester, tuner: str) -> None:
    """Each ends as what it is, with the trials it had done, and all else goes on."""
    pytester.makepyfile(test_fates=SUITE)
    result = pytester.runpytest_subprocess(
        *OPTIONS,
        f"--tuning-tuners={tuner}",
        "--tuning-trial-timeout=2",  # a machine takes its time to fill the memory, too
        "--tuning-memory-limit=150",
        "--benchmark-save=x",
        "-v",  # notes on blocks stand there
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    found = records(pytester)
    assert {name: run["status"] for name, run in found.items()} == {
        "sleep": "ok", "deaf": "timeout", "eat": "ok", "segfault": "crashed", "leave": "crashed",
        "fail": "ok", "unknown": "ok",
    }  # fmt: skip
    assert found["deaf"]["reason"].startswith("killed: a trial took over 2 s")
    assert found["segfault"]["reason"] == "its process died of SIGSEGV"
    assert found["leave"]["reason"] == "its process ended with exit code 3"
    # The trial that could be stopped has failed alone; a killed cell has the one it had done, and the default's score.
    assert {found[name]["failed_trials"] for name in ("sleep", "eat", "fail")} == {1}
    assert {found[name]["evaluations"] for name in ("deaf", "segfault", "leave")} == {1}
    assert all(run["default_test_score"] is not None for run in found.values())
    trials = next(pytester.path.glob(".benchmarks/*/*.trials.jsonl")).read_text().splitlines()
    statuses = {(line["cell"].split("-")[0], line["status"]) for line in map(json.loads, trials)}
    assert {("sleep", "timeout"), ("eat", "memory"), ("fail", "failed"), ("deaf", "ok")} <= statuses
    saved = json.loads(next(pytester.path.glob(".benchmarks/*/0001_x.json")).read_text())
    assert len(saved["benchmarks"]) == 7
    result.stdout.fnmatch_lines(["*no block is without a failed cell*"])
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


def test_a_search_deaf_to_its_time_budget_is_killed(pytester: pytest.Pytester) -> None:
    """A fit that no alarm reaches ends with its cell, as a time-out."""
    pytester.makepyfile(
        test_fates=SUITE.replace('("sleep", "deaf", "eat", "segfault", "leave", "fail", "unknown")', '("deaf",)')
    )
    pytester.runpytest_subprocess(*OPTIONS, "--tuning-tuners=manual", "--tuning-time-budget=0.5")
    record = records(pytester)["deaf"]
    assert record["status"] == "timeout"
    assert record["reason"] == "killed: the search did not stop within its 0.5 s"
    assert record["evaluations"] == 1


def test_memory_beyond_the_reach_of_the_system_is_killed(pytester: pytest.Pytester) -> None:
    """Where an allocation does not fail by itself, the cell does."""
    suite = SUITE.replace(
        "    def eat(self):\n",
        "    def eat(self):\n        import resource\n        resource.setrlimit(resource.RLIMIT_DATA, (-1, -1))\n",
    ).replace('("sleep", "deaf", "eat", "segfault", "leave", "fail", "unknown")', '("eat",)')
    pytester.makepyfile(test_fates=suite)
    pytester.runpytest_subprocess(*OPTIONS, "--tuning-tuners=manual", "--tuning-memory-limit=150")
    record = records(pytester)["eat"]
    assert record["status"] == "memory"
    assert "over its limit of 150 MB" in record["reason"]


def test_isolated_runs_are_the_same(bench: pytest.Pytester) -> None:
    """Trials, scores and hashes do not depend on the process."""
    hashes: list[Any] = []
    for option in ((), ("--tuning-isolate",)):
        report = f"--tuning-report={len(hashes)}.json"
        result = bench.runpytest_subprocess(
            "-p", "tuners.plugin", *CHEAP, "--tuning-tuners=random,bayesian", "--tuning-budget=3", report, *option
        )
        assert result.ret == 0
        runs = json.loads((bench.path / f"{len(hashes)}.json").read_text())["runs"]
        hashes.append([(run["tuner"], run["trials_sha256"], run["test_score"]) for run in runs])
    assert len(hashes[0]) == 4
    assert hashes[0] == hashes[1]


def test_timeout_of_trials_that_have_no_time_is_refused(pytester: pytest.Pytester) -> None:
    """One line, and nothing is run."""
    pytester.makepyfile("def test_tuning(tune, tuner, problem): tune(tuner, problem)")
    result = pytester.runpytest_subprocess(
        "-p", "tuners.plugin", "--tuning-trial-timeout=1", "--tuning-evaluation=shared"
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: --tuning-trial-timeout: expected --tuning-evaluation=plain beside it, got shared*"]
    )


ORPHANED = """
import ctypes, os, subprocess, sys
from pathlib import Path
from tuners.execution.process import call
from tuners.store.journal_folder import lock

def stuck():
    started = subprocess.Popen(["sleep", "600"])
    print(os.getpid(), started.pid, flush=True)
    ctypes.PyDLL(None).sleep(600)  # C code that keeps the interpreter's lock

assert lock(Path(sys.argv[1])) is not None
call(stuck, None)
"""


def test_a_killed_session_takes_its_cells_with_it(tmp_path: Path) -> None:
    """A cell that is stuck in C, and what it has started, end with the session; its journal can be resumed then."""
    journal = tmp_path / "a.journal.jsonl"
    journal.touch()
    session = subprocess.Popen(
        [sys.executable, "-c", ORPHANED, str(journal)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert session.stdout is not None
    processes = [psutil.Process(int(pid)) for pid in session.stdout.readline().split()]
    assert len(processes) == 2
    assert lock(journal) is None
    session.kill()
    session.wait()
    gone, alive = psutil.wait_procs(processes, timeout=30)
    session.stdout.close()
    assert (len(gone), alive) == (2, [])
    # A process that the session was just starting holds its files until it has become another program.
    ends = time.monotonic() + 30
    while (handle := lock(journal)) is None and time.monotonic() < ends:
        time.sleep(0.01)
    assert handle is not None
    os.close(handle)


def test_a_forked_process_does_not_hold_the_journals_lock(tmp_path: Path) -> None:
    """Even one that lives on while the session has ended."""
    journal = tmp_path / "a.journal.jsonl"
    journal.touch()
    handle = lock(journal)
    assert handle is not None
    begun, begins = os.pipe()
    ends, end = os.pipe()
    pid = os.fork()
    if not pid:
        os.write(begins, b"x")
        os.read(ends, 1)
        os._exit(0)
    os.read(begun, 1)
    os.close(handle)
    again = lock(journal)
    os.write(end, b"x")
    os.waitpid(pid, 0)
    assert again is not None
    for each in (again, begun, begins, ends, end):
        os.close(each)


class OddError(Exception):
    """One that can be pickled and not read back."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} of {two}")


@pytest.mark.parametrize(
    "error", [SystemExit(3), asyncio.CancelledError("no"), GeneratorExit(), KeyboardInterrupt(), OddError(1, 2)]
)
@pytest.mark.parametrize("moment", ["prepare", "search", "finish"])
def test_whatever_is_raised_is_the_failure_of_the_cell(
    moment: str, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its name, and not by the exit code of a process."""

    class Doomed:
        default_test_score = 0.5
        budget = Budget(3)

        def search(self) -> None:
            if moment == "search":
                raise error

    def prepared(*arguments: object, **options: object) -> Any:
        if moment == "prepare":
            raise error
        return Doomed()

    def scored(done: object) -> NoReturn:
        raise error

    monkeypatch.setattr(forked, "prepared", prepared)
    monkeypatch.setattr(forked, "scored", scored)
    plan = Plan({"models": ("forest",), "datasets": ("iris",), "evaluation": "plain", "repeats": 1})
    backend = forked.Forked(plan, Around())
    job = Job(plan.given, Cell("forest", "iris", "random", 0))
    if moment == "prepare":
        with pytest.raises(Exception, match=f"^{type(error).__name__}|^2 of 2|^1 of 2"):
            backend.run(job, Listener())
    else:
        record = backend.run(job, Listener()).record
        assert (record.status, record.reason.partition(":")[0]) == ("failed", type(error).__name__)
    with pytest.raises((type(error), RuntimeError), match="^(?!None)") as raised:
        call(lambda: scored(prepared()), 30)
    assert isinstance(raised.value, Exception)
