"""A model that is a choice among models: one search tunes the algorithm and its hyperparameters (CASH)."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC, SVR

from tests.estimators import Keeper
from tuners import Budget, Dataset, Model, Problem, Protocol, TuningError
from tuners.catalog import DATASETS, MODELS, TUNERS
from tuners.evaluation.contract import Training, evaluator
from tuners.execution.here import measure
from tuners.spaces import active, candidates, contains, when

SVM: dict[str, Any] = {"C": [1.0, 10.0], "kernel": ["linear", "rbf"], "gamma": when([0.1, "scale"], kernel="rbf")}
TREES: dict[str, Any] = {"max_depth": [2, None]}
logistic = Model("logistic", LogisticRegression(), {"C": [0.1, 1.0]}, guesses=({"C": 0.1},), scale=True)
svm = Model("svm", SVC(), SVM, guesses=({"C": 1.0, "kernel": "linear"},), scale=True, regressor=SVR())
forest = Model("forest", RandomForestClassifier(3), TREES, regressor=RandomForestRegressor(3))


def three() -> Model:
    """Return a choice among three models."""
    return Model.choice("any", [logistic, svm, forest])


def problem(model: Model, dataset: Dataset | str = "iris", **protocol: Any) -> Problem:
    """Return a small problem."""
    data = DATASETS.load(dataset)(None) if isinstance(dataset, str) else dataset
    return Problem(model, data, 0, Protocol(**{"folds": 2, "rows": 75, **protocol}))


def test_a_members_hyperparameters_are_active_where_it_is_chosen() -> None:
    """And what depends on one of these, where that is active, too."""
    space = three().space
    assert list(active(space, {"model": "logistic"})) == ["model", "logistic__C"]
    assert set(active(space, {"model": "svm", "svm__kernel": "rbf"})) == {
        "model", "svm__C", "svm__kernel", "svm__gamma",
    }  # fmt: skip
    # By member: 2, 2 x (1 + 2) and 2.
    points = candidates(space)
    assert points is not None
    assert len(points) == 10
    assert all(contains(space, point) for point in points)


def test_untuned_it_is_the_first_member_at_its_defaults() -> None:
    """It scores as that model alone does, and its point in the space is that model's."""
    on = problem(three())
    assert on.untuned(on.model.space) == {"model": "logistic", "logistic__C": 1.0}
    assert on.default_test_score == problem(logistic).default_test_score


@pytest.mark.parametrize("dataset", ["iris", "penguins"])
def test_each_member_has_its_own_preprocessing(dataset: str) -> None:
    """Chosen, it predicts as the model alone does, scaled or not, with gaps and categories."""
    boosting = MODELS.load("boosting")(iterations=(2, 5))
    on = problem(Model.choice("any", [logistic, svm, boosting]), dataset)
    for member in (logistic, svm, boosting):
        alone = problem(member, dataset)
        chosen, own = on.fit({"model": member.name}), alone.fit({})
        assert np.array_equal(chosen.predict(on.split.X_test), own.predict(alone.split.X_test))
        assert on.confusion_matrix(chosen) == alone.confusion_matrix(own)


def test_members_that_are_not_chosen_are_not_fitted() -> None:
    """Nor changed: a clone of the fitted choice is as it was before."""
    estimator = problem(three()).estimator
    before = repr(estimator)
    fitted = clone(estimator).set_params(model="forest", forest__max_depth=2)
    X, y = problem(three()).split.X_train, problem(three()).split.y_train
    fitted.fit(X, y)
    assert not any(hasattr(member, "n_features_in_") for _, member in fitted.members)
    assert fitted.fitted_.get_params()["max_depth"] == 2
    assert repr(clone(fitted)) == repr(fitted)
    assert repr(estimator) == before


def test_guesses_are_the_members_in_turn() -> None:
    """The first of each, then the second of each."""
    second = Model("trees", RandomForestClassifier(3), TREES, guesses=({"max_depth": 2}, {"max_depth": None}))
    assert Model.choice("any", [second, logistic]).guesses == (
        {"model": "trees", "trees__max_depth": 2},
        {"model": "logistic", "logistic__C": 0.1},
        {"model": "trees", "trees__max_depth": None},
    )


