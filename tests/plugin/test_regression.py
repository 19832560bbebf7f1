"""Regression end to end: losses are told as losses in every place, and the gate knows which way is worse."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests import bench as suite
from tests.bench import saved_runs
from tuners.results.scorers import is_loss

RMSE = "neg_root_mean_squared_error"
OPTIONS = (
    "-p", "tuners.plugin", "--tuning-task=regression", "--tuning-datasets=diabetes", "--tuning-tuners=default,steady",
    "--tuning-models=small", "--tuning-budget=4", *suite.PLAIN,
)  # fmt: skip
CONFTEST = """
import os
import tuners
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.metrics import make_scorer

SPACE = {"max_depth": [1, 2, 5], "n_estimators": [2, 6]}
tuners.register_model(
    tuners.Model("small", RandomForestClassifier(5, n_jobs=1), SPACE, regressor=RandomForestRegressor(5, n_jobs=1))
)
tuners.register_metric("cost", make_scorer(lambda y, predicted: abs(y - predicted).mean(), greater_is_better=False))

@tuners.tuner
def steady(objective, seed):
    for depth in (1,) if os.environ.get("POOR") else (5, 2):
        objective({"max_depth": depth, "n_estimators": 6})
"""


@pytest.fixture
def numbers(bench: pytest.Pytester) -> pytest.Pytester:
    """Make a directory with the suite, a small forest of either task, and a method that an environment makes poor."""
    (bench.path / "conftest.py").write_text(CONFTEST)
    return bench


def reports(folder: Path) -> dict[str, str]:
    """Return the reports of a session by suffix."""
    return {suffix: (folder / f"r.{suffix}").read_text() for suffix in ("md", "csv", "json", "html")}


def test_a_session_of_regression_is_told_in_losses(numbers: pytest.Pytester) -> None:
    """Header, terminal, Markdown and CSV: positive errors, lower is better; JSON and records as they are kept."""
    result = numbers.runpytest_subprocess(
        *OPTIONS, "--tuning-seeds=2", "--tuning-metric=neg_root_mean_squared_error,r2,cost", "--benchmark-save=a", "-v",
        *(f"--tuning-report=r.{suffix}" for suffix in ("md", "csv", "json", "html")),
    )  # fmt: skip
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["tuning: root mean squared error (lower is better), also r2, cost, 4 folds*"])
    text = " ".join(result.stdout.str().split())
    assert "forest" not in text
    assert "change from default on diabetes: steady" in text
    assert "root mean squared error (lower is better), untested" in text
    assert "also on diabetes: r2 " in text
    assert "cost (lower is better) steady " in text
    assert "residual, true less predicted" in text
    assert "(test -" not in text
    assert "(test " in text
    assert "neg_" not in text.replace(f"--tuning-metric={RMSE},r2,cost", "")
    found = saved_runs(numbers.path)
    for run in found.values():
        record = run.record
        assert record.metric == RMSE
        assert (record.test_score or 0) < 0
        assert record.confusion_matrix is None
        assert len(record.predictions or ()) == 100 < record.test_rows == 120
        assert list(record.other_scores or ()) == ["r2", "neg_cost"]
    texts = reports(numbers.path)
    assert "small on diabetes (root mean squared error, lower is better, 2 blocks)" in texts["md"]
    assert "neg_" not in texts["md"].partition("Provenance")[0].replace(f"--tuning-metric={RMSE}", "")
    rows = list(csv.DictReader(texts["csv"].splitlines()))
    assert {row["better"] for row in rows} == {"lower"}
    assert all(float(row["test_score"]) > 0 for row in rows)
    document = json.loads(texts["json"])
    assert "negated" in document["scores"]
    assert all(row["test_score"] < 0 for group in document["groups"] for row in group["rows"])
    steady = next(row for row in rows if row["tuner"] == "steady")
    kept = next(row for row in document["groups"][0]["rows"] if row["tuner"] == "steady")
    assert float(steady["difference"]) == -kept["difference"]


def test_a_gate_on_a_loss_fails_where_it_rises(numbers: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A poorer search is regressed by so much more error; the other way round it has improved by so much less."""
    options = (*OPTIONS, "--tuning-tuners=steady", "--tuning-seeds=6", "-v")
    gate = ("--benchmark-compare", "--tuning-fail=search:1%")
    numbers.runpytest_subprocess(*options, "--benchmark-save=good").assert_outcomes(passed=6)
    monkeypatch.setenv("POOR", "1")
    poor = numbers.runpytest_subprocess(*options, *gate, "--benchmark-save=poor")
    assert poor.ret == pytest.ExitCode.TESTS_FAILED
    text = " ".join(poor.stdout.str().split())
    assert "the gate fails: regressed: steady on small, +" in text
    assert "root mean squared error in cross-validation" in text
    assert "finds, in 8 of 10 runs, rises of " in text
    monkeypatch.delenv("POOR")
    good = numbers.runpytest_subprocess(*options, *gate)
    assert good.ret == pytest.ExitCode.OK
    text = " ".join(good.stdout.str().split())
    assert "the gate passes: 1 improved" in text
    assert "improved: steady on small, -" in text


def test_recorded_and_plain_sessions_agree(numbers: pytest.Pytester) -> None:
    """In trials, scores, predictions and further metrics; regret is between 0 and its most."""
    found = []
    for evaluation in ("plain", "recorded"):
        numbers.runpytest_subprocess(
            *OPTIONS, "--tuning-seeds=1", "--tuning-metric=cost,r2", f"--tuning-evaluation={evaluation}",
            f"--benchmark-save={evaluation}",
        ).assert_outcomes(passed=2)  # fmt: skip
        found.append(saved_runs(numbers.path))
    for tuner, run in found[0].items():
        mine, its = run.record, found[1][tuner].record
        for field in (
            "trials_sha256",
            "test_score",
            "cv_score",
            "predictions",
            "other_scores",
            "best_params",
            "metric",
        ):
            assert getattr(mine, field) == getattr(its, field), field
        assert is_loss(its.metric)
        assert 0 <= (its.regret or 0.0) <= 2


WRONG = {
    "--tuning-datasets=diabetes,iris": "expected datasets of one task in a session, got classification of iris, "
    "regression of diabetes: choose those of one",
    "--tuning-metric=accuracy": "metric 'accuracy' does not fit small on diabetes: it is for classes*",
    "--tuning-metric=r2,accuracy": "metric 'accuracy' does not fit small on diabetes: it is for classes*",
    "--tuning-metric=r2,r2": "--tuning-metric: expected each name once, got 'r2,r2'",
    "--tuning-metric=costs": "unknown metric 'costs': did you mean cost? there are *",
    "--tuning-task=clustering": "--tuning-task: expected classification or regression, got 'clustering'",
    "--tuning-task=classification": "dataset 'diabetes': class '*' has * rows: expected at least 5*",
    "--tuning-preset=article": "--tuning-task: preset article has no datasets of regression: name some*",
}


@pytest.mark.parametrize("option", WRONG)
def test_what_does_not_fit_is_one_line(option: str, numbers: pytest.Pytester) -> None:
    """And exit code 4, before anything is measured."""
    given = [each for each in OPTIONS if "preset" not in option or "datasets" not in each]
    if "datasets" in option:
        given = [each for each in given if "task" not in each]
    result = numbers.runpytest_inprocess(*given, "--tuning-seeds=1", option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: *{WRONG[option]}"])
    result.stderr.no_fnmatch_line("*Traceback*")
