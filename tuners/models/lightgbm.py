"""Gradient boosting by LightGBM, an extra."""

from __future__ import annotations

from typing import Any

from tuners.errors import require
from tuners.models._spaces import chosen, counts
from tuners.task.model import Model

require("lightgbm", extra="lightgbm")

from lightgbm import LGBMClassifier, LGBMRegressor  # noqa: E402  after the check

ITERATIONS = (20, 200)
"""Smallest and largest `n_estimators`, in which the default 100 lies."""


def _space(iterations: tuple[int, int]) -> dict[str, Any]:
    """Return the hyperparameters of TabArena (Erickson et al. 2025), but for those of categories, by LightGBM's names.

    TabArena stops early, at a learning rate of 0.1 at the most; here the iterations are tuned, so the rates are larger.
    """
    return {
        "learning_rate": (0.01, 0.3, "log"),
        "n_estimators": (*iterations, "log"),
        "num_leaves": (2, 200, "log"),
        "min_child_samples": (1, 64, "log"),
        "subsample": (0.7, 1.0),
        "colsample_bytree": (0.4, 1.0),
        "extra_trees": [False, True],
        "reg_alpha": (0.0, 1.0),
        "reg_lambda": (0.0, 2.0),
    }


def _listed(iterations: tuple[int, int]) -> dict[str, list[Any]]:
    return {
        "learning_rate": [0.03, 0.1, 0.3],
        "n_estimators": counts(iterations),
        "num_leaves": [4, 8, 16, 31, 63],
        "min_child_samples": [5, 20, 40],
        "subsample": [0.7, 1.0],
        "colsample_bytree": [0.6, 1.0],
    }


def model(iterations: tuple[int, int] = ITERATIONS, *, finite: bool = False) -> Model:
    """Return the boosted trees; `iterations` are the fewest and the most; `finite` lists 720 candidates."""
    usual = {
        "learning_rate": 0.1, "n_estimators": min(100, iterations[1]), "num_leaves": 31, "min_child_samples": 20,
        "subsample": 1.0, "colsample_bytree": 1.0,
    }  # fmt: skip
    others = {} if finite else {"extra_trees": False, "reg_alpha": 0.0, "reg_lambda": 0.0}
    usual |= others
    settings: dict[str, Any] = {
        "n_estimators": usual["n_estimators"],
        "subsample_freq": 1,  # without it, LightGBM takes no notice of `subsample`
        "extra_trees": False,
        "n_jobs": 1,
        "verbose": -1,
        # Otherwise LightGBM times two ways of building histograms, which differ in the last bits.
        "deterministic": True,
        "force_row_wise": True,
    }
    return Model(
        "lightgbm",
        LGBMClassifier(**settings),
        chosen(_space(iterations), _listed(iterations), finite=finite),
        # What people try: smaller trees, a smaller rate, both, fewer rows and features in a tree, smaller leaves.
        guesses=(
            {**usual, "num_leaves": 8},
            {**usual, "learning_rate": 0.03},
            {**usual, "learning_rate": 0.03, "num_leaves": 16},
            {**usual, "subsample": 0.7, "colsample_bytree": 0.6},
            {**usual, "min_child_samples": 5},
        ),
        regressor=LGBMRegressor(**settings),
    )
