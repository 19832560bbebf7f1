"""Candidates evaluated in part: what a fidelity is a share of, what is continued, and what that costs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR

from tuners import Budget, Model, Objective, Problem, Protocol
from tuners.catalog import DATASETS
from tuners.evaluation.contract import Training, evaluator
from tuners.execution.here import measure
from tuners.models.mlp import PerceptronRegressor
from tuners.results.budget import BudgetExhausted
from tuners.results.trial import charged, spent, trials_hash
from tuners.store import trials as on_disk
from tuners.task.resource import resource_of
from tuners.task.standardised import StandardisedTarget


class Wider(RandomForestClassifier):
    """A forest of somebody's own, which may fit in another way."""


GROWING: dict[str, tuple[Any, dict[str, Any], str]] = {
    "forest": (RandomForestClassifier(), {"n_estimators": 12, "max_features": 0.5}, "iris"),
    "forest of numbers": (RandomForestRegressor(), {"n_estimators": 12, "max_depth": 5}, "diabetes"),
    "extra trees": (ExtraTreesClassifier(), {"n_estimators": 12, "bootstrap": True}, "iris"),
    "extra trees of numbers": (ExtraTreesRegressor(), {"n_estimators": 12}, "diabetes"),
    "gradient boosting": (GradientBoostingClassifier(), {"n_estimators": 12, "subsample": 0.7}, "iris"),
    "gradient boosting of numbers": (GradientBoostingRegressor(), {"n_estimators": 12, "max_features": 3}, "diabetes"),
    "histograms": (HistGradientBoostingClassifier(), {"max_iter": 12, "max_features": 0.5}, "iris"),
    "histograms of numbers": (HistGradientBoostingRegressor(), {"max_iter": 12, "learning_rate": 0.3}, "diabetes"),
}


def problem(estimator: Any, space: dict[str, Any], dataset: str = "iris", rows: int = 75) -> Problem:
    """Return a small problem."""
    metric = "r2" if dataset == "diabetes" else "accuracy"
    protocol = Protocol(metric=metric, folds=2, rows=rows)
    return Problem(Model("mine", estimator, space), DATASETS.load(dataset)(None), 0, protocol)


@pytest.mark.parametrize("family", GROWING)
def test_what_is_grown_on_scores_as_what_is_grown_at_once(family: str) -> None:
    """At each fidelity on the way, fold by fold and bit for bit."""
    estimator, params, dataset = GROWING[family]
    on = problem(estimator, {name: [value] for name, value in params.items()}, dataset)
    assert on.resource.continued
    grown = evaluator("plain", Training.of(on))
    for fidelity in (0.25, 0.5, 1.0):
        at_once = evaluator("plain", Training.of(on))
        smaller = on.resource.share(params, fidelity)
        assert grown.evaluate(params, fidelity).fold_scores == at_once.evaluate(smaller).fold_scores


@pytest.mark.parametrize(
    ("estimator", "word", "parameter"),
    [
        (RandomForestClassifier(), "trees", "n_estimators"),
        (
            make_pipeline(StandardScaler(), HistGradientBoostingClassifier()),
            "iterations",
            "histgradientboostingclassifier__max_iter",
        ),
        (MLPClassifier(), "epochs", "max_iter"),
        (Wider(), "trees", "n_estimators"),
        (StandardisedTarget(MLPRegressor()), "epochs", "max_iter"),
        (make_pipeline(StandardScaler(), StandardisedTarget(SVR())), "rows", ""),
        (SVC(), "rows", ""),
        (make_pipeline(StandardScaler(), LogisticRegression()), "rows", ""),
    ],
)
def test_a_fidelity_is_a_share_of_what_the_estimator_grows_by(estimator: Any, word: str, parameter: str) -> None:
    """Named as candidates name it; of what does not grow, it is the rows."""
    found = resource_of(estimator)
    assert (str(found), found.parameter) == (word, parameter)


def test_a_subclass_is_not_continued() -> None:
    """It may fit in another way, so that each evaluation is charged in full."""
    assert not resource_of(Wider()).continued
    assert resource_of(RandomForestClassifier()).continued


def climb(objective: Objective, seed: int) -> None:
    """Evaluate candidates at growing fidelities, one of them twice at the same."""
    for params in objective.space.sample_configuration(3):
        for fidelity in (0.1, 0.3, 0.3, 1.0):
            objective(dict(params), fidelity)


@pytest.mark.parametrize("evaluation", ["plain", "shared", "recorded"])
@pytest.mark.parametrize("kind", ["forest", "boosting", "rows"])
def test_trials_are_the_same_however_candidates_are_evaluated(kind: str, evaluation: str, tmp_path: Path) -> None:
    """Their parameters, scores, fidelities and costs; a second time, too, when all is recorded."""
    models: dict[str, tuple[Any, dict[str, Any]]] = {
        "forest": (RandomForestClassifier(), {"n_estimators": [10, 20], "max_depth": [2, None]}),
        "boosting": (HistGradientBoostingClassifier(), {"max_iter": [5, 10], "max_leaf_nodes": [3, 7]}),
        "rows": (SVC(), {"C": [0.1, 1.0, 10.0]}),
    }
    on = problem(*models[kind])
    expected = measure("climb", climb, on, Budget(10))
    for _ in range(2):
        run = measure("climb", climb, on, Budget(10), evaluation=evaluation, tables=tmp_path)
        assert trials_hash(run.trials) == trials_hash(expected.trials)
        assert [trial.cost for trial in run.trials] == [trial.cost for trial in expected.trials]
        assert (run.record.evaluations, run.record.status) == (expected.record.evaluations, "ok")
        assert run.record.test_score == expected.record.test_score


