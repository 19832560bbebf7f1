"""Sessions whose runs are looked up: tables are built first, kept, shared, and what is said of them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests import bench as suite
from tests.bench import saved_runs
from tuners.__main__ import main
from tuners.store.table import listed

RECORDED = ("-p", "tuners.plugin", *suite.CHEAP, "--tuning-evaluation=recorded", "--tuning-models=oak")
CONFTEST = """
import os
from pathlib import Path
import tuners
from sklearn.tree import DecisionTreeClassifier

class Counted(DecisionTreeClassifier):
    def fit(self, X, y):
        with Path(os.environ["FITS"]).open("a") as file:
            file.write("fit\\n")
        return super().fit(X, y)

SPACE = {"max_depth": [1, 2, 3, 4, 5, 6], "criterion": ["gini", "entropy"]}
tuners.register_model(tuners.Model("oak", Counted(), SPACE))
tuners.register_model(tuners.Model("endless", Counted(), {"min_samples_leaf": (0.01, 0.4)}))
"""
CANDIDATES, FOLDS = 12, 4


@pytest.fixture
def recorded(bench: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Make a directory with the suite, and a model that counts its fits in a file."""
    (bench.path / "conftest.py").write_text(CONFTEST)
    monkeypatch.setenv("FITS", str(bench.path / "fits"))
    return bench


def fits(folder: Path) -> int:
    """Return how many fits there were since the last time."""
    file = folder / "fits"
    count = len(file.read_text().splitlines()) if file.exists() else 0
    file.write_text("")
    return count


def test_a_second_session_fits_nothing_that_is_recorded(recorded: pytest.Pytester) -> None:
    """Tables are whole after the first, in `.tuning/tables`; what is left are the runs that are made for real."""
    first = recorded.runpytest_subprocess(*RECORDED, "--tuning-repeats=3", "--benchmark-save=a")
    first.assert_outcomes(passed=4)
    first.stdout.fnmatch_lines(["*tables: 2 problems, all 24 candidates, ready in *"])
    assert fits(recorded.path) >= 2 * CANDIDATES * (FOLDS + 1)
    tables = listed(recorded.path / ".tuning" / "tables")
    # The untuned model has a row, too.
    assert [table.count() for table in tables] == [CANDIDATES + 1] * 2
    before = [table.rows() for table in tables]
    second = recorded.runpytest_subprocess(*RECORDED, "--tuning-repeats=3", "--benchmark-save=b")
    second.assert_outcomes(passed=4)
    # One problem, plainly: a run of one candidate, one of two, and the refits of their incumbents.
    assert fits(recorded.path) <= 3 * FOLDS + 4
    assert [table.rows() for table in tables] == before


def test_recorded_cells_have_the_trials_and_scores_of_plain_ones(recorded: pytest.Pytester) -> None:
    """And the confusion matrix; the clock, the regret and the landmarks are the table's."""
    for name, evaluation in (("a", "plain"), ("b", "recorded")):
        recorded.runpytest_subprocess(
            *RECORDED, "--tuning-seeds=1", f"--tuning-evaluation={evaluation}", f"--benchmark-save={name}"
        ).assert_outcomes(passed=2)
        if name == "a":
            plain = saved_runs(recorded.path)
    looked_up = saved_runs(recorded.path)
    for tuner, run in plain.items():
        mine, its = looked_up[tuner].record, run.record
        for field in (
            "trials_sha256",
            "test_score",
            "cv_score",
            "confusion_matrix",
            "best_params",
            "default_test_score",
        ):
            assert getattr(mine, field) == getattr(its, field), field
        assert (mine.clock, its.clock) == ("recorded", "wall")
        assert mine.landmarks is not None
        assert (mine.landmarks.whole, mine.landmarks.candidates) == (True, CANDIDATES)
        assert mine.regret is not None
        assert mine.regret >= 0


def test_workers_share_the_tables(recorded: pytest.Pytester) -> None:
    """Built once, whatever process runs the cells, in the folder that is named."""
    result = recorded.runpytest_subprocess(*RECORDED, "-n2", "--tuning-tables=kept", "--benchmark-save=a")
    result.assert_outcomes(passed=4)
    tables = listed(recorded.path / "kept")
    assert [table.count() for table in tables] == [CANDIDATES + 1] * 2
    assert not (recorded.path / ".tuning" / "tables").exists()
    alone = recorded.runpytest_subprocess(*RECORDED, "--tuning-tables=kept", "--benchmark-save=b")
    alone.assert_outcomes(passed=4)
    assert [table.path for table in listed(recorded.path / "kept")] == [table.path for table in tables]


