"""Sessions whose cells run on a cluster: the same trials, figures and files as without one."""

from __future__ import annotations

import json
import os
import socket
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.bench import PLAIN, saved
from tests.bench import run as cheap
from tests.forked import until

pytest.importorskip("distributed", reason="needs Dask: pip install 'pytest-tuners[cluster]'")

CONFTEST = """
import os
import signal
import tuners
from sklearn.tree import DecisionTreeClassifier

class Fateful(DecisionTreeClassifier):
    def fit(self, X, y, sample_weight=None):
        if self.max_depth == 3:
            os.kill(os.getpid(), signal.SIGSEGV)
        return super().fit(X, y, sample_weight)

class Own(DecisionTreeClassifier):
    pass

tuners.register_model(tuners.Model("oak", Own(), {"max_depth": [1, 2, 3], "criterion": ["gini", "entropy"]}))
tuners.register_model(tuners.Model("endless", Own(), {"min_samples_leaf": (0.01, 0.4)}))
GUESSES = [{"max_depth": 2}, {"max_depth": 3}]
tuners.register_model(tuners.Model("fateful", Fateful(), {"max_depth": (1, 9)}, guesses=GUESSES))

@tuners.tuner
def lost(objective, seed):
    objective({})
    raise RuntimeError("lost its way")

@tuners.tuner
def leaf(objective, seed):
    for number in range(objective.remaining):
        objective({"min_samples_leaf": 0.01 + (seed % 100) / 1000 + number / 50})
"""
OWN_SUITE = """
import pytest
from sklearn.naive_bayes import GaussianNB
from tuners import Dataset, Model, Problem
from sklearn.datasets import load_iris

DATA = Dataset("flowers", *load_iris(return_X_y=True))

def mine(objective, seed):
    for exponent in (3, 6, 9):
        objective({"var_smoothing": 10.0 ** -exponent})

MODEL = Model("bayes", GaussianNB(), {"var_smoothing": (1e-9, 1e-2)})

def test_made(tune):
    tune("random", Problem(MODEL, DATA, 7))

@pytest.mark.tuning(models=[MODEL], datasets=[DATA])
def test_own(tune, tuner, problem):
    tune(mine if tuner == "default" else tuner, problem)
"""
CLOCKS = {"seconds", "evaluation_seconds", "search_seconds", "reference_seconds", "peak_memory", "memory_growth"}
OTHERWISE = CLOCKS | {"contended", "trials", "check", "real", "area", "landmarks"}
"""What differs between two sessions: seconds and what follows from them, and names of files."""


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """Start a scheduler and a worker as threads of this process, whose runners are processes; give its address."""
    from distributed import LocalCluster

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cluster = LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, protocol="tcp", dashboard_address=None, memory_limit=0
        )
    yield cluster.scheduler_address
    cluster.close()


@pytest.fixture
def suite(bench: pytest.Pytester) -> pytest.Pytester:
    """Make a directory with the suite, models and methods of a user's own, and data in a file."""
    (bench.path / "conftest.py").write_text(CONFTEST)
    rows = "".join(f"{i % 7},{(i * i) % 11},{'yes' if (i % 7) * 3 > (i * i) % 11 else 'no'}\n" for i in range(120))
    (bench.path / "mine.csv").write_text(f"a,b,y\n{rows}")
    return bench


def run(suite: pytest.Pytester, *options: str) -> pytest.RunResult:
    """Run a session in a process of its own."""
    return suite.runpytest_subprocess("-p", "tuners.plugin", *options)


def records(suite: pytest.Pytester, name: str) -> dict[str, dict[str, Any]]:
    """Return the records of a saved run by test, without what differs between any two sessions."""
    found = saved(suite, name)["benchmarks"]
    return {
        each["name"]: {field: value for field, value in each["extra_info"].items() if field not in OTHERWISE}
        for each in found
    }


