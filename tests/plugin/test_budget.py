"""Budgets, as a session states them."""

from __future__ import annotations

import dataclasses
import json

import pytest

from tests import ROOT, runs
from tests.bench import PLAIN
from tuners import Budget
from tuners.comparison.header import header
from tuners.plan import Plan
from tuners.report.formats import text
from tuners.results.budget import UNLIMITED
from tuners.store.records import readable


@pytest.mark.parametrize(
    ("given", "evaluations", "words"),
    [
        ({}, 40, "40 evaluations"),
        ({"time-budget": 60.0}, UNLIMITED, "as many evaluations as the time allows"),
        ({"time-budget": 60.0, "budget": 25}, 25, "25 evaluations"),
        ({"time-budget": 60.0, "preset": "article"}, UNLIMITED, "as many evaluations as the time allows"),
    ],
)
def test_a_time_budget_alone_is_the_budget(given: dict[str, object], evaluations: int, words: str) -> None:
    """Without --tuning-budget beside it, time is the only limit, whatever the preset says; the header says so."""
    plan = Plan(given)
    assert plan.budget("forest", "grid").evaluations == evaluations
    lines = header(plan, plan.cells(models=["forest"]))
    assert any(line.startswith("tuning: forest on ") and words in line for line in lines)
    assert any("60 s a search" in line for line in lines) is ("time-budget" in given)


def test_no_limit_is_no_number_in_records_and_tables() -> None:
    """A record has null for it, as JSON, and the table the evaluations alone, with the time's mark."""
    assert (Budget(seconds=2.0).stated, Budget(7).stated) == (None, 7)
    run = runs.run("random", budget=None, time_budget=2.0, timed_out=True, evaluations=57)
    record = readable(json.loads(json.dumps(run.record.as_dict())))
    assert record is not None
    assert record.budget is None
    limited = runs.run("grid", budget=60, evaluations=58)
    report = runs.report([dataclasses.replace(run, record=record), limited])
    shown = text(report, verbose=True)
    assert "57 t " in shown
    assert "58/60 " in shown


def test_the_untuned_model_is_not_ended_by_the_time_of_a_search(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Searches that have no time for a candidate fail, and say so; what they are compared with is there."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile(
        test_it="""
        import pytest
        from tests.estimators import stump

        @pytest.mark.tuning(models=[stump(seconds=0.3)], datasets=["iris"])
        def test_it(tune, tuner, problem):
            tune(tuner, problem)
        """
    )
    options = (
        "--tuning-tuners=default,random",
        "--tuning-seeds=1",
        "--tuning-time-budget=0.2",
        "--tuning-report=out.json",
    )
    pytester.runpytest_subprocess("-p", "tuners.plugin", *PLAIN, *options).assert_outcomes(passed=1, failed=1)
    made = json.loads((pytester.path / "out.json").read_text())["runs"]
    found = {run["tuner"]: (run["status"], run["time_budget"], run["reason"]) for run in made}
    assert found["default"] == ("ok", None, "")
    assert found["random"][2] == "no candidate was evaluated within 0.2 s: give it more time"
