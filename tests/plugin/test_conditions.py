"""Candidates of a space with conditions, on their way from a search to a saved run, a journal and a report."""

from __future__ import annotations

import pytest

from tests import bench

CONFTEST = """
import pathlib
import tuners
from sklearn.svm import SVC

SPACE = {
    "C": [0.1, 1, 10, 100],
    "kernel": ["linear", "rbf", "poly"],
    "gamma": tuners.when([0.01, 0.1, 1], kernel=["rbf", "poly"]),
    "degree": tuners.when([2, 3], kernel="poly"),
}
tuners.register_model(tuners.Model("machine", SVC(random_state=0), SPACE))

@tuners.tuner
def stops(objective, seed):
    for params in ({"C": 1, "kernel": "linear"}, {"C": 1, "kernel": "rbf", "gamma": 0.1}):
        objective(params)
        if not pathlib.Path("again").exists():
            raise KeyboardInterrupt
"""
HAS = {"linear": {"C", "kernel"}, "rbf": {"C", "kernel", "gamma"}, "poly": {"C", "kernel", "gamma", "degree"}}


@pytest.mark.parametrize("evaluation", [pytest.param("plain", marks=pytest.mark.slow), "recorded"])
def test_candidates_have_what_is_active_through_journal_resume_and_report(
    pytester: pytest.Pytester, evaluation: str
) -> None:
    """The resumed session is the uninterrupted one, and each of its candidates has exactly what is active in it."""
    bench.fill(pytester.path)
    pytester.makeconftest(CONFTEST)
    options = (
        "-p", "tuners.plugin", *bench.CHEAP,
        "--tuning-models=machine", "--tuning-tuners=random,grid,stops", "--tuning-budget=20", "--tuning-seeds=1",
        f"--tuning-evaluation={evaluation}", "--tuning-report=out.json", "--tuning-report=out.html",
    )  # fmt: skip
    assert pytester.runpytest_subprocess(*options).ret == pytest.ExitCode.INTERRUPTED
    (pytester.path / "again").touch()
    resumed = pytester.runpytest_subprocess(*options, "--tuning-resume", "--benchmark-save=resumed")
    resumed.assert_outcomes(passed=3)
    seen = set()
    runs = bench.saved_runs(pytester.path)
    for run in runs.values():
        assert run.trials
        for trial in run.trials:
            assert set(trial.params) == HAS[trial.params["kernel"]]
            seen.add(trial.params["kernel"])
    assert seen == set(HAS)
    assert [run.record.earlier for run in runs.values()] == [True, True, False]
    whole = pytester.runpytest_subprocess(*options, "--benchmark-save=whole")
    whole.assert_outcomes(passed=3)
    for tuner, run in bench.saved_runs(pytester.path).items():
        assert run.record.trials_sha256 == runs[tuner].record.trials_sha256
