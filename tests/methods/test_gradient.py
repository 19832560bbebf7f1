"""Gradient descent on the validation loss: its derivative against finite differences, and its descent."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_iris
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.metrics import log_loss
from sklearn.preprocessing import LabelBinarizer

from tuners import Budget, NotApplicableError, Problem, Protocol
from tuners.catalog import DATASETS, MODELS
from tuners.execution.here import measure
from tuners.methods import gradient
from tuners.methods._hypergradients import Rows
from tuners.methods._hypergradients.kinds import KINDS, LOG, LOGIT, Kind, kind_of
from tuners.spaces import as_space


def loss(model: Any, train: Rows, validation: Rows) -> float:
    """Return the validation loss by scikit-learn's own words."""
    model.fit(train.X, train.y, sample_weight=train.weights)
    if isinstance(model, LogisticRegression):
        return float(log_loss(validation.y, model.predict_proba(validation.X), sample_weight=validation.weights))
    if isinstance(model, Ridge):
        errors = (model.predict(validation.X) - validation.y)[:, None]
    else:
        signs = LabelBinarizer(neg_label=-1).fit(train.y).transform(validation.y)
        errors = model.decision_function(validation.X).reshape(signs.shape) - signs
    return float(np.average((errors**2).sum(axis=1), weights=validation.weights))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("intercept", [False, True])
@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("made", [LogisticRegression, Ridge, RidgeClassifier])
def test_the_derivative_is_that_of_finite_differences(made: Any, classes: int, intercept: bool, weighted: bool) -> None:
    """To a relative 1e-4, for two classes and three, with and without intercept and weights."""
    X, y = load_diabetes(return_X_y=True) if made is Ridge else load_iris(return_X_y=True)
    kept = np.arange(len(y))[:150] if made is Ridge else np.flatnonzero(y >= 3 - classes)
    X, y = X[kept] - X.mean(axis=0), y[kept]
    shares = np.random.default_rng(0).uniform(0.5, 2, len(y)) if weighted else None
    train, validation = (Rows(X[part::2], y[part::2], None if shares is None else shares[part::2]) for part in (0, 1))
    kind = KINDS["sklearn", made.__name__]
    penalty = next(iter(kind.along))
    for at in (0.1, 1.0, 10.0):
        tight = {"solver": "newton-cg", "tol": 1e-10, "max_iter": 10_000} if made is LogisticRegression else {}
        models = [made(fit_intercept=intercept, **tight, **{penalty: at * math.exp(by)}) for by in (-1e-3, 0.0, 1e-3)]
        expected = (loss(models[2], train, validation) - loss(models[0], train, validation)) / 2e-3
        assert kind.slopes(models[1], train, validation, [penalty]) == pytest.approx(expected, rel=1e-4, abs=1e-8)


@pytest.mark.parametrize("name", ["logistic", "ridge"])
def test_the_budget_is_spent_in_the_space_and_the_seed_makes_the_trials(name: str) -> None:
    """Every step is a trial within the bounds; the same seed makes the same trials."""
    on = Problem(MODELS.load(name)(), DATASETS.load("iris")(None), 0, Protocol(folds=2, rows=75))
    one, two = (measure("gradient", gradient.tune, on, Budget(12)) for _ in range(2))
    points = [next(iter(trial.params.values())) for trial in one.trials]
    assert len(points) == 12
    assert all(1e-4 <= point <= 1e4 for point in points)
    assert points == [next(iter(trial.params.values())) for trial in two.trials]


@pytest.mark.parametrize("name", ["forest", "svm"])
def test_a_model_without_derivative_is_refused(name: str) -> None:
    """The reason names the model."""
    with pytest.raises(NotApplicableError, match="no derivative of the validation loss|piecewise constant"):
        gradient.check(MODELS.load(name)())


def test_a_range_that_has_no_logarithm_is_refused() -> None:
    """So is one that has no derivative: listed values, and parameters that the derivative does not hold for."""
    for space, message in (
        ({"C": [0.1, 1.0]}, "expected a range of positive numbers for C of LogisticRegression"),
        ({"C": (0.0, 1.0)}, "expected a range of positive numbers for C of LogisticRegression"),
        ({"C": (0.1, 1.0), "solver": ["lbfgs", "saga"]}, "holds for solver of 'lbfgs' or 'newton-cg'"),
    ):
        with pytest.raises(NotApplicableError, match=message):
            kind_of(LogisticRegression(), as_space(space))


def descended(space: Any, begin: dict[str, float], slopes: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the points of one descent with these slopes at a point, (hyperparameters,)."""
    kind = Kind({"rate": LOG, "share": LOGIT}, slopes=slopes, needed={}, own=dict)
    points: list[Any] = []
    monkeypatch.setattr(gradient, "hypergradients", lambda _, __, point, names: slopes(point, names))
    asked: Any = SimpleNamespace(space=as_space(space), score=points.append, objective=None)
    gradient.descend(asked, kind, begin)
    return points


def test_each_hyperparameter_has_its_own_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bowl in a logarithm and a logit is descended to its bottom, or to the end of a range that is nearest to it."""

    def slopes(point: Any, names: Any) -> Any:
        rate, share = math.log(point["rate"] / 0.03), math.log(point["share"] / (1 - point["share"]))
        found = {"rate": 2 * rate + share / 2, "share": 200 * share + rate / 2}
        return np.array([found[name] for name in names])

    begin = {"rate": 0.9, "share": 0.1}
    points = descended({"rate": (1e-3, 1.0, "log"), "share": (0.01, 0.9)}, begin, slopes, monkeypatch)
    assert points[-1] == pytest.approx({"rate": 0.03, "share": 0.5}, rel=0.02)
    points = descended({"rate": (0.1, 1.0, "log"), "share": (0.01, 0.9)}, begin, slopes, monkeypatch)
    assert points[-1]["rate"] == 0.1
    assert points[-1]["share"] == pytest.approx(0.5, rel=0.02)
    assert all(0.1 <= point["rate"] <= 1.0 for point in points)


def test_a_descent_ends_where_there_is_no_derivative(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where training has diverged."""
    begin = {"rate": 0.9}
    assert descended({"rate": (1e-3, 1.0, "log")}, begin, lambda *_: np.array([math.nan]), monkeypatch) == [begin]
