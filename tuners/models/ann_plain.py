"""The network of `ann` by scikeras, which builds, compiles and traces a model for each fit: what plain Keras costs.

TensorFlow keeps about 7 MB of each network that was ever trained so in a process (keras-team/keras issue 17458).
"""

from __future__ import annotations

from typing import Any

from sklearn.utils import RegressorTags

from tuners.errors import require
from tuners.models._network import NUMBER, Standard, layers, loss
from tuners.models.ann import BATCH_SIZE, EPOCHS, searched, space
from tuners.task.model import Model

require("scikeras", extra="ann")

from scikeras.wrappers import KerasClassifier, KerasRegressor  # noqa: E402  after the check


def network(meta: dict[str, Any], compile_kwargs: dict[str, Any], neurons: int, activation: str) -> Any:
    """Build and compile the network for the data's features and classes; `meta` is scikeras'."""
    classes = meta.get("n_classes_", NUMBER)
    result = layers(meta["n_features_in_"], classes, neurons, activation)
    result.compile(optimizer=compile_kwargs["optimizer"], loss=loss(classes))
    return result


class StandardisedRegressor(KerasRegressor):
    """scikeras' regressor of a target that is standardised by the rows it is trained on."""

    def __sklearn_tags__(self) -> Any:
        """Say that it is a regressor, which scikeras' own tags do not."""
        tags = super().__sklearn_tags__()
        tags.estimator_type, tags.regressor_tags = "regressor", RegressorTags()
        return tags

    def fit(self, X: Any, y: Any, sample_weight: Any = None, **kwargs: Any) -> StandardisedRegressor:
        """Train on X (rows, features) and numbers y (rows,)."""
        self.standard_ = Standard.of(y)
        super().fit(X, self.standard_.of_numbers(y), sample_weight=sample_weight, **kwargs)
        return self

    def predict(self, X: Any, **kwargs: Any) -> Any:
        """Return the numbers, (rows,)."""
        return self.standard_.back(super().predict(X, **kwargs))


def model(epochs: int = EPOCHS, batch_size: int = BATCH_SIZE) -> Model:
    """Return the network, trained for `epochs` in batches of `batch_size` rows in each fit."""
    usual: dict[str, Any] = {
        "model": network, "neurons": 15, "activation": "relu", "optimizer": "Adam", "epochs": epochs,
        "batch_size": batch_size, "verbose": 0, "random_state": 0,
    }  # fmt: skip
    return searched("ann_plain", KerasClassifier(**usual), StandardisedRegressor(**usual), space())
