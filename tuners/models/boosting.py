"""Gradient boosting by histograms: scikit-learn's own, which knows gaps and categories."""

from __future__ import annotations

from typing import Any

from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from tuners.models._spaces import chosen, counts
from tuners.task.model import Model

ITERATIONS = (20, 200)
"""Smallest and largest `max_iter`, in which scikit-learn's default 100 lies."""


def _space(iterations: tuple[int, int]) -> dict[str, Any]:
    """Return hyperparameters of auto-sklearn (its component for gradient boosting; Feurer et al. 2022).

    Its 512 iterations, at most, are a hyperparameter here. Its trees go to 2047 leaves, of 200 rows at the least, and
    its `l2_regularization` is logarithmic from 1e-10, where here it is linear, so that the default 0 lies in it. Its
    early stopping is left out.
    """
    return {
        "learning_rate": (0.01, 1.0, "log"),
        "max_iter": (*iterations, "log"),
        "max_leaf_nodes": (3, 255, "log"),
        "min_samples_leaf": (1, 100, "log"),
        "l2_regularization": (0.0, 1.0),
    }


def _listed(iterations: tuple[int, int]) -> dict[str, list[Any]]:
    return {
        "learning_rate": [0.03, 0.1, 0.3],
        "max_iter": counts(iterations),
        "max_leaf_nodes": [4, 8, 16, 31, 63],
        "min_samples_leaf": [2, 5, 10, 20, 40],
        "l2_regularization": [0.0, 1.0],
    }


def model(iterations: tuple[int, int] = ITERATIONS, *, finite: bool = False) -> Model:
    """Return the boosted trees; `iterations` are the fewest and the most; `finite` lists 600 candidates.

    Raises `TuningError` where no listed number of iterations lies between.
    """
    usual = {
        "learning_rate": 0.1, "max_iter": min(100, iterations[1]), "max_leaf_nodes": 31, "min_samples_leaf": 20,
        "l2_regularization": 0.0,
    }  # fmt: skip
    settings: dict[str, Any] = {"max_iter": usual["max_iter"], "early_stopping": False}
    return Model(
        "boosting",
        HistGradientBoostingClassifier(**settings),
        chosen(_space(iterations), _listed(iterations), finite=finite),
        # What people try: smaller trees, a smaller rate, both, larger leaves.
        guesses=(
            {**usual, "max_leaf_nodes": 8},
            {**usual, "learning_rate": 0.03},
            {**usual, "learning_rate": 0.03, "max_leaf_nodes": 16},
            {**usual, "min_samples_leaf": 40},
            {**usual, "min_samples_leaf": 5},
            {**usual, "l2_regularization": 1.0},
        ),
        regressor=HistGradientBoostingRegressor(**settings),
    )
