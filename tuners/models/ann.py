"""The article's neural network: two dense layers and dropout, Keras on TensorFlow, one compiled model for many fits."""

from __future__ import annotations

from typing import Any

from ConfigSpace import Categorical, ConfigurationSpace, OrdinalHyperparameter

from tuners.models._network import NetworkClassifier, NetworkRegressor
from tuners.task.model import Model

EPOCHS = 80
BATCH_SIZE = 40


def space() -> ConfigurationSpace:
    """Return the article's space, 90 candidates."""
    result = ConfigurationSpace()
    result.add(
        Categorical("activation", ["softmax", "relu", "tanh", "sigmoid", "linear"]),
        OrdinalHyperparameter("neurons", [5, 10, 15, 25, 35, 50]),
        Categorical("optimizer", ["SGD", "Adam", "Adamax"]),
    )
    return result


def model(epochs: int = EPOCHS, batch_size: int = BATCH_SIZE, *, any_size: bool = False) -> Model:
    """Return the network, trained for `epochs` in batches of `batch_size` rows in each fit.

    `any_size` trains all numbers of neurons in the same graphs: sooner where there are few epochs.
    """
    effort: dict[str, Any] = {"epochs": epochs, "batch_size": batch_size, "any_size": any_size}
    return searched("ann", NetworkClassifier(**effort), NetworkRegressor(**effort))


def searched(name: str, estimator: Any, regressor: Any) -> Model:
    """Return a model of that name with the article's space and a person's guesses."""
    usual = {"activation": "relu", "neurons": 15, "optimizer": "Adam"}
    return Model(
        name,
        estimator,
        space(),
        # What people try: a wider network, then another activation, then another optimizer.
        guesses=(
            {**usual, "neurons": 25},
            {**usual, "neurons": 50},
            {**usual, "neurons": 25, "activation": "tanh"},
            {**usual, "neurons": 25, "optimizer": "Adamax"},
        ),
        scale=True,
        regressor=regressor,
    )
