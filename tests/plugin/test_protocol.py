"""Sessions that divide rows otherwise: what the header says, what is refused, what does not compare."""

from __future__ import annotations

import json

import pytest

from tests.bench import CHEAP, run, saved

ROLES = """
import numpy as np
from sklearn.datasets import load_iris
X, y = load_iris(return_X_y=True)
order = np.random.default_rng(0).permutation(len(y))
X, y, numbers = X[order], y[order], np.arange(len(y))
for name, roles in {
    "grouped": {"groups": numbers // 5},
    "timed": {"time": numbers},
    "own": {"test": numbers % 3 == 0},
    "few": {"groups": numbers // 50},
}.items():
    tuners.register_dataset(tuners.Dataset(name, X, y, **roles))
"""


@pytest.fixture
def roles(bench: pytest.Pytester) -> pytest.Pytester:
    """Add datasets that know something of their rows."""
    path = bench.path / "conftest.py"
    path.write_text(path.read_text() + ROLES)
    return bench


def test_the_header_says_how_rows_are_divided(roles: pytest.Pytester) -> None:
    """For the session, and for each dataset that knows something of its rows; so do records and the report."""
    result = run(
        roles, "--tuning-datasets=iris,grouped,timed,own", "--tuning-folds=3", "--tuning-test-size=20%",
        "--tuning-rows=all", "--tuning-seeds=1", "--benchmark-save=divided", "--tuning-report=report.json",
    )  # fmt: skip
    result.stdout.fnmatch_lines(
        [
            "tuning: accuracy, 3 folds, 20% test, all rows, jobs 1, *",
            "tuning: grouped: 30 groups kept together",
            "tuning: timed: test: the latest 20% of rows at every seed, 3 folds forward",
            "tuning: own: test: the user's own set of 50 rows at every seed",
        ]
    )
    records = [each["extra_info"] for each in saved(roles, "divided")["benchmarks"]]
    assert {each["dataset"]: (each["protocol"], each["train_rows"], each["test_rows"]) for each in records} == {
        "iris": ("3 folds, 20% test, all rows", 120, 30),
        "grouped": ("3 folds, 20% test, all rows, 30 groups kept together", 120, 30),
        "timed": ("3 folds forward, test: the latest 20% of rows at every seed, all rows", 120, 30),
        "own": ("3 folds, test: the user's own set of 50 rows at every seed, all rows", 100, 50),
    }
    assert "30 groups kept together" in (roles.path / "report.json").read_text()


def test_repeated_folds_are_kept_whole(bench: pytest.Pytester) -> None:
    """Five folds, three times, are fifteen fold scores; an ini key is as good as an option."""
    bench.makeini("[pytest]\ntuning_folds = 5x3\ntuning_rows = 60\n")
    result = run(bench, "--tuning-seeds=1", "--benchmark-save=often")
    result.stdout.fnmatch_lines(["tuning: accuracy, 5 folds x 3, 30% test, at most 60 rows, *"])
    content = saved(bench, "often")
    side_file = content["folder"] / content["benchmarks"][0]["extra_info"]["trials"]
    assert {len(json.loads(line)["fold_scores"]) for line in side_file.read_text().splitlines()} == {15}


def test_reshuffled_sessions_end_alike_plain_and_recorded(bench: pytest.Pytester) -> None:
    """Every method sees the same score of a candidate; the header says that folds are drawn anew."""
    hashes = []
    for evaluation in ("plain", "recorded"):
        result = run(
            bench, "--tuning-reshuffle", "--tuning-folds=holdout:0.3x2", "--tuning-tuners=default,random,grid",
            f"--tuning-evaluation={evaluation}", f"--benchmark-save={evaluation}", "--tuning-jobs=1",
            "--tuning-seeds=1",
        )  # fmt: skip
        assert result.ret == pytest.ExitCode.OK
        result.stdout.fnmatch_lines(["tuning: accuracy, 2 holdouts of 30%, drawn anew for each candidate, 30% test, *"])
        records = [each["extra_info"] for each in saved(bench, evaluation)["benchmarks"]]
        hashes.append([each["trials_sha256"] for each in records])
    assert hashes[0] == hashes[1]