def test_plain_cells_are_what_they_are_without_a_cluster(suite: pytest.Pytester) -> None:
    """Own models, methods and data in a file, repeats, a failure and a crash; nothing is left running."""
    options = (
        *PLAIN, "--tuning-models=endless,fateful", "--tuning-datasets=mine.csv:y", "--tuning-seeds=1",
        "--tuning-tuners=leaf,manual,lost", "--tuning-budget=2", "--tuning-repeats=2", "--tuning-isolate", "-k",
        "endless-mine-l or fateful-mine-manual",
    )  # fmt: skip
    without = run(suite, *options, "--benchmark-save=without", "--tuning-report=without.json")
    result = run(suite, *options, "--benchmark-save=with", "--tuning-report=with.json", "--tuning-cluster=local:2")
    assert result.ret == without.ret == pytest.ExitCode.TESTS_FAILED
    assert result.parseoutcomes() == without.parseoutcomes() == {"passed": 1, "failed": 2, "deselected": 3}
    assert records(suite, "with") == records(suite, "without")
    trials = [
        [
            (line["cell"], line.get("params"), line.get("fold_scores"))
            for line in map(json.loads, path.read_text().splitlines())
        ]
        for path in sorted(suite.path.glob(".benchmarks/*/*.trials.jsonl"))
    ]
    assert sorted(trials[0], key=str) == sorted(trials[1], key=str)
    runs = [json.loads((suite.path / f"{name}.json").read_text())["runs"] for name in ("without", "with")]
    assert [(each["status"], each["reason"]) for each in runs[0]] == [(e["status"], e["reason"]) for e in runs[1]]
    assert [each["status"] for each in runs[1]] == ["ok", "failed", "crashed"]
    assert runs[1][2]["reason"] == "its process died of SIGSEGV"
    until(
        lambda: not any(_runs_in(process, suite.path) for process in psutil.process_iter())
    )  # Python's own helpers end last


def _runs_in(process: psutil.Process, folder: Path) -> bool:
    """Whether a process has been left there; what this process has begun itself, as for the scheduler, is not."""
    try:
        own = os.getpid() in {process.pid, *(each.pid for each in process.parents())}
        return Path(process.cwd()) == folder and not own
    except (psutil.Error, OSError):
        return False  # it has ended meanwhile, or is another user's


def test_recorded_cells_are_what_they_are_without_a_cluster(suite: pytest.Pytester, scheduler: str) -> None:
    """Whole tables and spaces without an end: tables come back, rows have the numbers of the table here."""
    options = (
        "--tuning-evaluation=recorded", "--tuning-models=oak,endless", "--tuning-datasets=iris", "--tuning-seeds=1",
        "--tuning-tuners=default,random", "--tuning-budget=3", "--tuning-repeats=2",
    )  # fmt: skip
    run(suite, *options, "--benchmark-save=without", "--tuning-tables=one").assert_outcomes(passed=4)
    result = run(suite, *options, "--benchmark-save=with", "--tuning-tables=two", f"--tuning-cluster={scheduler}")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["*tables: 1 problem, all 6 candidates, ready in *"])
    assert records(suite, "with") == records(suite, "without")
    tables = [{path.name for path in (suite.path / name).glob("*.sqlite")} for name in ("one", "two")]
    assert tables[0] == tables[1]


def test_a_test_may_measure_what_is_its_own(suite: pytest.Pytester, scheduler: str) -> None:
    """A function and objects that no name says travel as they are."""
    (suite.path / "test_tuning.py").write_text(OWN_SUITE)
    options = (*PLAIN, "--tuning-rows=all", "--tuning-tuners=default,random", "--tuning-seeds=1", "--tuning-budget=3")
    run(suite, *options, "--benchmark-save=x", f"--tuning-cluster={scheduler}").assert_outcomes(passed=3)
    found = {(each["tuner"], each["seed"]): each for each in records(suite, "x").values()}
    assert found["mine", 0]["best_params"]["var_smoothing"] in {1e-3, 1e-6, 1e-9}
    assert [each["evaluations"] for each in found.values()] == [3, 3, 3]
    assert len({each["dataset_sha256"] for each in found.values()}) == 1


