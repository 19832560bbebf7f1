"""The hypergradients of the Keras network: the training that is unrolled, its derivatives, and a descent along them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.metrics import log_loss, mean_squared_error

pytest.importorskip("tensorflow", reason="tensorflow is not installed: pip install 'pytest-tuners[ann]'")

import tensorflow as tf

from tuners import Budget, Model, NotApplicableError, Problem, Protocol
from tuners.catalog import DATASETS
from tuners.execution.here import measure
from tuners.methods import gradient
from tuners.methods._hypergradients import Rows, network
from tuners.methods._hypergradients.kinds import kind_of
from tuners.models import ann
from tuners.models._network import Architecture, NetworkClassifier, NetworkRegressor, trainer
from tuners.spaces import as_space, contains

LOADERS = {"classes": load_iris, "two classes": load_breast_cancer, "number": load_diabetes}
OWN = {"learning_rate": 0.01, "weight_decay": 0.05, "dropout": 0.2}
EPOCHS, BATCH_SIZE = 25, 40


def rows(output: str, weighted: bool = False) -> tuple[Rows, Rows]:
    """Return 110 training rows and 50 validation rows, or 40."""
    X, y = LOADERS[output](return_X_y=True)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    random = np.random.default_rng(0)
    order = random.permutation(len(X))[:160]
    shares = random.uniform(0.5, 2, len(X)) if weighted else None
    parts = (Rows(X[of], y[of], None if shares is None else shares[of]) for of in (order[:110], order[110:]))
    return next(parts), next(parts)


def made(output: str, **params: Any) -> Any:
    """Return a network with rates of its own."""
    kind = NetworkRegressor if output == "number" else NetworkClassifier
    usual = {"neurons": 7, "epochs": EPOCHS, "batch_size": BATCH_SIZE, "random_state": 5}
    return kind(**{**usual, **OWN, **params})


def losses(model: Any, train: Rows, validation: Rows, shifts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the validation losses of copies with shifted rates, (copies,), by scikit-learn's own words."""
    model = clone(model)
    recipe = model.recipe(train.X, train.y)
    weights, _ = network.trained(recipe, shifts, ["dropout"] * len(shifts))
    found = []
    for one in range(len(shifts)):
        arrays = network._arrays(weights[one : one + 1], network._shapes(recipe))
        outputs = recipe.family.outputs(tf.constant(validation.X), arrays).numpy()[0]
        shares = validation.weights
        if isinstance(model, NetworkRegressor):
            predicted = model.standard_.back(outputs[:, 0])
            found.append(mean_squared_error(validation.y, predicted, sample_weight=shares))
        else:
            outputs = outputs if outputs.shape[1] > 1 else np.hstack([1 - outputs, outputs])
            found.append(log_loss(validation.y, outputs, sample_weight=shares))
    return np.array(found)


CASES = [
    ("classes", "Adam", "tanh"),
    ("two classes", "SGD", "relu"),
    *(
        pytest.param(*each, marks=pytest.mark.slow)  # each is a graph, which takes a second and more to trace
        for each in [
            ("number", "Adamax", "sigmoid"),
            ("number", "Adam", "linear"),
            ("classes", "SGD", "softmax"),
            ("two classes", "Adamax", "tanh"),
        ]
    ),
]


@pytest.mark.parametrize(("output", "optimizer", "activation"), CASES)
def test_the_derivatives_are_those_of_finite_differences(output: str, optimizer: str, activation: str) -> None:
    """To a relative 1e-4 in each rate, with weights of validation rows and without."""
    for weighted in (False, True):
        train, validation = rows(output, weighted)
        model = made(output, optimizer=optimizer, activation=activation)
        # Between kinks of relu, which longer steps would cross.
        step = 1e-7
        shifts = step * np.vstack([np.eye(3), -np.eye(3)])
        ends = losses(model, train, validation, shifts)
        expected = (ends[:3] - ends[3:]) / (2 * step)
        assert np.all(np.abs(expected) > 1e-6)
        found = network.slopes(model, train, validation, network.RATES)
        assert found == pytest.approx(expected, rel=1e-4)
        assert network.slopes(model, train, validation, ["dropout"]) == pytest.approx(found[2:], rel=1e-9)


