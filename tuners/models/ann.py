"""The article's neural network: two dense layers and dropout, Keras on TensorFlow by scikeras."""

from __future__ import annotations

import os
from typing import Any

from ConfigSpace import Categorical, ConfigurationSpace, OrdinalHyperparameter

from tuners.errors import require
from tuners.model import Model

require("tensorflow", "scikeras", extra="ann")
# Both are read once, when TensorFlow is imported: its start-up log, and the backend Keras takes.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras  # noqa: E402  after the environment it reads
from scikeras.wrappers import KerasClassifier  # noqa: E402  likewise

EPOCHS = 80
BATCH_SIZE = 40
DROPOUT = 0.3


def network(meta: dict[str, Any], compile_kwargs: dict[str, Any], neurons: int, activation: str) -> Any:
    """Build and compile the network for the data's features and classes.

    `meta` is scikeras': `n_features_in_` inputs; one sigmoid output for two classes, one softmax
    output a class for more.
    """
    classes = meta["n_classes_"]
    binary = classes == 2
    layers = [
        keras.layers.Input((meta["n_features_in_"],)),
        keras.layers.Dense(neurons, activation=activation),
        keras.layers.Dense(neurons, activation=activation),
        keras.layers.Dropout(DROPOUT),
        keras.layers.Dense(1 if binary else classes, activation="sigmoid" if binary else "softmax"),
    ]
    result = keras.Sequential(layers)
    result.compile(
        optimizer=compile_kwargs["optimizer"],
        loss="binary_crossentropy" if binary else "sparse_categorical_crossentropy",
    )
    return result


def space() -> ConfigurationSpace:
    """Return the article's space, 90 candidates."""
    result = ConfigurationSpace()
    result.add(
        Categorical("activation", ["softmax", "relu", "tanh", "sigmoid", "linear"]),
        OrdinalHyperparameter("neurons", [5, 10, 15, 25, 35, 50]),
        Categorical("optimizer", ["SGD", "Adam", "Adamax"]),
    )
    return result


def model(epochs: int = EPOCHS, batch_size: int = BATCH_SIZE) -> Model:
    """Return the network, trained for `epochs` in batches of `batch_size` rows in each fit."""
    estimator = KerasClassifier(
        model=network,
        neurons=15,
        activation="relu",
        optimizer="Adam",
        epochs=epochs,
        batch_size=batch_size,
        verbose=0,
        random_state=0,
    )
    usual = {"activation": "relu", "neurons": 15, "optimizer": "Adam"}
    return Model(
        "ann",
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
    )
