"""Problems: what all tuners of a cell share."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from tests.estimators import stump
from tuners import Dataset, Model, Problem, Protocol, TuningError
from tuners.catalog import DATASETS, MODELS


def iris() -> Dataset:
    """Load a small dataset."""
    return DATASETS.load("iris")(None)


def test_seed_varies_split_folds_and_random_state() -> None:
    """The same seed gives the same problem, another one another."""
    first, same, other = (Problem(MODELS.load("forest")(), iris(), seed) for seed in (0, 0, 1))
    assert np.array_equal(first.split.X_train, same.split.X_train)
    assert not np.array_equal(first.split.X_train, other.split.X_train)
    assert all(np.array_equal(a[1], b[1]) for a, b in zip(first.folds, same.folds, strict=True))
    assert not np.array_equal(first.folds[0][1], other.folds[0][1])
    assert first.estimator.get_params()["random_state"] == 0
    assert other.estimator.get_params()["random_state"] == 1


def test_test_rows_are_apart_and_stratified() -> None:
    """Every row is in one part, and both have the classes' proportions."""
    split = Problem(stump(), iris(), 0, Protocol(test_size=0.2)).split
    assert len(split.X_train) + len(split.X_test) == 150
    assert np.bincount(split.y_test).tolist() == [10, 10, 10]


def test_rows_cap_draws_by_the_seed() -> None:
    """At most so many rows are used, in the classes' proportions."""
    split = Problem(stump(), iris(), 0, Protocol(rows=60)).split
    assert np.bincount(np.concatenate([split.y_train, split.y_test])).tolist() == [20, 20, 20]


def test_a_few_rows_above_the_cap_are_kept() -> None:
    """Where too few rows would be left out to draw in proportion, all are used."""
    split = Problem(stump(), iris(), 0, Protocol(rows=149)).split
    assert len(split.X_train) + len(split.X_test) == 150


def test_columns_may_have_any_names() -> None:
    """Numbers as names of columns are as good as text."""
    X = pd.DataFrame({0: ["x", "y"] * 20, 1: np.arange(40.0)})
    data = Dataset("d", X, np.array([0, 1] * 20))
    assert Problem(Model("tree", DecisionTreeClassifier(), {"max_depth": [1]}), data, 0).default_test_score == 1


def test_a_models_hyperparameter_wins_over_the_pipelines() -> None:
    """Both have `verbose`: it is the model that is tuned."""
    estimator = Problem(MODELS.load("forest")(trees=(2, 12)), iris(), 0).estimator
    assert clone(estimator).set_params(verbose=1).named_steps["model"].verbose == 1


def test_preprocessing_is_fitted_on_training_rows_only() -> None:
    """The scaler's mean is the training rows', not all rows'."""
    problem = Problem(MODELS.load("forest")(trees=(2, 12)), iris(), 0)
    fitted = problem.fit({})
    assert np.allclose(fitted.steps[0][1][0].mean_, problem.split.X_train.mean(axis=0))
    assert not np.allclose(fitted.steps[0][1][0].mean_, iris().X.mean(axis=0))


def test_unseen_category_is_no_error() -> None:
    """A category that only test rows have is encoded as none."""
    X = pd.DataFrame({"a": ["x", "y"] * 20, "n": np.arange(40.0)}, dtype=object).astype({"n": float})
    problem = Problem(
        Model("tree", DecisionTreeClassifier(), {"max_depth": [1]}), Dataset("d", X, np.array([0, 1] * 20)), 0
    )
    fitted = problem.fit({})
    assert len(fitted.predict(pd.DataFrame({"a": ["new"], "n": [1.0]}))) == 1


def test_pipelines_parameters_are_the_models_own() -> None:
    """A preprocessed model is cloned, set and searched by its own names."""
    problem = Problem(MODELS.load("forest")(trees=(2, 12)), iris(), 0)
    estimator = clone(problem.estimator).set_params(n_estimators=3, max_depth=2)
    assert isinstance(estimator, Pipeline)
    assert estimator.get_params()["n_estimators"] == 3
    assert estimator.named_steps["model"].max_depth == 2
    search = GridSearchCV(estimator, {"n_estimators": [1, 2]}, cv=2).fit(iris().X, iris().y)
    assert set(search.cv_results_["params"][0]) == {"n_estimators"}
    with pytest.raises(ValueError, match="Invalid parameter 'trees'"):
        estimator.set_params(trees=3)


def test_a_users_estimator_is_used_as_it_is() -> None:
    """Numbers without gaps need nothing before the model, so nothing is put there."""
    assert type(Problem(stump(), iris(), 0).estimator).__name__ == "Stump"


def test_a_regressor_is_a_problem_too() -> None:
    """A regressor is split unstratified and has no confusion matrix."""
    generator = np.random.default_rng(0)
    X = generator.normal(size=(60, 2))
    data = Dataset("line", X, X @ np.array([1.0, 2.0]))
    problem = Problem(Model("ridge", Ridge(), {"alpha": (0.01, 10.0)}), data, 0, Protocol(metric="r2"))
    problem.check()
    assert problem.default_test_score > 0.9
    assert problem.confusion_matrix(problem.fit({})) is None


@pytest.mark.parametrize(
    ("protocol", "labels", "message"),
    [
        (Protocol(metric="acuracy"), [0, 1] * 20, "unknown metric 'acuracy': did you mean accuracy"),
        (Protocol(metric="roc_auc"), [0, 1] * 20, "metric 'roc_auc' does not fit stump on d"),
        (Protocol(metric="f1"), [0, 1, 2, 1] * 10, "metric 'f1' does not fit stump on d"),
        (Protocol(folds=4), [0] * 37 + [1] * 3, "class '1' has 3 rows: expected at least 5"),
        (Protocol(test_size=0.5), [0] * 34 + [1] * 6, "a class has 3 training rows for 4 folds"),
        (
            Protocol(rows=6),
            [0] * 35 + [1] * 5,
            "dataset 'd' cannot be split at seed 0: The least populated class",
        ),
    ],
)
def test_problems_that_cannot_be_measured_are_refused(protocol: Protocol, labels: list[int], message: str) -> None:
    """The error names the metric or the class, and what was expected."""
    X = np.random.default_rng(0).normal(size=(40, 4))
    with pytest.raises(TuningError, match=message):
        Problem(stump(), Dataset("d", X, np.array(labels)), 0, protocol).check()


def test_model_names_what_the_estimator_lacks() -> None:
    """A space, a method's own space or a guess with an unknown name is refused."""
    message = "model 'tree': DecisionTreeClassifier has no hyperparameter 'depth': it has ccp_alpha"
    for named in ({"space": {"depth": [1]}}, {"space": {"max_depth": [1]}, "guesses": ({"depth": 1},)}):
        with pytest.raises(TuningError, match=message):
            Model("tree", DecisionTreeClassifier(), **named)
    with pytest.raises(TuningError, match="expected a scikit-learn estimator"):
        Model("tree", "no estimator", {"a": [1]})


def test_article_problem_reproduces_the_leak() -> None:
    """The article's problem standardises all rows first, and splits as its one line does."""
    from tuners.article import ArticleProblem

    problem = ArticleProblem(stump(), iris(), 101)
    everything = np.concatenate([problem.split.X_train, problem.split.X_test])
    assert np.allclose(everything.mean(axis=0), 0)
    assert np.allclose(np.sort(everything, axis=0), np.sort(StandardScaler().fit_transform(iris().X), axis=0))