def test_a_table_beyond_the_limit_is_said_with_the_option(recorded: pytest.Pytester) -> None:
    """What searches ask for is recorded; a space without an end is said, too."""
    result = recorded.runpytest_subprocess(*RECORDED, "--tuning-seeds=1", "--tuning-table-limit=0.000001")
    result.assert_outcomes(passed=2)
    said = "all 12 candidates would take about * s, more than --tuning-table-limit=1e-06: what searches ask for is"
    result.stdout.fnmatch_lines(
        [f"tables: oak-iris-0: {said} recorded*", "*oak-iris-*ok*", f"*tables: oak-iris-0: {said} recorded*"]
    )
    endless = recorded.runpytest_subprocess(*RECORDED, "--tuning-seeds=1", "--tuning-models=endless")
    endless.assert_outcomes(passed=2)
    endless.stdout.fnmatch_lines(
        ["*tables: endless-iris-0: a space without an end: what searches ask for is recorded*"]
    )


def test_a_damaged_table_ends_the_session_with_its_name(recorded: pytest.Pytester) -> None:
    """In one line, before any cell runs."""
    recorded.runpytest_subprocess(*RECORDED, "--tuning-seeds=1").assert_outcomes(passed=2)
    (table,) = listed(recorded.path / ".tuning" / "tables")
    table.path.write_bytes(table.path.read_bytes()[:4000])
    result = recorded.runpytest_subprocess(*RECORDED, "--tuning-seeds=1")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: table .tuning/tables/oak-iris-0-*.sqlite: expected a recorded table, got a *"])
    result.stderr.no_fnmatch_line("*Traceback*")


WRONG = {
    "--tuning-table-limit=0": "--tuning-table-limit: expected a number of seconds above 0, got '0'",
    "--tuning-table-limit=-1": "--tuning-table-limit: expected a number of seconds above 0, got '-1'",
    "--tuning-table-limit=soon": "--tuning-table-limit: expected a number of seconds above 0, or a time as in *'soon'",
    "--tuning-table-limit=inf": "--tuning-table-limit: expected a number of seconds above 0, got 'inf'",
    "--tuning-trial-timeout=1": "--tuning-trial-timeout: expected --tuning-evaluation=plain beside it, got recorded*",
    "--tuning-tables=conftest.py": "table conftest.py/*: cannot be read or written: *",
}


@pytest.mark.parametrize("option", WRONG)
def test_bad_options_of_tables_are_usage_errors(option: str, recorded: pytest.Pytester) -> None:
    """One line that names the option, before any fit."""
    result = suite.run(recorded, "--tuning-models=oak", "--tuning-evaluation=recorded", option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {WRONG[option]}"])
    assert not fits(recorded.path)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked")
def test_repeats_of_workers_are_in_the_journal(recorded: pytest.Pytester) -> None:
    """Its rows are there before what refers to them, whichever process looked them up: it remakes the whole report."""
    with (recorded.path / "conftest.py").open("a") as file:
        file.write("from tuners.execution import here\nhere.WORTH_SECONDS = 0.0\n")
    options = ("--tuning-tuners=default,bayesian", "--tuning-budget=8", "--tuning-repeats=5", "--tuning-jobs=2")
    recorded.runpytest_subprocess(*RECORDED, *options, "--benchmark-save=a").assert_outcomes(passed=4)
    (journal,) = recorded.path.glob(".tuning/*.jsonl")
    assert main(["rebuild", str(journal), "--save", str(recorded.path / "again.json")]) == 0
    saved = suite.saved(recorded, "a")
    again = json.loads((recorded.path / "again.json").read_text())
    found = [
        {each["name"]: each["extra_info"]["trials_sha256"] for each in one["benchmarks"]} for one in (saved, again)
    ]
    assert found[0] == found[1]
    assert any(each["extra_info"]["repeats"] == 5 for each in again["benchmarks"])
