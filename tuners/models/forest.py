"""A random forest with the article's hyperparameters and ranges."""

from __future__ import annotations

import numpy as np
from ConfigSpace import Categorical, ConfigurationSpace, OrdinalHyperparameter
from sklearn.ensemble import RandomForestClassifier

from tuners.task.model import Model

TREES = (151, 1200)
"""Smallest and largest `n_estimators` of the article; ten values, evenly spread."""


def space(trees: tuple[int, int] = TREES) -> ConfigurationSpace:
    """Return the article's random-search space, 10,560 candidates.

    `max_features="auto"` of the article's day is today's `"sqrt"`. None is the deepest `max_depth`.
    """
    depths = [int(depth) for depth in np.linspace(10, 1200, 10)]
    result = ConfigurationSpace()
    result.add(
        Categorical("criterion", ["gini", "entropy"]),
        OrdinalHyperparameter("max_depth", [*depths, None]),
        Categorical("max_features", ["sqrt", "log2", None]),
        OrdinalHyperparameter("min_samples_leaf", [4, 6, 8, 12]),
        OrdinalHyperparameter("min_samples_split", [5, 7, 10, 14]),
        OrdinalHyperparameter("n_estimators", _counts(trees)),
    )
    return result


def _counts(trees: tuple[int, int]) -> list[int]:
    return [int(count) for count in np.linspace(*trees, 10)]


def model(trees: tuple[int, int] = TREES) -> Model:
    """Return the forest; `trees` are the smallest and largest `n_estimators`."""
    searched = space(trees)
    counts = _counts(trees)

    def guess(**params: object) -> dict[str, object]:
        usual = {
            "criterion": "gini",
            "max_depth": None,
            "max_features": "sqrt",
            "min_samples_leaf": 4,
            "min_samples_split": 5,
            "n_estimators": counts[3],
        }
        return {**usual, **params}

    return Model(
        "forest",
        # One thread: on small data a forest's own threads cost more than they save, and the order in
        # which they sum probabilities changes the last bit.
        RandomForestClassifier(n_jobs=1),
        searched,
        # What people try: the article's second guess (200 trees, log2, large leaves) as near as the
        # space has it, then more trees, entropy, all features, shallow trees.
        guesses=(
            guess(max_features="log2", min_samples_leaf=12, n_estimators=counts[1]),
            guess(),
            guess(n_estimators=counts[-1]),
            guess(criterion="entropy"),
            guess(max_features=None),
            guess(max_depth=10),
        ),
        scale=True,
    )
