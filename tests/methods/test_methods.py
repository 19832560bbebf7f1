"""What methods can do, as the reference says: conditions, traits, hash seeds, and other libraries by ask and tell."""

from __future__ import annotations

import importlib
import math
import os
import re
import subprocess
import sys
import warnings
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge
from sklearn.svm import SVC

import tuners
from tests import ROOT
from tests.documentation.blocks import blocks_of
from tuners import Budget, Dataset, Model, Objective, Problem, Protocol, Run, TuningError, when
from tuners.catalog import DATASETS, TUNERS
from tuners.errors import MissingExtraError
from tuners.execution.here import measure
from tuners.methods._asked import FAILED, Asked
from tuners.methods._traits import TRAITS, table
from tuners.results.trial import spent
from tuners.spaces import contains
from tuners.spaces.unit import from_unit, to_unit
from tuners.testing import ROWS, TunerContract

PAGE = (ROOT / "docs" / "reference" / "methods.md").read_text(encoding="utf-8")
SPACE = {
    "kernel": ["linear", "rbf", "poly"],
    "C": (1e-2, 1e2, "log"),
    "gamma": when((1e-4, 10.0, "log"), kernel=["rbf", "poly"]),
    "degree": when((2, 5), kernel="poly"),
    "shrinking": [True, False],
}
WITH_CONDITIONS = [
    pytest.param(name, marks=pytest.mark.slow) if name == "smac" else name
    for name, of in TRAITS.items()
    # The space is not finite, and its model has no derivative.
    if of.conditions != "not needed" and name not in {"exhaustive", "gradient"}
]


@cache
def problem() -> Problem:
    """Return a small problem whose space has conditions."""
    return Problem(Model("svc", SVC(), SPACE), DATASETS.load("iris")(None), 0, Protocol(folds=2, rows=ROWS))


def run(tuner: str, evaluations: int, tune: Any = None, **options: Any) -> Run:
    """Run a method on it; skip where its packages are missing."""
    try:
        return measure(tuner, tune or TUNERS.load(tuner), problem(), Budget(evaluations), **options)
    except MissingExtraError as error:
        pytest.skip(str(error))


def test_the_table_of_the_methods_is_in_the_docs() -> None:
    """The page has the table that follows from the code, with every method."""
    assert f"<!-- traits -->\n{table()}\n<!-- end of traits -->" in PAGE
    assert sorted(TRAITS) == sorted(name for name in TUNERS if name in TUNERS._modules())
    assert [name for name in TRAITS if f"`{name}`" not in PAGE.partition("## By library")[2]] == []


@pytest.mark.parametrize("tuner", TRAITS)
def test_the_table_says_which_methods_are_deterministic(tuner: str) -> None:
    """It is what the method's function says."""
    try:
        deterministic = getattr(TUNERS.load(tuner), "deterministic", False)
    except MissingExtraError as error:
        pytest.skip(str(error))
    assert deterministic is not TRAITS[tuner].draws


@pytest.mark.parametrize("tuner", WITH_CONDITIONS)
def test_a_candidate_has_what_is_active(tuner: str) -> None:
    """On a space with conditions, candidates are points of it, the budget is used up, no evaluation comes twice."""
    result = run(tuner, 12)
    assert result.record.status == "ok", result.record.reason
    points = [trial.params for trial in result.trials]
    assert all(contains(problem().model.space, point) for point in points)
    assert len({(frozenset(trial.params.items()), trial.fidelity) for trial in result.trials}) == len(points)
    assert 11 < spent(result.trials) <= 12
    in_part = any(trial.fidelity < 1 for trial in result.trials)
    assert in_part is (TRAITS[tuner].fidelity == "in part")
    assert len({frozenset(point) for point in points}) > 1


SEEDED = """
from tests.methods.test_methods import problem
from tuners import Budget
from tuners.catalog import TUNERS
from tuners.errors import MissingExtraError
from tuners.execution.here import measure
for name in {names}:
    try:
        print(name, measure(name, TUNERS.load(name), problem(), Budget(12)).record.trials_sha256)
    except MissingExtraError:
        print(name)
"""


@pytest.mark.slow
def test_trials_are_the_same_whatever_the_hash_seed() -> None:
    """Processes with other seeds of Python's hashes make the same trials."""
    code = SEEDED.format(names=list(TRAITS))
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            cwd=ROOT, check=True, capture_output=True, text=True,
        ).stdout
        for seed in ("0", "1")
    }  # fmt: skip
    assert len(told) == 1
    assert "sobol" in told.pop()


@given(st.lists(st.floats(0, 1), min_size=5, max_size=5))
def test_points_of_the_unit_cube_lie_in_the_space(u: list[float]) -> None:
    """Each is a point of the space, and so is the way back and forth, which keeps listed values and integers."""
    space = problem().model.space
    params = from_unit(space, u)
    again = from_unit(space, to_unit(space, params))
    assert contains(space, params)
    assert again.keys() == params.keys()
    assert all(again[name] == pytest.approx(params[name]) for name in params)


