"""Gradient boosting by XGBoost, an extra."""

from __future__ import annotations

from typing import Any

from tuners.errors import require
from tuners.models._spaces import chosen, counts
from tuners.spaces import when
from tuners.task.model import Model

require("xgboost", extra="xgboost")

from xgboost import XGBClassifier, XGBRegressor  # noqa: E402  after the check

ITERATIONS = (20, 200)
"""Smallest and largest `n_estimators`, in which the default 100 lies."""


def _space(iterations: tuple[int, int]) -> dict[str, Any]:
    """Return hyperparameters of TabArena (Erickson et al. 2025, and its code for XGBoost).

    TabArena stops early, at a learning rate of 0.1 at the most; here the iterations are tuned, and the rate goes to the
    default 0.3. Trees may be as shallow as 2. There, `max_leaves` bounds trees of both policies, as XGBoost does; here
    it is active with lossguide alone, without which both grow the same trees, and depth bounds the others. Left out
    are `colsample_bynode` and `max_cat_to_onehot`.
    """
    return {
        "learning_rate": (0.01, 0.3, "log"),
        "n_estimators": (*iterations, "log"),
        "max_depth": (2, 10, "log"),
        "min_child_weight": (1e-3, 5.0, "log"),
        "subsample": (0.6, 1.0),
        "colsample_bylevel": (0.6, 1.0),
        "reg_alpha": (0.0, 5.0),
        "reg_lambda": (0.0, 5.0),
        "grow_policy": ["depthwise", "lossguide"],
        "max_leaves": when((8, 1024, "log"), grow_policy="lossguide"),
    }


def _listed(iterations: tuple[int, int]) -> dict[str, list[Any]]:
    return {
        "learning_rate": [0.03, 0.1, 0.3],
        "n_estimators": counts(iterations),
        "max_depth": [3, 6, 9],
        "min_child_weight": [0.1, 1.0, 5.0],
        "subsample": [0.7, 1.0],
        "grow_policy": ["depthwise", "lossguide"],
        "max_leaves": [8, 31],
    }


DEFAULTS: dict[str, Any] = {
    "learning_rate": 0.3, "max_depth": 6, "min_child_weight": 1.0, "subsample": 1.0, "colsample_bylevel": 1.0,
    "reg_alpha": 0.0, "reg_lambda": 1.0, "grow_policy": "depthwise",
}  # fmt: skip
"""XGBoost's own, which its classes hold as None."""


def model(iterations: tuple[int, int] = ITERATIONS, *, finite: bool = False) -> Model:
    """Return the boosted trees; `iterations` are the fewest and the most; `finite` lists 648 candidates."""
    settings: dict[str, Any] = {**DEFAULTS, "n_estimators": min(100, iterations[1]), "n_jobs": 1, "verbosity": 0}
    space = chosen(_space(iterations), _listed(iterations), finite=finite)
    usual = {name: settings[name] for name in space if name in settings}
    return Model(
        "xgboost",
        XGBClassifier(**settings),
        space,
        # What people try: a smaller rate, shallower trees, both, fewer rows in a tree, heavier leaves.
        guesses=(
            {**usual, "learning_rate": 0.1},
            {**usual, "max_depth": 3},
            {**usual, "learning_rate": 0.1, "max_depth": 3},
            {**usual, "learning_rate": 0.1, "subsample": 0.7},
            {**usual, "learning_rate": 0.1, "min_child_weight": 5.0},
            {**usual, "learning_rate": 0.1, "grow_policy": "lossguide", "max_leaves": 31},
        ),
        regressor=XGBRegressor(**settings),
    )
