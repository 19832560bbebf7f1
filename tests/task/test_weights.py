"""Weights of rows: in every fit and in every score, whatever evaluates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import config_context
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from xgboost import XGBClassifier

from tests.estimators import stump
from tuners import Budget, Dataset, Model, Objective, Problem, Protocol, TuningError
from tuners.catalog import MODELS, TUNERS
from tuners.evaluation.contract import Training
from tuners.evaluation.plain import Plain
from tuners.execution.here import measure
from tuners.task import fitting
from tuners.task.address import address

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(120, 3))
Y = np.where(X[:, 0] + RANDOM.normal(size=120) > 0, "yes", "no")
WEIGHTS = RANDOM.integers(1, 5, 120).astype(float)
TREE = Model("tree", DecisionTreeClassifier(), {"max_depth": [1, 2, 3, 4]})


def weighted(model: Model = TREE, weights: Any = WEIGHTS, **roles: Any) -> Problem:
    """Return a problem whose rows have weights."""
    return Problem(model, Dataset("w", X, Y, positive="yes", weights=weights, **roles), 0, Protocol(folds=3))


def by_hand(on: Problem, **params: Any) -> list[float]:
    """Return fold scores and test score, computed without the package."""
    split, scores = on.split, []
    w = on.dataset.weights
    assert w is not None
    w_train, w_test = w[split.train_rows], w[split.test_rows]
    apart = [(X[split.train_rows], Y[split.train_rows], w_train, fit, part) for fit, part in on.folds]
    for rows, labels, weights, fit, part in apart:
        fitted = clone(DecisionTreeClassifier(random_state=0, **params)).fit(rows[fit], labels[fit], weights[fit])
        scores.append(accuracy_score(labels[part], fitted.predict(rows[part]), sample_weight=weights[part]))
    fitted = DecisionTreeClassifier(random_state=0, **params).fit(split.X_train, split.y_train, w_train)
    return [*scores, accuracy_score(split.y_test, fitted.predict(split.X_test), sample_weight=w_test)]


@pytest.mark.parametrize("evaluation", ["plain", "shared", "recorded"])
@pytest.mark.parametrize("tuner", ["grid", "exhaustive", "random"])
def test_every_evaluation_fits_and_scores_with_weights(evaluation: str, tuner: str, tmp_path: Path) -> None:
    """Fold scores and the winner's test score are those of weighted rows, also of scikit-learn's own searches."""
    on = weighted()
    run = measure(tuner, TUNERS.load(tuner), on, Budget(4), evaluation=evaluation, tables=tmp_path)
    assert len(run.trials) == 4
    for trial in run.trials:
        *folds, test = by_hand(on, **trial.params)
        assert trial.fold_scores == pytest.approx(folds)
        if trial.params == run.record.best_params:
            assert run.record.test_score == pytest.approx(test)


def test_folds_in_processes_are_weighted_alike() -> None:
    """The scores of several jobs are those of one."""
    training = Training.of(weighted())
    assert Plain(training, jobs=2).evaluate({}).fold_scores == Plain(training).evaluate({}).fold_scores


@settings(max_examples=10)
@given(st.lists(st.integers(0, 3), min_size=120, max_size=120).filter(any))
def test_a_weight_of_n_is_a_row_n_times(weights: list[int]) -> None:
    """A fit with whole weights is the fit of rows that are repeated."""
    ridge = Ridge(alpha=1.0, solver="cholesky")
    one = fitting.fit(clone(ridge), X, X[:, 1], {"sample_weight": np.array(weights, dtype=float)})
    rows = np.repeat(np.arange(120), weights)
    other = fitting.fit(clone(ridge), X[rows], X[rows, 1], {})
    assert np.allclose(one.predict(X), other.predict(X), atol=1e-8)


def test_equal_weights_change_no_score() -> None:
    """Rows that all weigh the same are scored as rows without weights."""
    plain = Problem(TREE, Dataset("w", X, Y), 0, Protocol(folds=3))
    equal = weighted(weights=np.ones(120))
    assert Plain(Training.of(equal)).evaluate({}).fold_scores == Plain(Training.of(plain)).evaluate({}).fold_scores


def test_the_address_tells_weights() -> None:
    """A table of weighted rows is another than one of rows without; without, nothing is said of weights."""
    plain = address(Problem(TREE, Dataset("w", X, Y), 0, Protocol(folds=3)))
    one, other = address(weighted()), address(weighted(weights=WEIGHTS + 1))
    assert one["weights and roles of rows"] != other["weights and roles of rows"]
    assert "weights and roles of rows" not in plain
    assert {name: one[name] for name in plain} == plain


@pytest.mark.parametrize(
    "estimator",
    [
        LogisticRegression(),
        make_pipeline(StandardScaler(), LogisticRegression()),
        Pipeline([("inner", make_pipeline(StandardScaler(), XGBClassifier(n_estimators=2)))]),
        HistGradientBoostingClassifier(max_iter=2),
    ],
)
def test_weights_reach_the_last_step(estimator: Any) -> None:
    """A pipeline's model is fitted with weights, without anything being requested, labels of text or not."""
    names = list(estimator.get_params())
    model = Model("m", estimator, {names[-1]: [estimator.get_params()[names[-1]]]})
    one, other = weighted(model), weighted(model, np.where(Y == "yes", 100.0, 1.0))
    shares = [np.mean(on.fit({}).predict(X) == "yes") for on in (one, other)]
    assert shares[1] > shares[0]


