"""The README, and pages beside it, are run as they stand."""

from __future__ import annotations

import math
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

import tuners
from tests import ROOT
from tuners import Budget
from tuners.execution.here import measure
from tuners.objective import Tuner
from tuners.results.keys import freeze
from tuners.testing import TunerContract

README = ROOT / "README.md"


def _files(page: Path) -> dict[str, str]:
    """Return the blocks of a page that are files, by name."""
    blocks = re.findall(r"<!-- test: (\S+) -->\n```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    return dict(blocks)


FILES = _files(README)


def test_own_model_data_and_tuner(pytester: pytest.Pytester) -> None:
    """The README's two files, alone in a directory, put the user's tuner, model and data into the table."""
    for name, text in FILES.items():
        (pytester.path / name).write_text(text)
    result = pytester.runpytest_subprocess("-p", "tuners.plugin", "--tuning-tuners=default,manual,random,halves")
    result.assert_outcomes(passed=20)
    result.stdout.fnmatch_lines(["tuning: model svm is your own, in place of the one that comes along"])
    result.stdout.fnmatch_lines(["svm on flowers  verdict*", "In short"])
    for tuner in ("default", "manual", "random", "halves"):  # the best one first
        result.stdout.re_match_lines([rf"{tuner} +(best|equal to best|undecided|behind) "])


def test_examples_are_a_dozen_lines() -> None:
    """An own benchmark stays short: a dozen lines without blank ones and imports."""
    lines = [line for line in FILES["test_svc.py"].splitlines() if line and not re.match("import|from", line)]
    assert len(lines) <= 12


def test_options_are_all_there() -> None:
    """Every option of the command line is in the README."""
    from tuners.comparison.options import OPTIONS

    text = README.read_text(encoding="utf-8")
    assert [option.flag for option in OPTIONS if option.flag not in text] == []


def test_tuners_that_evaluate_in_part(pytester: pytest.Pytester) -> None:
    """The README's, of under 15 lines, and a page's, whose objective Optuna prunes, fill the table."""
    pytest.importorskip("optuna", reason="pip install 'pytest-tuners[optuna]'")
    pruned = _files(ROOT / "docs" / "fidelity.md")["pruned.py"]
    pytester.makeconftest(f"{FILES['thirds.py']}\n\n{pruned}")
    shutil.copy(ROOT / "benchmarks" / "test_tuning.py", pytester.path)
    result = pytester.runpytest_subprocess(
        "-p", "tuners.plugin", "--tuning-tuners=thirds,pruned", "--tuning-models=forest", "--tuning-datasets=iris",
        "--tuning-seeds=1", "--tuning-budget=6", "--tuning-rows=60", "--tuning-evaluation=shared", "--tuning-repeats=1",
    )  # fmt: skip
    result.assert_outcomes(passed=2)
    assert len([line for line in FILES["thirds.py"].splitlines() if line]) < 15


@pytest.mark.parametrize("promise", [
    "test_budget_is_kept", "test_every_point_lies_in_the_space", "test_same_seed_same_trials",
    "test_the_start_comes_first", "test_time_budget_stops_the_search",
])  # fmt: skip
@pytest.mark.parametrize("tuner", ["thirds", "halves"])
def test_the_readmes_tuners_keep_the_contract(tuner: str, promise: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever begins with one of them begins with a tuner that the suite passes."""
    made: list[Tuner] = []
    monkeypatch.setattr(tuners, "tuner", made.append, raising=False)
    exec(next(text for text in FILES.values() if f"def {tuner}(" in text), {})  # noqa: S102  the README's own code
    getattr(TunerContract.of(made[0])(), promise)()


@pytest.mark.parametrize("raise_above", [0.2, 0.5, 0.8])
def test_the_readmes_tuner_drops_failed_candidates_first(raise_above: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of nine candidates, those that go up a rung are the best of those that have not failed."""
    made: list[Tuner] = []
    monkeypatch.setattr(tuners, "tuner", made.append, raising=False)
    exec(FILES["thirds.py"], {})  # noqa: S102  the README's own code
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