@pytest.mark.parametrize(("output", "optimizer", "activation"), CASES)
def test_what_is_unrolled_is_keras_s_training(output: str, optimizer: str, activation: str) -> None:
    """It ends at the weights of Keras's own model with these rates, and at those of the fit, to a relative 1e-4."""
    train, _ = rows(output)
    model = made(output, optimizer=optimizer, activation=activation).fit(train.X, train.y)
    recipe = model.recipe(train.X, train.y)
    weights, _ = network.trained(recipe, np.zeros((1, 3)), ["dropout"])
    unrolled = [each.numpy()[0] for each in network._arrays(weights, network._shapes(recipe))]
    architecture = Architecture(
        train.X.shape[1], model._classes, model.neurons, activation, optimizer, BATCH_SIZE, *OWN.values()
    )
    for theirs in (trainer(architecture).fit(recipe.X, recipe.y, EPOCHS, 5), model.weights_):
        for one, other, begun in zip(unrolled, theirs, recipe.weights, strict=True):
            assert np.abs(one.reshape(other.shape) - other).max() < 1e-4 * np.abs(other).max()
            assert np.abs(other - begun.numpy()).max() > 1e-3


def test_validation_rows_of_an_unknown_class_are_left_out() -> None:
    """Their loss is infinite whatever the rates."""
    train, validation = rows("classes")
    some = train.y != 1
    train, known = Rows(train.X[some], train.y[some], None), validation.y != 1
    assert not known.all()
    model = made("classes", activation="tanh")
    found = network.slopes(model, train, validation, ["dropout"])
    assert found == pytest.approx(
        network.slopes(model, train, Rows(validation.X[known], validation.y[known], None), ["dropout"])
    )


def test_there_is_no_derivative_where_training_diverges() -> None:
    """It is NaN, or infinite."""
    train, validation = rows("number")
    wild = Rows(train.X * 1e12, train.y, None)
    model = made("number", activation="linear", optimizer="SGD")
    assert not np.isfinite(network.slopes(model, wild, validation, ["learning_rate"])).any()


@pytest.mark.slow
def test_the_derivative_in_dropout_is_that_of_the_expected_loss() -> None:
    """Over seeds, its mean is half to twice the difference of Keras's own dropouts; with masks held fixed, sevenfold.

    The approximation by mean and variance is 1.3 times the difference here.
    """
    train, validation = rows("classes")
    model = made("classes", activation="tanh", learning_rate=0.005, dropout=0.3, neurons=15, epochs=80)
    slopes = [
        network.slopes(clone(model).set_params(random_state=seed), train, validation, ["dropout"])[0]
        for seed in range(60)
    ]
    by = 0.4
    ends = [1 / (1 + np.exp(-(np.log(0.3 / 0.7) + each))) for each in (-by, by)]
    low, high = (
        [_log_loss(clone(model).set_params(random_state=seed, dropout=end), train, validation) for seed in range(180)]
        for end in ends
    )
    difference = (np.mean(high) - np.mean(low)) / (2 * by)
    assert 0.5 < np.mean(slopes) / difference < 2


def _log_loss(model: Any, train: Rows, validation: Rows) -> float:
    chances = model.fit(train.X, train.y).predict_proba(validation.X).astype(float)
    return float(log_loss(validation.y, chances / chances.sum(axis=1, keepdims=True)))


def test_a_descent_improves_on_its_start() -> None:
    """The first trial is the default, the second the nearest point of the ranges, and further ones score better."""
    on = Problem(
        ann.model(epochs=10), DATASETS.load("iris")(None), 0, Protocol(folds=2, rows=75, metric="neg_log_loss")
    )
    run = measure("gradient", gradient.tune, on, Budget(5), start="default")
    assert run.record.status == "ok", run.record.reason
    own = {"learning_rate": None, "weight_decay": 0.0, "dropout": 0.3}
    architecture = {"activation": "relu", "neurons": 15, "optimizer": "Adam"}
    default, begin, *further = run.trials
    assert default.params == {**architecture, **own}
    assert begin.params == {**architecture, "learning_rate": 0.001, "weight_decay": 1e-5, "dropout": 0.3}
    assert begin.score == pytest.approx(default.score, abs=1e-3)
    assert [trial.score > before.score for before, trial in zip([begin, *further], further, strict=False)] == [True] * 3
    space = on.model.space_for("gradient")
    assert all(contains(space, trial.params) for trial in (begin, *further))
    # Untrained for long, the network learns too slowly.
    assert further[-1].params["learning_rate"] > 0.002


def test_what_has_no_derivative_is_refused() -> None:
    """The reason names the hyperparameters that have one."""
    usual = {"learning_rate": (1e-4, 1e-1, "log")}
    for space, message in (
        ({"neurons": [5, 10]}, "a range of positive numbers for learning_rate or weight_decay or dropout of Network"),
        ({"dropout": (0.0, 0.5)}, "a range inside of 0 to 1 for dropout of NetworkClassifier"),
        ({**usual, "optimizer": ["Adam", "RMSprop"]}, "holds for optimizer of 'SGD' or 'Adam' or 'Adamax' only"),
    ):
        with pytest.raises(NotApplicableError, match=message):
            kind_of(NetworkClassifier(), as_space(space))
    gradient.check(Model("mine", NetworkClassifier(), {**usual, "neurons": [5, 10]}))