REFUSED = {
    "--tuning-folds=1": "--tuning-folds: expected folds as in 5 or 5x3, or holdout, *: at least 2 folds, *, got '1'",
    "--tuning-folds=five": "--tuning-folds: expected folds as in 5 or 5x3, or holdout, holdout:0.25 *, got 'five'",
    "--tuning-test-size=1.2": "--tuning-test-size: expected a share above 0 and below 1, as in 0.3 or 30%, got '1.2'",
    "--tuning-rows=few": "--tuning-rows: expected a whole number of at least 1, or all, got 'few'",
    "--tuning-datasets=few": "dataset 'few': * of its 3 groups are in the training rows: expected at least 4 *",
    "--tuning-datasets=timed --tuning-folds=4x2": "dataset 'timed': its rows have a time, *, got 4 folds x 2: leave *",
    "--tuning-datasets=timed --tuning-folds=4x2 --tuning-evaluation=recorded": "dataset 'timed': its rows have a time*",
    "--tuning-reshuffle --tuning-evaluation=shared": "--tuning-reshuffle: expected --tuning-evaluation=plain or rec*",
}


@pytest.mark.parametrize("options", REFUSED)
def test_what_cannot_be_divided_is_a_usage_error(roles: pytest.Pytester, options: str) -> None:
    """One line and exit code 4, before anything is fitted."""
    result = run(roles, *options.split())
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    pytest.LineMatcher(result.outlines + result.errlines).fnmatch_lines([f"ERROR: {REFUSED[options]}"])


def test_the_articles_exercise_has_its_own_folds(bench: pytest.Pytester) -> None:
    """Its number of folds can be chosen, and no other way of dividing."""
    preset = ("--tuning-preset=article", "--tuning-seeds=1")
    assert run(bench, *preset, "--tuning-folds=3").ret == pytest.ExitCode.OK
    result = run(bench, *preset, "--tuning-folds=3x2")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: the article's exercise has its own split and folds, *got --tuning-folds=3x2: *"]
    )


def test_unlike_protocols_do_not_compare(bench: pytest.Pytester) -> None:
    """Neither in the comparison nor in the gate, which say what differs; nor is a session resumed under another one."""
    once = ("--tuning-seeds=1", "--tuning-tuners=default")
    run(bench, *once, "--benchmark-save=before")
    result = run(bench, *once, "--benchmark-compare", "--tuning-fail=score:1%", "--tuning-folds=3", "-v")
    result.stdout.fnmatch_lines(
        [
            "not compared, because they differ in protocol (4 folds, 30% test, at most 400 rows, now 3 folds, 30%",
            "not judged: default on tree, the runs differ in protocol (4 folds, 30% test, at most 400 rows, now 3",
        ]
    )
    interrupted = (*CHEAP, "--tuning-seeds=1", "--tuning-tuners=default,interrupted")
    bench.runpytest_subprocess("-p", "tuners.plugin", *interrupted)
    result = run(
        bench, "--tuning-seeds=1", "--tuning-tuners=default,interrupted", "--tuning-folds=3", "--tuning-resume"
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --tuning-resume: * is of another setup (options: folds was absent, is *"])


def test_cells_of_unlike_protocols_are_refused_in_one_session(bench: pytest.Pytester) -> None:
    """A test that makes its own problem gives the dataset another name."""
    bench.makepyfile(
        test_own="""
        import pytest
        from tuners import Problem, Protocol
        from tuners.catalog import DATASETS, MODELS

        @pytest.mark.parametrize("folds", [3, 5])
        def test_folds(tune, folds):
            data = DATASETS.load("iris")(None)
            tune("default" if folds == 3 else "random", Problem(MODELS.load("tree")(), data, 0, Protocol(folds=folds)))
        """
    )
    result = run(bench, "test_own.py")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["tree on iris: expected the protocol of this session's other cells (accuracy, 3 folds, *"]
    )
