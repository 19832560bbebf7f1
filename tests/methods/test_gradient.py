"""Gradient descent on the validation loss: its derivative against finite differences, and its descent."""

from __future__ import annotations

import math
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
    kind = gradient.KINDS[made]
    for at in (0.1, 1.0, 10.0):
        tight = {"solver": "newton-cg", "tol": 1e-10, "max_iter": 10_000} if made is LogisticRegression else {}
        models = [
            made(fit_intercept=intercept, **tight, **{kind.penalty: at * math.exp(by)}) for by in (-1e-3, 0.0, 1e-3)
        ]
        expected = (loss(models[2], train, validation) - loss(models[0], train, validation)) / 2e-3
        assert kind.slope(models[1], train, validation) == pytest.approx(expected, rel=1e-4, abs=1e-8)


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