def test_for_numbers_it_is_the_choice_among_regressors() -> None:
    """Of the members that have one; another can be given."""
    found = three().for_task("regression")
    assert [member.name for member in found.members] == ["svm", "forest"]
    on = problem(found, "diabetes", metric="r2")
    assert np.isfinite(on.default_test_score)
    ridge = Model("ridge", Ridge(), {"alpha": [1.0, 2.0]})
    given = Model.choice("any", [logistic, svm], regressor=Model.choice("any", [ridge]))
    assert given.regressor is not None
    assert [member.name for member in given.regressor.members] == ["ridge"]
    assert Model.choice("any", [logistic]).regressor is None


def test_probabilities_are_those_of_members_that_have_them() -> None:
    """A candidate whose model has none is a failed trial of a metric that needs them."""
    on = problem(three(), metric="neg_log_loss")
    assert on.fit({}).predict_proba(on.split.X_test).shape == (len(on.split.X_test), 3)
    assert not hasattr(on.fit({"model": "svm"}), "predict_proba")
    assert hasattr(on.fit({"model": "svm"}), "decision_function")
    trials = measure("exhaustive", TUNERS.load("exhaustive"), on, Budget(20)).trials
    assert {trial.params["model"] for trial in trials if trial.reason} == {"svm"}


def test_labels_may_be_text_and_rows_have_weights() -> None:
    """Both reach the chosen member; one that takes no weights is refused by its name."""
    pytest.importorskip("xgboost", reason="xgboost is not installed: pip install 'pytest-tuners[xgboost]'")
    iris = DATASETS.load("iris")(None)
    labels, weights = np.array(["a", "b", "c"])[iris.y.astype(int)], np.linspace(1, 3, len(iris.y))
    weighted = Dataset("weighted", iris.X, labels, weights=weights)
    trees = MODELS.load("xgboost")(iterations=(2, 5))
    on = problem(Model.choice("any", [logistic, trees]), weighted)
    for member in (logistic, trees):
        alone = problem(member, weighted)
        assert on.test_score(on.fit({"model": member.name})) == alone.test_score(alone.fit({}))
    nearest = Model("nearest", KNeighborsClassifier(), {"n_neighbors": [1, 3]})
    with pytest.raises(TuningError, match="model 'any': KNeighborsClassifier does not take sample weights"):
        _ = problem(Model.choice("any", [logistic, nearest]), weighted).split


@pytest.mark.parametrize("evaluation", ["plain", "shared", "recorded"])
def test_every_evaluation_makes_the_same_trials(evaluation: str, tmp_path: Path) -> None:
    """A table of a finite choice is recorded whole."""
    recorded: dict[str, Any] = {"tables": tmp_path} if evaluation == "recorded" else {}
    make = partial(measure, "exhaustive", TUNERS.load("exhaustive"), budget=Budget(20))
    plain, other = make(problem=problem(three())), make(problem=problem(three()), evaluation=evaluation, **recorded)
    assert other.record.status == "ok", other.record.reason
    assert other.record.trials_sha256 == plain.record.trials_sha256
    assert other.record.evaluations == 10


def test_a_model_of_the_users_own_can_be_a_member() -> None:
    """Its listed objects come back as they are."""
    values = [(1, 2), None, [3]]
    mine = Model("mine", Keeper(), {"value": values})
    on = problem(Model.choice("any", [logistic, mine]))
    trials = measure("exhaustive", TUNERS.load("exhaustive"), on, Budget(9)).trials
    assert [trial.params["mine__value"] for trial in trials if trial.params["model"] == "mine"] == values


def test_a_method_has_the_own_spaces_of_members() -> None:
    """For each method that any of them has one for; the other members have their usual spaces there."""
    listed: dict[str, dict[str, Any]] = {"random": {"C": [3.0, 5.0]}, "gradient": {"C": (0.1, 10.0, "log")}}
    own = Model("own", LogisticRegression(), {"C": [1.0]}, spaces=listed)
    other = Model("other", SVC(), SVM, spaces={"random": {"C": [7.0]}})
    found = Model.choice("any", [own, other, forest])
    assert set(found.spaces) == {"random", "gradient"}
    of_random = candidates(found.space_for("random"))
    assert of_random is not None
    assert [point.get("own__C", point.get("other__C")) for point in of_random] == [3.0, 5.0, 7.0, None, None]
    assert candidates(found.space_for("gradient")) is None
    assert active(found.space_for("gradient"), {"model": "other", "other__kernel": "rbf"}) == active(
        found.space, {"model": "other", "other__kernel": "rbf"}
    )
    on = problem(found)
    tried = {trial.params.get("own__C") for trial in measure("random", TUNERS.load("random"), on, Budget(9)).trials}
    assert tried == {3.0, 5.0, None}


