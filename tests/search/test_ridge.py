"""Ridge regression solved for all penalties at once is each penalty's own fit, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.linear_model import Ridge, RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.search.alone import estimators, same_answers
from tests.search.compared import both, rows
from tuners.search.families import Rows, ridge
from tuners.search.families.kept import KEPT

PENALTIES = [1e-4, 0.1, 1.0, 1, 30.0, 1e4]


CASES = st.fixed_dictionaries({
    "shape": st.tuples(st.integers(12, 120), st.integers(1, 40)),
    "target": st.sampled_from(["two", "three", "text", "several classes", "number", "column", "several numbers"]),
    "solver": st.sampled_from(["auto", "cholesky", "svd"]),
    "intercept": st.booleans(),
    "dtype": st.sampled_from([np.float64, np.float32, np.int64]),
    "order": st.sampled_from(["C", "F"]),
    "seed": st.integers(0, 2**31 - 1),
})  # fmt: skip


@pytest.mark.filterwarnings("ignore:An ill-conditioned matrix", "ignore:Singular matrix")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CASES)
def test_any_ridge(case: dict[str, Any]) -> None:
    """Whatever the rows, more features than rows among them, equal and constant columns, targets and solvers."""
    (count, features), target = case["shape"], case["target"]
    random = np.random.default_rng(case["seed"])
    X = random.normal(scale=4, size=(count + 10, features))
    X[:, random.random(features) < 0.1] = 2.0
    X[:, -1] = X[:, 0]
    X = np.asarray(X, dtype=case["dtype"], order=case["order"])
    classes = random.permutation(np.arange(count) % 3)
    numbers = random.normal(size=(count, 3))
    targets: dict[str, Any] = {
        "two": classes == 1,
        "three": classes,
        "text": np.array(["no", "perhaps", "yes"])[classes],
        "several classes": np.stack([classes == 1, classes == 2], axis=1).astype(int),
        "number": numbers[:, 0],
        "column": numbers[:, :1],
        "several numbers": numbers,
    }
    regresses = target in ("number", "column", "several numbers")
    model = Ridge if regresses else RidgeClassifier
    candidates = [model(penalty, solver=case["solver"], fit_intercept=case["intercept"]) for penalty in PENALTIES]
    fold = Rows(X[:count], targets[target], X[count:])
    same_answers(ridge.FAMILY, fold, candidates, ["predict"] if regresses else ["predict", "decision_function"])
    for candidate, shared in zip(candidates, estimators(ridge.FAMILY, fold, candidates), strict=True):
        own = candidate.fit(fold.X_train, fold.y_train)
        assert shared.get_params() == own.get_params()
        for name in ("coef_", "intercept_", "n_iter_", "solver_"):
            assert np.array_equal(getattr(shared, name), getattr(own, name)), name
            assert type(getattr(shared, name)) is type(getattr(own, name)), name


def test_searches() -> None:
    """Searches have scikit-learn's scores, behind a scaler, of frames, and of training rows, too."""
    X, y = rows(300, features=8, classes=3)
    frame = pd.DataFrame(X, columns=[f"feature {number}" for number in range(8)])
    grid = {"ridgeclassifier__alpha": PENALTIES, "ridgeclassifier__solver": ["auto", "svd", "lsqr"]}
    model = make_pipeline(StandardScaler(), RidgeClassifier())
    assert both(model, grid, frame, y, return_train_score=True).shared_.sum() >= 11
    X, y = rows(300, classes=0)
    assert both(Ridge(), {"alpha": PENALTIES, "fit_intercept": [True, False]}, X, y).shared_.sum() >= 11


def test_processes_have_the_threads_of_scikit_learns() -> None:
    """In two processes, too, the last bit is the same: BLAS sums in another order with another number of threads."""
    random = np.random.default_rng(0)
    X, y = random.normal(size=(200, 400)), random.normal(size=200)
    shared = both(Ridge(), {"alpha": np.logspace(-3, 3, 40).tolist()}, X, y, cv=3, n_jobs=2)
    assert shared.shared_.sum() >= len(shared.shared_) - 2


def test_what_other_solvers_read_is_shared_over() -> None:
    """A tolerance or a number of iterations makes no other product of the rows; a few are kept of each fold."""
    X, y = rows(count=100, classes=0)
    shared = both(Ridge(), {"alpha": [0.1, 1.0, 10.0], "tol": [1e-4, 1e-3], "max_iter": [None, 10]}, X, y)
    assert shared.shared_.sum() >= len(shared.shared_) - 2
    fold = Rows(X[:80], y[:80], X[80:], remember=True)
    for intercept in (True, False):
        for solver in ("auto", "cholesky", "svd"):
            member = Ridge(fit_intercept=intercept, solver=solver)
            plan = ridge.plan(Ridge, member.get_params(), 80, X.shape[1])
            assert plan is not None
            list(ridge.fitted([(plan, member)], fold, lambda: None))
    (systems,) = fold.memory.values()
    assert len(systems) == KEPT


def test_a_witness() -> None:
    """In a search of many penalties, two of them are evaluated both ways, and all are shared."""
    X, y = rows(100, classes=0)
    assert both(Ridge(), {"alpha": np.geomspace(1e-4, 1e4, 40)}, X, y).shared_.all()


def test_one_after_another() -> None:
    """A fold that remembers multiplies its rows once; a candidate alone is fitted as it is."""
    X, y = rows(200, classes=0)
    remembered = Rows(X[:150], y[:150], X[150:], remember=True)
    for penalty in PENALTIES:
        (shared,) = estimators(ridge.FAMILY, remembered, [Ridge(penalty)])
        assert np.array_equal(shared.coef_, Ridge(penalty).fit(X[:150], y[:150]).coef_)
    assert len(remembered.memory) == 1
    forgetful = Rows(X[:150], y[:150], X[150:])
    estimators(ridge.FAMILY, forgetful, [Ridge(2.0)])
    assert not forgetful.memory


def test_no_solution_by_cholesky() -> None:
    """Without a penalty the system may have no solution: scikit-learn's own fit answers, the others are shared."""
    X = np.repeat(np.arange(60.0)[:, np.newaxis] % 7, 3, axis=1)
    fold = Rows(X[:50], X[:50, 0], X[50:])
    candidates = [Ridge(alpha) for alpha in (1.0, 0.0, 10.0)]
    assert [each.fit(fold.X_train, fold.y_train).solver_ for each in candidates] == ["cholesky", "svd", "cholesky"]
    same_answers(ridge.FAMILY, fold, candidates, ["predict"])


@pytest.mark.parametrize(
    "model",
    [
        Ridge(positive=True),
        Ridge(solver="sag", random_state=1),
        Ridge(copy_X=False),
        RidgeClassifier(class_weight="balanced"),
    ],
    ids=str,
)
def test_what_is_left(model: Any) -> None:
    """Other ways of solving, weights of classes, and rows changed in place go through scikit-learn."""
    X, y = rows(classes=2)
    assert not both(model, {"alpha": PENALTIES}, X, y).shared_.any()


def test_penalties_that_scikit_learn_refuses() -> None:
    """A penalty for each target, a truth value, and numbers below 0 are scikit-learn's to judge."""
    params = Ridge().get_params(deep=False)
    for penalty in ([1.0], True, -1.0, np.nan, np.inf, "1"):
        assert ridge.plan(Ridge, {**params, "alpha": penalty}, 50, 3) is None
