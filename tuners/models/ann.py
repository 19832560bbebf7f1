"""The article's neural network: two dense layers and dropout, Keras on TensorFlow, one compiled model for many fits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ConfigSpace import Categorical, ConfigurationSpace, Float, OrdinalHyperparameter

from tuners.models._network import NetworkClassifier, NetworkRegressor
from tuners.task.model import Model

EPOCHS = 80
BATCH_SIZE = 40


def space(*, continuous: bool = False) -> ConfigurationSpace:
    """Return the article's space, 90 candidates; `continuous` adds the ranges of three rates.

    The ranges are those of Auto-PyTorch (Zimmer et al. 2021), whose dropout of 0 to 1 is narrowed to where its logit is
    no large number.
    """
    result = ConfigurationSpace()
    result.add(
        Categorical("activation", ["softmax", "relu", "tanh", "sigmoid", "linear"]),
        OrdinalHyperparameter("neurons", [5, 10, 15, 25, 35, 50]),
        Categorical("optimizer", ["SGD", "Adam", "Adamax"]),
    )
    if continuous:
        result.add(
            Float("learning_rate", (1e-4, 1e-1), log=True),
            Float("weight_decay", (1e-5, 1e-1), log=True),
            Float("dropout", (0.05, 0.8)),
        )
    return result


def model(
    epochs: int = EPOCHS, batch_size: int = BATCH_SIZE, *, any_size: bool = False, continuous: bool = False
) -> Model:
    """Return the network, trained for `epochs` in batches of `batch_size` rows in each fit.

    `any_size` trains all numbers of neurons in the same graphs: sooner where there are few epochs. `continuous` has all
    methods search the learning rate, the weight decay and the dropout, too, as `gradient` does anyway.
    """
    effort: dict[str, Any] = {"epochs": epochs, "batch_size": batch_size, "any_size": any_size}
    made = NetworkClassifier(**effort), NetworkRegressor(**effort)
    # The article's values have no slope: the one method that follows it has ranges beside them.
    return searched("ann", *made, space(continuous=continuous), spaces={"gradient": space(continuous=True)})


def searched(
    name: str, estimator: Any, regressor: Any, space: ConfigurationSpace,
    *, spaces: Mapping[str, ConfigurationSpace] | None = None,
) -> Model:  # fmt: skip
    """Return a model of that name and space with a person's guesses."""
    usual = {"activation": "relu", "neurons": 15, "optimizer": "Adam"}
    return Model(
        name,
        estimator,
        space,
        # What people try: a wider network, then another activation, then another optimizer.
        guesses=(
            {**usual, "neurons": 25},
            {**usual, "neurons": 50},
            {**usual, "neurons": 25, "activation": "tanh"},
            {**usual, "neurons": 25, "optimizer": "Adamax"},
        ),
        spaces=spaces,
        scale=True,
        regressor=regressor,
    )
