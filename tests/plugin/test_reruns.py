"""A cell that is run again counts once, by its last attempt; one whose worker dies is kept, too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sklearn.tree  # noqa: F401  NumPy, which it loads, cannot be loaded twice by sessions in this process

from tests.bench import PLAIN
from tuners.store import journal_contents, saved
from tuners.store import side_files as trialfile

SUITE = """
import pytest
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier
from tuners import Dataset, Model

TREE = Model("tree", DecisionTreeClassifier(), {"max_depth": (1, 6)})

@pytest.mark.tuning(models=[TREE], datasets=[Dataset("flowers", *load_iris(return_X_y=True))])
def test_tuning(tune, tuner, problem):
    tune(tuner, problem)
"""
CONFTEST = """
import os
from pathlib import Path
import tuners

@tuners.tuner
def shaky(objective, seed):
    first = Path(f"tried-{os.environ.get('FATE', 'fails')}-{seed}")
    objective({"max_depth": 2})
    if not first.exists():
        first.touch()
        objective({"max_depth": 3})
        if os.environ.get("FATE") == "dies":
            os.abort()
        raise ConnectionError("away, the first time")
"""
OPTIONS = ("-p", "tuners.plugin", *PLAIN, "--tuning-seeds=2", "--tuning-budget=4", "--tuning-tuners=default,shaky")
CELLS = [f"tree-flowers-{tuner}-{seed}" for seed in (0, 1) for tuner in ("default", "shaky")]


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """Make a directory with a tuner that fails when it is first tried."""
    pytester.makepyfile(test_tuning=SUITE)
    pytester.makeconftest(CONFTEST)
    return pytester


def kept(suite: pytest.Pytester) -> tuple[saved.SavedRun, dict[str, int]]:
    """Return the saved run, and how many trials of each cell are beside it."""
    run = saved.read(next(suite.path.glob(".benchmarks/*/0001_mine.json")))
    trials = {run.record.cell: len(run.trials) for run in trialfile.of_saved(run.path.parent, run.records)}
    return run, trials


@pytest.mark.parametrize(
    ("isolated", "workers"),
    [
        pytest.param((), (), id="here"),
        pytest.param(("--tuning-isolate",), ("-n", "2"), id="isolated, in workers", marks=pytest.mark.slow),
        pytest.param((), ("-n", "2"), id="in workers", marks=pytest.mark.slow),
        pytest.param(("--tuning-isolate",), (), id="isolated", marks=pytest.mark.slow),
    ],
)
def test_the_last_attempt_counts(suite: pytest.Pytester, workers: tuple[str, ...], isolated: tuple[str, ...]) -> None:
    """Under pytest-rerunfailures, table, counter, saved run, side file and journal hold each cell once, as it ended."""
    pytest.importorskip("pytest_rerunfailures", reason="pip install pytest-rerunfailures")
    if workers:
        pytest.importorskip("xdist", reason="pip install pytest-xdist")
    report = ("--tuning-report=out.json", "--benchmark-save=mine")
    result = suite.runpytest_subprocess(*OPTIONS, *workers, *isolated, "--reruns=1", *report)
    assert result.ret == pytest.ExitCode.OK
    assert result.parseoutcomes() == {"passed": 4, "rerun": 2}
    result.stdout.fnmatch_lines(
        ["*/4[]] tree-*-shaky-* failed (ConnectionError: away*), to be run again", "[[]4/4[]] *"]
    )
    runs = json.loads((suite.path / "out.json").read_text())["runs"]
    assert [(f"{run['model']}-{run['dataset']}-{run['tuner']}-{run['seed']}", run["status"]) for run in runs] == [
        (cell, "ok") for cell in CELLS
    ]
    run, trials = kept(suite)
    assert [record.cell for record in run.records] == CELLS
    assert {record.status for record in run.records} == {"ok"}
    assert run.partial == ""
    assert trials == dict.fromkeys(CELLS, 1)
    contents = journal_contents.read(next(suite.path.glob(".tuning/*.jsonl")))
    assert {cell: len(entry.run.trials) for cell, entry in contents.entries.items()} == dict.fromkeys(CELLS, 1)


def test_a_good_run_whose_test_fails_is_measured_again(suite: pytest.Pytester) -> None:
    """The user's own assertion may fail after a good run: the run of the last attempt is the cell's."""
    pytest.importorskip("pytest_rerunfailures", reason="pip install pytest-rerunfailures")
    suite.makepyfile(test_tuning=SUITE + "    path = __import__('pathlib').Path('seen')\n    seen = path.exists()\n"
                     "    path.touch()\n    assert seen\n")  # fmt: skip
    options = ("--reruns=1", "--tuning-tuners=default", "--tuning-seeds=1", "--benchmark-save=mine")
    result = suite.runpytest_subprocess(*OPTIONS, *options)
    assert result.parseoutcomes() == {"passed": 1, "rerun": 1}
    assert [record.cell for record in kept(suite)[0].records] == CELLS[:1]


def test_only_what_failed_last_is_counted(suite: pytest.Pytester) -> None:
    """Under --lf, the cells are those that run: none is missed, and nothing is called partial."""
    suite.runpytest_inprocess(*OPTIONS)
    result = suite.runpytest_inprocess(*OPTIONS, "--lf", "--benchmark-save=mine")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["tuning: preset quick, 2 cells: *", "[[]2/2[]] *"])
    run, _ = kept(suite)
    assert [record.cell for record in run.records] == CELLS[1::2]
    assert run.partial == ""


@pytest.mark.parametrize("way", ["option", "mark"])
def test_pytest_repeat_is_refused(suite: pytest.Pytester, way: str) -> None:
    """A cell is measured once: the message names what makes more runs."""
    pytest.importorskip("pytest_repeat", reason="pip install pytest-repeat")
    if way == "mark":
        suite.makepyfile(
            test_tuning=SUITE.replace("@pytest.mark.tuning", "@pytest.mark.repeat(2)\n@pytest.mark.tuning")
        )
    result = suite.runpytest_inprocess(*OPTIONS, *(["--count=2"] if way == "option" else []))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: pytest-repeat (--count, *: for more runs of each method, use --tuning-repeats=N"]
    )


def test_two_tests_that_tune_one_cell_by_themselves_are_told(suite: pytest.Pytester) -> None:
    """Tests that make their problems themselves are looked at when they measure: the second fails in one line."""
    suite.makepyfile(
        test_tuning=SUITE.split("@pytest.mark", maxsplit=1)[0]
        + """
