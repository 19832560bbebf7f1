"""Extremely randomised trees (Geurts, Ernst and Wehenkel 2006), a forest whose splits are drawn."""

from __future__ import annotations

from typing import Any

from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

from tuners.models._spaces import chosen
from tuners.spaces import when
from tuners.task.model import Model

TREES = (10, 100)
"""Smallest and largest `n_estimators`, the largest scikit-learn's default."""


def _space(trees: tuple[int, int]) -> dict[str, Any]:
    """Return features and rows at a split as TabArena has them (Erickson et al. 2025), leaves, and bootstrap samples.

    How many rows a sample has counts only where there are samples; leaves and samples of forests are tuned in Probst,
    Wright and Boulesteix 2019, "Hyperparameters and tuning strategies for random forest".
    """
    return {
        "max_features": ["sqrt", 0.5, 0.75, 1.0],
        "min_samples_split": (2, 32, "log"),
        "min_samples_leaf": (1, 20, "log"),
        "bootstrap": [False, True],
        "max_samples": when((0.3, 1.0), bootstrap=True),
        "n_estimators": trees,
    }


def _listed(trees: tuple[int, int]) -> dict[str, list[Any]]:
    return {
        "max_features": ["sqrt", 0.5, 0.75, 1.0],
        "min_samples_split": [2, 4, 8, 16, 32],
        "min_samples_leaf": [1, 2, 5],
        "bootstrap": [False, True],
        "max_samples": [0.5, 1.0],
        "n_estimators": sorted({trees[0], round(sum(trees) / 2), trees[1]}),
    }


def model(trees: tuple[int, int] = TREES, *, finite: bool = False) -> Model:
    """Return the trees, of which `trees` are the fewest and the most; `finite` lists 540 candidates."""
    shared = {"min_samples_split": 2, "min_samples_leaf": 1, "bootstrap": False, "n_estimators": trees[1]}
    space = chosen(_space(trees), _listed(trees), finite=finite)
    of_classes, of_numbers = {**shared, "max_features": "sqrt"}, {**shared, "max_features": 1.0}
    return Model(
        "extra_trees",
        ExtraTreesClassifier(n_estimators=trees[1], n_jobs=1),
        space,
        # What people try: more features at a split, fewer splits, larger leaves, bootstrap samples.
        guesses=(
            {**of_classes, "max_features": 0.5},
            {**of_classes, "max_features": 1.0},
            {**of_classes, "min_samples_split": 8},
            {**of_classes, "min_samples_leaf": 2},
            {**of_classes, "bootstrap": True, "max_samples": 1.0},
        ),
        scale=True,
        regressor=Model(
            "extra_trees",
            ExtraTreesRegressor(n_estimators=trees[1], n_jobs=1),
            space,
            # What people try: fewer features at a split, fewer splits, larger leaves, bootstrap samples.
            guesses=(
                {**of_numbers, "max_features": 0.5},
                {**of_numbers, "min_samples_split": 8},
                {**of_numbers, "min_samples_leaf": 2},
                {**of_numbers, "min_samples_leaf": 5},
                {**of_numbers, "bootstrap": True, "max_samples": 1.0},
            ),
            scale=True,
        ),
    )