def test_a_continued_fit_costs_what_is_added() -> None:
    """The whole of a candidate costs one evaluation, however many steps it took; a step back or again costs its all."""
    costs: list[float] = []

    def stepwise(objective: Objective, seed: int) -> None:
        params = {"n_estimators": 20}
        for fidelity in (0.1, 0.3, 1.0, 0.5, 0.5):
            objective(params, fidelity)
        costs.extend(trial.cost for trial in objective.trials)

    run = measure("stepwise", stepwise, problem(RandomForestClassifier(), {"n_estimators": [20]}), Budget(2))
    assert costs == [0.1, 0.2, 0.7, 0.5, 0.5]
    assert spent(run.trials) == charged(run.trials) == run.record.evaluations == 2


def test_an_incumbent_is_evaluated_in_full() -> None:
    """However well a part of another one scores."""

    def partly(objective: Objective, seed: int) -> None:
        objective({"n_estimators": 2})
        best = objective({"n_estimators": 30}, 0.9)
        assert objective.incumbent is not None
        assert objective.incumbent.params == {"n_estimators": 2}
        assert best > 0

    assert measure("partly", partly, problem(RandomForestClassifier(), {"n_estimators": [2, 30]}), Budget(3)).record.ok


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 10)), min_size=1, max_size=30), st.integers(1, 5))
@settings(max_examples=12, deadline=None)
def test_the_budget_is_never_overdrawn(steps: list[tuple[int, int]], budget: int) -> None:
    """Whatever is asked for in which order, trials cost no more than the budget, and what was refused was too much."""
    left: list[float] = []

    def asking(objective: Objective, seed: int) -> None:
        for depth, tenths in steps:
            try:
                objective({"max_depth": depth + 1}, tenths / 10)
            except BudgetExhausted:
                left.append(budget - spent(objective.trials))
                raise

    on = problem(RandomForestClassifier(n_estimators=10), {"max_depth": [1, 2, 3]}, rows=30)
    run = measure("asking", asking, on, Budget(budget))
    assert 0 <= spent(run.trials) <= budget
    assert all(each < 1 for each in left)
    assert all(0 < trial.cost <= trial.fidelity for trial in run.trials)


def test_what_was_saved_is_read_back() -> None:
    """A trial on disk has it, where there is any; one of before has none."""
    run = measure("climb", climb, problem(RandomForestClassifier(), {"n_estimators": [10, 20]}), Budget(4))
    for trial in run.trials:
        fields = on_disk.written(trial)
        assert ("saved" in fields) == (trial.saved > 0)
        assert on_disk.read(fields) == trial
        assert on_disk.read(fields).cost == trial.cost
    assert any(trial.saved for trial in run.trials)
    assert np.isclose(sum(trial.cost for trial in run.trials), spent(run.trials))


def test_gradient_boosting_that_stops_by_itself_is_evaluated_on_rows() -> None:
    """Its fit by warm start has other scores than one at once, so its iterations are no resource."""
    assert str(resource_of(GradientBoostingClassifier(n_iter_no_change=2))) == "rows"


def test_a_space_without_the_size_climbs_to_the_top() -> None:
    """Trees that a fit of so few has already are no warning, nor are the weights of its classes."""
    forest = RandomForestClassifier(9, class_weight="balanced")
    run = measure("climb", climb, problem(forest, {"max_depth": (1, 9)}), Budget(10))
    assert [trial.reason for trial in run.trials if trial.reason] == []
    assert sum(trial.can_win for trial in run.trials) == 3


def test_growth_that_may_end_itself_is_no_resource() -> None:
    """By the estimator, by the number of rows, or by a hyperparameter: it is the rows then."""
    histograms = HistGradientBoostingClassifier()
    assert str(resource_of(histograms, rows=500)) == "iterations"
    assert str(resource_of(histograms, rows=20_000)) == "rows"
    assert str(resource_of(histograms, rows=500, searched={"early_stopping"})) == "rows"
    assert str(resource_of(GradientBoostingClassifier(n_iter_no_change=5))) == "rows"


def test_a_perceptron_of_numbers_is_given_a_share_of_its_epochs() -> None:
    """Through the standardised target: half of the epochs is the perceptron of so many."""
    perceptron = StandardisedTarget(PerceptronRegressor(hidden_layer_sizes=(5,), max_iter=20))
    on = problem(perceptron, {"alpha": [1e-4]}, "diabetes")
    assert (on.resource.name, on.resource.whole) == ("epochs", 20)
    evaluated = evaluator("plain", Training.of(on))
    half = evaluated.evaluate({"alpha": 1e-4}, 0.5).fold_scores
    assert half == evaluated.evaluate({"alpha": 1e-4, "max_iter": 10}).fold_scores
    assert half != evaluated.evaluate({"alpha": 1e-4}).fold_scores
