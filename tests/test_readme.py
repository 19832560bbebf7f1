"""The README, and the tuners that the how-to begins with: short, and good ones to begin with."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

import tuners
from tests import ROOT
from tests.documentation.blocks import functions
from tuners import Budget
from tuners.execution.here import measure
from tuners.objective import Tuner
from tuners.results.keys import freeze
from tuners.spaces import distributions
from tuners.testing import TunerContract

OWN = functions("how-to/own-tuner.md")
MODEL = functions("how-to/own-model.md")["test_svm"]


def test_own_model_data_and_tuner(pytester: pytest.Pytester) -> None:
    """The how-tos' two files, alone in a directory, put the user's tuner, model and data into the table."""
    pytester.makepyfile(test_svc=MODEL)
    pytester.makeconftest(OWN["halves"])
    result = pytester.runpytest_subprocess("-p", "tuners.plugin", "--tuning-tuners=default,manual,random,halves")
    result.assert_outcomes(passed=20)
    result.stdout.fnmatch_lines(["tuning: model svm is your own, in place of the one that comes along"])
    result.stdout.fnmatch_lines(["svm on flowers  verdict*", "In short"])
    for tuner in ("default", "manual", "random", "halves"):  # the best one first
        result.stdout.re_match_lines([rf"{tuner} +(best|equal to best|undecided|behind) "])


@pytest.mark.parametrize(("text", "most"), [(MODEL, 12), (OWN["halves"], 15), (OWN["thirds"], 15)])
def test_examples_are_short(text: str, most: int) -> None:
    """An own benchmark stays a dozen lines without blank ones and imports, a tuner little more."""
    assert len([line for line in text.splitlines() if line and not re.match("import|from", line)]) <= most


def test_the_readme_is_a_screen() -> None:
    """Why, two commands, a picture, a table and links; all else is in the documentation, to which each link leads."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 70
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("promise", [
    "test_budget_is_kept", "test_every_point_lies_in_the_space", "test_same_seed_same_trials",
    "test_the_start_comes_first", "test_time_budget_stops_the_search",
])  # fmt: skip
@pytest.mark.parametrize("tuner", ["thirds", "halves", "searched"])
def test_the_tuners_keep_the_contract(tuner: str, promise: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever begins with one of them begins with a tuner that the suite passes."""
    made: list[Tuner] = []
    monkeypatch.setattr(tuners, "tuner", made.append, raising=False)
    known = {"tuners": tuners, "distributions": distributions}  # what the page has imported by then
    exec(OWN[tuner], known)  # noqa: S102  the page's own code
    getattr(TunerContract.of(made[0])(), promise)()


@pytest.mark.parametrize("raise_above", [0.2, 0.5, 0.8])
def test_the_tuner_drops_failed_candidates_first(raise_above: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of nine candidates, those that go up a rung are the best of those that have not failed."""
    made: list[Tuner] = []
    monkeypatch.setattr(tuners, "tuner", made.append, raising=False)
    exec(OWN["thirds"], {})  # noqa: S102  the page's own code
    on = TunerContract.problem(raise_above=raise_above)
    on.know_default_test_score(0.5)  # the untuned model may fail, too
    trials = measure("thirds", made[0], on, Budget(9)).trials
    assert [round(1 / trial.fidelity) for trial in trials] == [*[9] * 9, *[3] * 3, 1] * 3
    for first in range(0, len(trials), 13):
        scores = {freeze(trial.params): trial.score for trial in trials[first : first + 9]}
        ranked = sorted(scores.values(), key=lambda score: -math.inf if math.isnan(score) else score, reverse=True)
        climbed = [scores[freeze(trial.params)] for trial in trials[first + 9 : first + 12]]
        assert np.array_equal(climbed, ranked[:3], equal_nan=True)
    assert any(not trial.ok for trial in trials)