def test_requested_weights_are_routed() -> None:
    """A pipeline of the user's own says which of its steps get weights."""
    with config_context(enable_metadata_routing=True):
        scaler = StandardScaler().set_fit_request(sample_weight=True)
        model = LogisticRegression().set_fit_request(sample_weight=False)
    on = weighted(Model("own", make_pipeline(scaler, model), {"logisticregression__C": [0.1, 1.0]}))
    fitted = on.fit({})
    train = on.split.train_rows
    assert np.allclose(fitted[0].mean_, np.average(X[train], axis=0, weights=WEIGHTS[train]))
    unweighted = LogisticRegression(random_state=0).fit(fitted[0].transform(X[train]), Y[train])
    assert np.allclose(fitted[1].coef_, unweighted.coef_)


def test_an_estimator_without_weights_is_refused() -> None:
    """The line names model, estimator and dataset, and says what to do."""
    knn = Model("neighbours", KNeighborsClassifier(), {"n_neighbors": [1, 2]})
    with pytest.raises(
        TuningError, match="model 'neighbours': KNeighborsClassifier does not take sample weights"
    ) as caught:
        weighted(knn).check()
    assert "\n" not in str(caught.value)
    assert "set_fit_request(sample_weight=True)" in str(caught.value)


def test_a_metric_without_weights_is_refused() -> None:
    """A scorer that cannot weigh rows is named before the first run."""
    data = Dataset("w", X, X[:, 0] * 2.5 + 0.25, weights=WEIGHTS)
    ridge = Model("ridge", Ridge(), {"alpha": [0.1, 1.0]})
    with pytest.raises(TuningError, match="metric 'neg_max_error' does not fit ridge on w: it takes no sample weights"):
        Problem(ridge, data, 0, Protocol(metric="neg_max_error")).check()


def test_a_search_of_another_class_is_refused() -> None:
    """Its candidates may be others than those it lists, and scikit-learn would score them without weights."""

    class Own(GridSearchCV):
        pass

    objective = Objective(weighted(), "own", Budget(4))
    with pytest.raises(TuningError, match="expected GridSearchCV or RandomizedSearchCV where rows have weights"):
        objective.search(Own(objective.estimator, {"max_depth": [1, 2]}))


def test_built_in_models_that_take_weights_are_tuned() -> None:
    """The forest is fitted with weights behind its preprocessing."""
    on = weighted(MODELS.load("forest")(trees=(2, 12)))
    on.check()
    assert measure("default", TUNERS.load("default"), on, Budget(1)).record.ok
    assert not fitting.takes_weights(stump().estimator)
