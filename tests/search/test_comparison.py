"""Shared evaluation in a comparison: the same scores and trials as plain, and a known optimum."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_wine
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier

from tests.bench import PLAIN
from tuners import Budget, Dataset, Model, Problem, Protocol
from tuners.catalog import TUNERS
from tuners.errors import NotApplicableError
from tuners.execution.here import measure
from tuners.models.forest import model as forest
from tuners.models.neighbours import model as neighbours
from tuners.models.ridge import model as ridge
from tuners.objective import Objective
from tuners.results.run import Run
from tuners.results.trial import trials_hash
from tuners.search import evaluator, group

WINE = Dataset("wine", *load_wine(return_X_y=True))
METHODS = ("default", "manual", "random", "grid", "bayesian", "genetic")
FEW = ("random", "bayesian")
"""One that searches by itself, and one that asks for a candidate at a time."""
BOOSTED = Model(
    "boosted",
    GradientBoostingClassifier(),
    {"n_estimators": [2, 4, 6, 8], "max_depth": [1, 2]},
    guesses=({"n_estimators": 4, "max_depth": 2},),
)


def run(tuner: str, model: Model, evaluation: str, *, budget: int = 12, jobs: int = 1) -> Run:
    """Run a method on wine."""
    problem = Problem(model, WINE, 3, Protocol(folds=3))
    return measure(tuner, TUNERS.load(tuner), problem, Budget(budget), jobs=jobs, evaluation=evaluation)


@pytest.mark.parametrize(
    "tuner", [*FEW, *(pytest.param(each, marks=pytest.mark.slow) for each in METHODS if each not in FEW)]
)
@pytest.mark.parametrize(
    "model", [forest((4, 40)), pytest.param(BOOSTED, marks=pytest.mark.slow)], ids=lambda model: model.name
)
def test_plain_and_shared_are_the_same(tuner: str, model: Model) -> None:
    """Side by side, every method makes the same trials with the same scores and the same winner."""
    plain, shared = (run(tuner, model, evaluation) for evaluation in ("plain", "shared"))
    assert plain.record.status == shared.record.status == "ok"
    assert plain.record.trials_sha256 == shared.record.trials_sha256
    for name in ("test_score", "cv_score", "best_params", "ties", "evaluations", "failed_trials", "setup_sha256"):
        assert getattr(plain.record, name) == getattr(shared.record, name)
    assert (plain.record.evaluation, shared.record.evaluation) == ("plain", "shared")


@pytest.mark.parametrize("tuner", ["random", "bayesian"])
@pytest.mark.parametrize("model", [neighbours(20, finite=True), ridge(finite=True)], ids=lambda model: model.name)
def test_models_that_do_not_grow(tuner: str, model: Model) -> None:
    """Neighbours and penalties are shared in searches, and one after another, with the same trials."""
    plain, shared = (run(tuner, model, evaluation, budget=20) for evaluation in ("plain", "shared"))
    assert plain.record.status == shared.record.status == "ok"
    assert plain.record.trials_sha256 == shared.record.trials_sha256


@pytest.mark.parametrize("tuner", ["random", "bayesian"])
def test_jobs_change_nothing(tuner: str) -> None:
    """Two jobs make the same trials, shared or not."""
    hashes = {
        run(tuner, forest((4, 40)), evaluation, jobs=2).record.trials_sha256 for evaluation in ("plain", "shared")
    }
    assert len(hashes) == 1


def test_single_candidates_reuse_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """A candidate whose trees were grown before in the run grows none."""
    from tuners.search.families.trees import Ground

    grown: list[int] = []

    def count(kind: type[Ground]) -> None:
        real = kind.grow

        def grow(self: Ground, shape: Any, limits: Any, trees: Any) -> Any:
            grown.append(len(trees))
            return real(self, shape, limits, trees)

        monkeypatch.setattr(kind, "grow", grow)

    kinds: list[type[Ground]] = [Ground, *Ground.__subclasses__()]
    for kind in kinds:
        count(kind)
    problem = Problem(forest((100, 109)), WINE, 0, Protocol(folds=3))
    objective = Objective(problem, "mine", Budget(9), evaluation="shared")
    usual = {"criterion": "gini", "max_features": "sqrt", "min_samples_leaf": 4, "min_samples_split": 5}
    objective({**usual, "max_depth": 1200, "n_estimators": 128})
    first = sum(grown)
    assert first >= 3 * 128
    grown.clear()
    # 7 and 8 are no split that a leaf of 4 does not forbid; trees of this size are nowhere near 600 deep.
    for again in (
        {**usual, "max_depth": 1200, "n_estimators": 128},
        {**usual, "max_depth": 600, "n_estimators": 128},
        {**usual, "max_depth": None, "n_estimators": 64, "min_samples_split": 8} | {"max_depth": 600},
        {**usual, "max_depth": 1200, "n_estimators": 128, "max_features": 3},
    ):
        objective(again)
    assert sum(grown) == 0
    objective({**usual, "max_depth": 1200, "n_estimators": 138})
    assert 0 < sum(grown) <= 3 * 10 * 2
    assert len(objective.trials) == 6


def test_times_of_shared_trials() -> None:
    """A shared trial's seconds are its share, and the run's are no less than all of them."""
    found = run("grid", forest((4, 40)), "shared", budget=48)
    seconds = sum(trial.fit_seconds + trial.score_seconds for trial in found.trials)
    assert all(trial.fit_seconds > 0 and trial.end >= trial.start for trial in found.trials)
    assert found.record.seconds is not None
    assert found.record.evaluation_seconds is not None
    assert 0 < seconds <= found.record.seconds
    assert found.record.evaluation_seconds <= found.record.seconds


def test_the_optimum() -> None:
    """Exhaustive search evaluates the whole space, whatever the budget, and counts the ties at its best."""
    model = Model(
        "small", RandomForestClassifier(), {"n_estimators": [3, 9], "max_depth": [1, 2, None], "max_features": [1, 2]}
    )
    found = run("exhaustive", model, "plain", budget=5)
    assert found.record.evaluations == found.record.budget == 12
    assert len({json.dumps(trial.params, sort_keys=True) for trial in found.trials}) == 12
    scores = [trial.score for trial in found.trials]
    assert found.record.cv_score == max(scores)
    assert found.record.ties == scores.count(max(scores))
    single = [run("random", model, "plain", budget=12).trials]
    assert {trials_hash([t]) for t in found.trials} == {trials_hash([t]) for t in single[0]}


def test_an_endless_space() -> None:
    """A space with a range cannot be searched whole: the method is not applicable, which says why and what to do."""
    model = Model("endless", RandomForestClassifier(n_estimators=2), {"max_depth": [1, 2], "max_features": (0.1, 1.0)})
    with pytest.raises(NotApplicableError, match="hyperparameter 'max_features' is a range .* list its values"):
        run("exhaustive", model, "plain")


class Failing(ClassifierMixin, BaseEstimator):
    """Cannot be fitted with `a` above 1."""

    def __init__(self, a: int = 0, random_state: int | None = None) -> None:
        """Keep the parameters."""
        self.a = a
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Failing:
        """Fail, or note the classes."""
        if self.a > 1:
            message = "too much"
            raise ValueError(message)
        self.classes_ = np.unique(y)
        return self

    def predict(self, X: Any) -> Any:
        """Predict the first class."""
        return np.full(len(X), self.classes_[0])


@pytest.mark.parametrize("tuner", ["grid", "bayesian"])
def test_failures_are_the_same(tuner: str) -> None:
    """Candidates that fail do so with the same reason either way."""
    model = Model("failing", Failing(), {"a": [0, 1, 2, 3]})
    plain, shared = (run(tuner, model, evaluation, budget=4) for evaluation in ("plain", "shared"))
    assert [trial.reason for trial in plain.trials] == [trial.reason for trial in shared.trials]
    assert plain.record.trials_sha256 == shared.record.trials_sha256


def test_a_deadline_in_shared_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was evaluated before the time was up is kept, in a run that ends soon after it."""
    real = group.evaluate

    def slow(*args: Any) -> Any:
        import time

        time.sleep(0.2)
        return real(*args)

    monkeypatch.setattr(evaluator, "evaluate", slow)
    space = {"n_estimators": [3, 9], "max_depth": list(range(1, 11)), "min_samples_leaf": list(range(1, 13))}
    problem = Problem(Model("small", RandomForestClassifier(), space), WINE, 3, Protocol(folds=3))
    run = measure("exhaustive", TUNERS.load("exhaustive"), problem, Budget(5, seconds=4.0), evaluation="shared")
    record = run.record
    assert record.timed_out
    assert 0 < record.evaluations < 240
    assert record.seconds is not None
    assert record.seconds < 8