UNLIKE = """
from tuners.execution.cluster import fingerprint

versions = fingerprint.versions
fingerprint.versions = lambda names: {**versions(names), "numpy": "1.0"}
"""


def test_unlike_workers_are_refused_before_any_cell(suite: pytest.Pytester, scheduler: str) -> None:
    """In one line: the worker, the thing, both values, and the remedy."""
    (suite.path / "conftest.py").write_text(UNLIKE)
    result = run(suite, *PLAIN, "--tuning-models=forest", "--tuning-datasets=iris", f"--tuning-cluster={scheduler}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    expected = "ERROR: --tuning-cluster: worker tcp:* on * is not like this process: numpy is *, expected 1.0: install*"
    result.stderr.fnmatch_lines([expected])
    assert "Traceback" not in result.stdout.str() + result.stderr.str()


def test_what_cannot_travel_is_named(suite: pytest.Pytester, scheduler: str) -> None:
    """Before any cell, in one line."""
    with (suite.path / "conftest.py").open("a") as file:
        file.write(
            "\nimport threading\nclass Locked(DecisionTreeClassifier):\n    lock = threading.Lock()\n"
            'tuners.register_model(tuners.Model("locked", Locked(), {"max_depth": (1, 9)}))\n'
        )
    result = cheap(suite, "--tuning-models=locked", f"--tuning-cluster={scheduler}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --tuning-cluster: expected *that can be pickled, got TypeError: *lock*"])


BAD = {
    "local:0": "expected local:N with N from 1 to 1,000, got 'local:0'",
    "local:two": "expected local:N with N from 1 to 1,000, got 'local:two'",
    "nowhere": "expected local:N, a scheduler's address as in tcp://host:8786, or the path of its file, got 'nowhere'",
}


@pytest.mark.parametrize("address", BAD)
def test_bad_addresses_are_usage_errors(suite: pytest.Pytester, address: str) -> None:
    """In one line, which says what was expected."""
    result = cheap(suite, f"--tuning-cluster={address}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --tuning-cluster: {BAD[address]}"])


def test_a_session_begins_beside_another_ones_cluster(suite: pytest.Pytester) -> None:
    """Which has Dask's usual port; and no warning becomes an error."""
    with socket.socket() as usual:
        with suppress(OSError):  # another process has it already
            usual.bind(("127.0.0.1", 8787))
            usual.listen()
        options = ("--tuning-models=oak", "--tuning-datasets=iris", "--tuning-tuners=default", "--tuning-seeds=1")
        result = run(suite, *PLAIN, *options, "--tuning-cluster=local:1", "-W", "error")
        result.assert_outcomes(passed=1)


def test_no_scheduler_is_a_usage_error(suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says how one is started."""
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "300ms")  # half a minute by default
    result = run(
        suite, *PLAIN, "--tuning-models=forest", "--tuning-datasets=iris", "--tuning-cluster=tcp://127.0.0.1:9"
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: --tuning-cluster=tcp://127.0.0.1:9: expected a Dask scheduler, and none answers*"]
    )


@pytest.mark.parametrize(
    ("option", "said"),
    [
        pytest.param("-n1", "pytest-xdist (-n)", marks=pytest.mark.slow),
        ("--benchmark-cprofile=tottime", "--benchmark-cprofile"),
    ],
)
def test_options_that_run_cells_elsewhere_are_refused(suite: pytest.Pytester, option: str, said: str) -> None:
    """One thing says where cells run."""
    result = cheap(suite, "--tuning-models=oak", "--tuning-cluster=local:2", option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    lines = result.outlines + result.errlines
    pytest.LineMatcher(lines).fnmatch_lines([f"*--tuning-cluster: expected cells *, got {said} beside it*"])