BLOCKS = [
    (block.names[1], block.text) for block in blocks_of(ROOT / "docs" / "how-to" / "own-tuner.md") if block.kind == "by"
]


@pytest.mark.parametrize(("package", "text"), BLOCKS, ids=[package for package, _ in BLOCKS])
def test_examples_of_ask_and_tell_run(package: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page's examples are tuners, where their packages are installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # at the import of packages that are not ours
            importlib.import_module(package)
    except ImportError as error:
        pytest.skip(str(error))
    made: list[Any] = []
    monkeypatch.setattr(tuners, "tuner", made.append, raising=False)
    exec(text, {})  # noqa: S102  the page's own code
    tune = made[0]
    one, two = (run(tune.__name__, 8, tune) for _ in range(2))
    assert one.record.status == "ok", one.record.reason
    assert one.record.trials_sha256 == two.record.trials_sha256
    assert not one.record.own_space


class Drawn:
    """Asks for points of the unit cube; keeps what it is told."""

    def __init__(self, size: int, seed: int) -> None:
        """Begin with a seed."""
        self.rng, self.size = np.random.default_rng(seed), size

    def ask(self) -> Any:
        """Return a point."""
        return self.rng.uniform(size=self.size)

    def tell(self, asked: Any, loss: float) -> None:
        """Look at what is told."""
        assert np.isfinite(loss)


@tuners.ask_tell
def drawn(objective: Objective, seed: int) -> Drawn:
    """Return an object with ask and tell."""
    return Drawn(len(objective.space), seed)


TestAskTell = TunerContract.of(drawn)


def test_what_cannot_be_asked_is_refused() -> None:
    """The error says what was expected, and what came."""
    nothing = tuners.ask_tell(lambda *_: object())
    odd = tuners.ask_tell(params=lambda asked: asked[:1])(drawn.__wrapped__)
    for tune, expected in (
        (nothing, "expected to return an object with ask() and tell(asked, loss), got object"),
        (odd, "drawn: expected hyperparameters by name, or 5 numbers between 0 and 1, got a ndarray of shape (1,)"),
    ):
        with pytest.raises(TuningError, match=re.escape(expected)):
            tune(Objective(problem(), "mine", Budget(3)), 0)


def test_a_known_candidate_costs_nothing() -> None:
    """A library that asks for one again is told its score, until it has asked for nothing new 100 times."""
    model = Model("svc", SVC(), {"C": [1.0, 2.0]})
    objective = Objective(Problem(model, DATASETS.load("iris")(None), 0, Protocol(folds=2)), "mine", Budget(9))
    asked = Asked(objective)
    assert asked.score({"C": 1.0}) == asked.score({"C": 1.0})
    assert len(objective.trials) == 1


def test_a_failed_candidate_is_the_worst_whatever_the_scale() -> None:
    """Before any has succeeded as after, where squared errors are a billion; a number where they are computed with."""
    generator = np.random.default_rng(0)
    houses = Dataset("houses", generator.normal(size=(60, 2)), 1e6 + 1e5 * generator.normal(size=60))
    model = Model("ridge", Ridge(), {"alpha": (0.1, 10.0), "solver": ["cholesky", "none such"]})
    on = Problem(model, houses, 0, Protocol(folds=2, metric="neg_mean_squared_error"))
    asked = Asked(Objective(on, "mine", Budget(9)))
    fails, good, worse = ({"alpha": alpha, "solver": "none such"} for alpha in (1.0, 2.0, 3.0))
    good["solver"] = worse["solver"] = "cholesky"
    early = asked.finite_loss(fails)
    losses = [asked.loss(good), asked.loss(worse)]
    assert all(1e9 < loss < early < math.inf for loss in losses)
    assert asked.loss(fails) == math.inf
    assert asked.finite_loss(fails) == asked.worst == max(losses)


def test_flaml_is_told_that_candidates_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once any has succeeded; a loss until then, without which it would look near its first point alone."""
    try:
        tune = TUNERS.load("flaml")
    except MissingExtraError as error:
        pytest.skip(str(error))
    flaml = importlib.import_module("tuners.methods.flaml")
    told: list[float | None] = []

    class Listening(flaml.BlendSearch):  # type: ignore[name-defined]  # FLAML is untyped
        def on_trial_complete(self, trial_id: str, result: Any = None, error: bool = False) -> None:
            told.append(None if error else result["loss"])
            super().on_trial_complete(trial_id, result, error)

    monkeypatch.setattr(flaml, "BlendSearch", Listening)
    # The middle of the range, where FLAML begins, fails.
    on = TunerContract.problem(raise_above=0.3)
    on.know_default_test_score(0.5)  # the untuned model fails, too
    result = measure("flaml", tune, on, Budget(30))
    assert result.record.status == "ok", result.record.reason
    scores = [trial.score for trial in result.trials]
    first = next(place for place, score in enumerate(scores) if not math.isnan(score))
    assert first > 0
    assert told[:first] == [FAILED] * first
    assert None in told
    assert set(told[first:]) == {None if math.isnan(score) else -score for score in scores[first:]}
