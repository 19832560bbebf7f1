"""A random forest of either task, whose space holds the default and what matters on small data; the article's space."""

from __future__ import annotations

import numpy as np
from ConfigSpace import Categorical, ConfigurationSpace, OrdinalHyperparameter
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

from tuners.task.model import Model

TREES = (10, 100)
"""Smallest and largest `n_estimators`, the largest scikit-learn's default; ten values, evenly spread."""
ARTICLE_TREES = (151, 1200)


def usual_space(trees: tuple[int, int] = TREES) -> ConfigurationSpace:
    """Return the model's space, 1,440 candidates, in which scikit-learn's default lies.

    The number of features at a split matters most, then the size of leaves (Probst, Wright and Boulesteix 2019,
    "Hyperparameters and tuning strategies for random forest"). None is the deepest `max_depth`.
    """
    result = ConfigurationSpace()
    result.add(
        OrdinalHyperparameter("max_depth", [3, 5, 8, None]),
        Categorical("max_features", ["sqrt", 0.25, 0.5]),
        OrdinalHyperparameter("min_samples_leaf", [1, 2, 4, 8]),
        OrdinalHyperparameter("min_samples_split", [2, 6, 12]),
        OrdinalHyperparameter("n_estimators", _counts(trees)),
    )
    return result


def space(trees: tuple[int, int] = ARTICLE_TREES) -> ConfigurationSpace:
    """Return the article's random-search space, 10,560 candidates; scikit-learn's default is none of them.

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


def regression_space(trees: tuple[int, int] = TREES) -> ConfigurationSpace:
    """Return the regressor's space, 360 candidates, in which scikit-learn's default lies.

    All features at a split are the default, a third of them Breiman's choice (2001, "Random forests", section 11). What
    a leaf has at the least says all that a split needs, too: noise in the target makes larger leaves worth trying.
    """
    result = ConfigurationSpace()
    result.add(
        OrdinalHyperparameter("max_depth", [4, 8, None]),
        Categorical("max_features", [0.33, 0.67, 1.0]),
        OrdinalHyperparameter("min_samples_leaf", [1, 3, 5, 10]),
        OrdinalHyperparameter("n_estimators", _counts(trees)),
    )
    return result


def model(trees: tuple[int, int] = TREES) -> Model:
    """Return the forest; `trees` are the smallest and largest `n_estimators`."""
    usual = {"max_depth": None, "min_samples_leaf": 1, "n_estimators": _counts(trees)[-1]}
    of_classes = {**usual, "max_features": "sqrt", "min_samples_split": 2}
    of_numbers = {**usual, "max_features": 1.0}
    # One thread: on small data a forest's own threads cost more than they save, and the order in which they sum
    # predictions changes the last bit.
    return Model(
        "forest",
        RandomForestClassifier(n_jobs=1),
        usual_space(trees),
        # What people try: more features at a split, larger leaves, fewer splits, shallow trees.
        guesses=(
            {**of_classes, "max_features": 0.5},
            {**of_classes, "max_features": 0.25},
            {**of_classes, "min_samples_leaf": 2},
            {**of_classes, "min_samples_leaf": 4},
            {**of_classes, "min_samples_split": 6},
            {**of_classes, "max_depth": 8},
        ),
        scale=True,
        regressor=Model(
            "forest",
            RandomForestRegressor(n_jobs=1),
            regression_space(trees),
            # What people try: fewer features at a split, larger leaves, both, shallow trees.
            guesses=(
                {**of_numbers, "max_features": 0.33},
                {**of_numbers, "min_samples_leaf": 5},
                {**of_numbers, "max_features": 0.33, "min_samples_leaf": 3},
                {**of_numbers, "min_samples_leaf": 3},
                {**of_numbers, "max_features": 0.67},
                {**of_numbers, "max_depth": 8},
            ),
            scale=True,
        ),
    )
