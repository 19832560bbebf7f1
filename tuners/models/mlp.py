"""A multi-layer perceptron: scikit-learn's, trained by Adam."""

from __future__ import annotations

import warnings
from typing import Any

from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor

from tuners.models._spaces import chosen
from tuners.task.model import Model
from tuners.task.standardised import StandardisedTarget

EPOCHS = 200
"""scikit-learn's `max_iter`."""
SPACE: dict[str, Any] = {
    "hidden_layer_sizes": [
        *[(width,) * depth for depth in (1, 2, 3) for width in (16, 32, 64, 128, 256)],
        (100,),
    ],
    "activation": ["relu", "tanh"],
    "alpha": (1e-5, 1.0, "log"),
    "learning_rate_init": (1e-4, 0.5, "log"),
}
"""Those of auto-sklearn (its component for perceptrons; Feurer et al. 2022, "Auto-sklearn 2.0"), whose 16 to 264 units
in each of 1 to 3 layers are listed here, with the scikit-learn default of 100."""
LISTED: dict[str, list[Any]] = {
    "hidden_layer_sizes": [(16,), (32,), (100,), (32, 32), (100, 100)],
    "activation": ["relu", "tanh"],
    "alpha": [1e-5, 1e-4, 1e-3, 1e-2, 0.1],
    "learning_rate_init": [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2],
}


class _Quiet:
    """Trains without the warning that the epochs are used up, which is what they are tuned with."""

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Train on X (rows, features) and y (rows,)."""
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Stochastic Optimizer", ConvergenceWarning)
            return super().fit(X, y, sample_weight=sample_weight)  # type: ignore[misc]  # scikit-learn's, beside it


class PerceptronClassifier(_Quiet, MLPClassifier):
    """scikit-learn's, which says nothing of epochs that are used up."""


class PerceptronRegressor(_Quiet, MLPRegressor):
    """scikit-learn's, which says nothing of epochs that are used up."""


def model(epochs: int = EPOCHS, *, finite: bool = False) -> Model:
    """Return the perceptron, trained for at most `epochs`; `finite` lists 300 candidates, the default among them."""
    usual = {"hidden_layer_sizes": (100,), "activation": "relu", "alpha": 1e-4, "learning_rate_init": 1e-3}
    return Model(
        "mlp",
        PerceptronClassifier(max_iter=epochs),
        chosen(SPACE, LISTED, finite=finite),
        # What people try: a faster rate, more penalty, fewer units, two layers.
        guesses=(
            {**usual, "learning_rate_init": 1e-2},
            {**usual, "alpha": 1e-2},
            {**usual, "hidden_layer_sizes": (32,)},
            {**usual, "hidden_layer_sizes": (32, 32)},
            {**usual, "hidden_layer_sizes": (32, 32), "learning_rate_init": 1e-2},
        ),
        scale=True,
        regressor=StandardisedTarget(PerceptronRegressor(max_iter=epochs)),
    )