def test_option_header_record_and_regret(pytester: pytest.Pytester) -> None:
    """The option reaches header and kept run; the verdict has regrets, and no method's score is above the optimum."""
    pytester.makepyfile(
        """
        import pytest
        from sklearn.ensemble import RandomForestClassifier
        from tuners import Model

        SMALL = Model("small", RandomForestClassifier(), {"n_estimators": [3, 9], "max_depth": [1, 2]})

        @pytest.mark.tuning(models=[SMALL], datasets=["wine"])
        def test_it(tune, tuner, problem):
            tune(tuner, problem)
        """
    )
    result = pytester.runpytest_subprocess(
        "-p", "tuners.plugin", *PLAIN, "--tuning-tuners=default,random,exhaustive", "--tuning-evaluation=shared",
        "--tuning-budget=2", "--tuning-seeds=2", "--benchmark-save=it", "--tuning-report=table.csv",
    )  # fmt: skip
    result.assert_outcomes(passed=6)
    result.stdout.fnmatch_lines(["tuning: *evaluation shared*", "small on wine  verdict*regret*", "exhaustive *"])
    (saved,) = pytester.path.glob(".benchmarks/*/*it.json")
    records = [bench["extra_info"] for bench in json.loads(saved.read_text())["benchmarks"]]
    assert {record["evaluation"] for record in records} == {"shared"}
    optima = {record["seed"]: record["cv_score"] for record in records if record["tuner"] == "exhaustive"}
    assert all(record["cv_score"] <= optima[record["seed"]] for record in records if record["tuner"] == "random")
    assert all(1 <= record["ties"] <= 4 for record in records)
    table = (pytester.path / "table.csv").read_text().splitlines()
    assert "regret" in table[0].split(",")


def test_seconds_of_unlike_evaluations_are_not_compared(pytester: pytest.Pytester) -> None:
    """Plain and shared runs compare in scores and trials, not in seconds."""
    options = ("-p", "tuners.plugin", *PLAIN, "--tuning-tuners=random", "--tuning-budget=2", "--tuning-seeds=1", "-v")
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.tuning(models=["forest"], datasets=["wine"])
        def test_it(tune, tuner, problem):
            tune(tuner, problem)
        """
    )
    pytester.runpytest_subprocess(*options, "--benchmark-save=then").assert_outcomes(passed=1)
    result = pytester.runpytest_subprocess(*options, "--benchmark-compare", "--tuning-evaluation=shared")
    result.stdout.re_match_lines([r"random on forest +1 +1 ", r"random on forest +1 +- -> - +-"])


def test_an_unknown_evaluation(pytester: pytest.Pytester) -> None:
    """Another way is a usage error in one line."""
    result = pytester.runpytest_subprocess("-p", "tuners.plugin", "--tuning-evaluation=fast")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --tuning-evaluation: expected plain, shared or recorded, got 'fast'"])