from sklearn.datasets import load_wine
from tuners.task.problem import Problem
from tuners.task.protocol import Protocol

@pytest.mark.parametrize("again", [0, 1])
def test_mine(tune, again):
    tune("default", Problem(TREE, Dataset("flowers", *load_iris(return_X_y=True)), 0, Protocol()))
"""
    )
    result = suite.runpytest_inprocess(*OPTIONS, "-W", "ignore:Benchmark fixture was not used")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*two tests measure tree-flowers-default-0, *0* and *1*: give *"])


@pytest.mark.parametrize("reruns", [pytest.param((), marks=pytest.mark.slow), ("--reruns=1",)], ids=["once", "again"])
def test_a_cell_whose_worker_dies_is_kept(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, reruns: tuple[str, ...]
) -> None:
    """It is crashed in table, saved run, side file and journal, with the trials it had made; run again, it is whole."""
    pytest.importorskip("xdist", reason="pip install pytest-xdist")
    if reruns:
        pytest.importorskip("pytest_rerunfailures", reason="pip install pytest-rerunfailures")
    monkeypatch.setenv("FATE", "dies")
    report = ("--tuning-report=out.json", "--benchmark-save=mine", "-n", "1")
    result = suite.runpytest_subprocess(*OPTIONS, *reruns, *report)
    crashed = [] if reruns else CELLS[1::2]
    assert result.ret == (pytest.ExitCode.TESTS_FAILED if crashed else pytest.ExitCode.OK)
    found = json.loads((suite.path / "out.json").read_text())["runs"]
    assert [run["status"] for run in found] == ["ok", "crashed" if crashed else "ok"] * 2
    run, trials = kept(suite)
    assert [(record.cell, record.status) for record in run.records] == [
        (cell, "crashed" if cell in crashed else "ok") for cell in CELLS
    ]
    assert trials == {cell: 2 if cell in crashed else 1 for cell in CELLS}
    contents = journal_contents.read(next(suite.path.glob(".tuning/*.jsonl")))
    records: dict[str, Any] = {cell: entry.run.record for cell, entry in contents.entries.items()}
    assert sorted(records) == sorted(CELLS)
    for cell in crashed:
        assert records[cell].reason == "its worker died"
        assert records[cell].evaluations == 2
        assert records[cell].seconds > 0
        assert records[cell].default_test_score == records[cell.replace("shaky", "default")].default_test_score


def test_a_worker_that_dies_in_another_project_is_none_of_ours(pytester: pytest.Pytester) -> None:
    """A test id that looks like a cell's is not taken for one."""
    pytest.importorskip("xdist", reason="pip install pytest-xdist")
    pytester.makepyfile(
        "import os, pytest\n@pytest.mark.parametrize('a', ['a-b-c-1'])\ndef test_x(a):\n    os.abort()\n"
    )
    result = pytester.runpytest_subprocess("-p", "tuners.plugin", "-n", "1", "--max-worker-restart=0")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "evaluation of tuning methods" not in result.stdout.str()
    assert not Path(pytester.path, ".tuning").exists()


def test_bad_input_under_xdist_is_one_line(suite: pytest.Pytester) -> None:
    """What workers find wrong ends the session with the exit code of wrong usage, as without workers."""
    pytest.importorskip("xdist", reason="pip install pytest-xdist")
    result = suite.runpytest_subprocess(*OPTIONS, "-n", "1", "--tuning-tuners=defalt")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "unknown tuner 'defalt'" in result.stderr.str()
    assert "Traceback" not in result.stdout.str() + result.stderr.str()