def nested() -> Model:
    """Return a choice between a choice and a model."""
    return Model.choice("outer", [Model.choice("inner", [logistic, svm]), forest])


@pytest.mark.parametrize("tuner", ["exhaustive", "random", "manual"])
def test_a_choice_may_be_among_choices(tuner: str) -> None:
    """Each candidate scores as the plain model that it chooses does, and has the hyperparameters of that one alone."""
    on, alone = problem(nested()), {model.name: problem(model) for model in (logistic, svm, forest)}
    run = measure(tuner, TUNERS.load(tuner), on, Budget(10))
    assert run.record.status == "ok", run.record.reason
    # Guesses are of the two in the inner choice.
    assert len(run.trials) == {"manual": 2}.get(tuner, 10)
    for trial in run.trials:
        name = str(trial.params.get("inner__model", trial.params["model"]))
        own = {each.rpartition("__")[2]: value for each, value in trial.params.items() if not each.endswith("model")}
        assert trial.fold_scores == evaluator("plain", Training.of(alone[name])).evaluate(own).fold_scores
        assert contains(on.model.space, trial.params)


def test_a_choice_among_choices_is_one_of_numbers_too() -> None:
    """Among the regressors that the plain models have, and its first plain model is what is untuned."""
    found = nested().for_task("regression")
    assert [model.name for model in found.plain] == ["svm", "forest"]
    assert np.isfinite(problem(found, "diabetes", metric="r2").default_test_score)
    on = problem(nested())
    assert on.untuned(on.model.space) == {"model": "inner", "inner__model": "logistic", "inner__logistic__C": 1.0}


def test_weights_are_refused_by_the_plain_model_that_takes_none() -> None:
    """However deep it lies."""
    iris = DATASETS.load("iris")(None)
    weighted = Dataset("weighted", iris.X, iris.y, weights=np.linspace(1, 3, len(iris.y)))
    nearest = Model("nearest", KNeighborsClassifier(), {"n_neighbors": [1, 3]})
    deep = Model.choice("outer", [Model.choice("inner", [logistic, nearest]), forest])
    with pytest.raises(TuningError, match="model 'outer': KNeighborsClassifier does not take sample weights"):
        _ = problem(deep, weighted).split


BAD: dict[str, tuple[list[Any], str]] = {
    "none": ([], "model 'any': a choice: expected at least one model, got none: name some, Model.choice('any', "),
    "an estimator": ([SVC()], "a choice: expected models, got SVC(): wrap an estimator, Model(name, estimator, space)"),
    "two of a name": ([svm, svm], "a choice: two models are both named 'svm': give one another name"),
    "its own word": (
        [Model("model", SVC(), SVM)],
        "expected other names than 'model' and 'members', without '__', got 'model': rename it",
    ),
    "two tasks": (
        [svm, Model("mean", DummyRegressor(), {"strategy": ["mean", "median"]})],
        "expected models of one task, got svm of classification, mean of regression: make a choice of each, ",
    ),
    "early stopping": (
        [Model("b", MODELS.load("boosting")().estimator, {"max_iter": [1, 2]}, early_stopping=3)],
        "expected models without early stopping, got 'b' with it: tune its iterations",
    ),
}


@pytest.mark.parametrize("case", list(BAD))
def test_what_cannot_be_a_choice_is_refused(case: str) -> None:
    """In one line that says what was expected."""
    members, message = BAD[case]
    with pytest.raises(TuningError) as raised:
        Model.choice("any", members)
    assert message in str(raised.value)


def test_an_unknown_member_is_named_with_the_known_ones() -> None:
    """As a failed trial's reason has it."""
    on = problem(three())
    with pytest.raises(TuningError, match="choice: model: expected one of logistic, svm, forest, got 'trees'"):
        on.fit({"model": "trees"})
