"""What each model is, a row each: `tuners list models` shows it, and tests hold the models to it.

It stands apart from the models, whose modules load scikit-learn and the libraries of their estimators.
"""

from __future__ import annotations

from typing import NamedTuple


class OfTask(NamedTuple):
    """A model of one task."""

    estimator: str
    """The class of its estimator."""
    hyperparameters: int
    """In its space."""
    conditional: int
    """Of these, active only where others have certain values."""
    finite: int | None
    """Candidates of its finite version; None for a model that has none."""


class Traits(NamedTuple):
    """What one model is."""

    library: str
    classes: OfTask | None
    """Of classification; None for a model that has no classifier."""
    numbers: OfTask | None
    """Of regression; None for a model that has no regressor."""
    resource: str = "rows"
    """What a candidate evaluated in part has a share of."""


def _same(library: str, classes: str, numbers: str, sizes: tuple[int, int, int], resource: str = "rows") -> Traits:
    """Return the traits of a model whose space is one size for both tasks."""
    return Traits(library, OfTask(classes, *sizes), OfTask(numbers, *sizes), resource)


TRAITS = {
    "ann": _same("Keras", "NetworkClassifier", "NetworkRegressor", (3, 0, 90), "epochs"),
    "ann_plain": _same("scikeras", "KerasClassifier", "StandardisedRegressor", (3, 0, 90), "epochs"),
    "any": Traits(
        "scikit-learn", OfTask("ChoiceClassifier", 16, 15, 1_242), OfTask("ChoiceRegressor", 15, 14, 1_170)
    ),
    "boosting": _same(
        "scikit-learn", "HistGradientBoostingClassifier", "HistGradientBoostingRegressor", (5, 0, 600), "iterations"
    ),
    "elastic_net": Traits(
        "scikit-learn", OfTask("LogisticRegression", 2, 0, 242), OfTask("ElasticNet", 2, 0, 231)
    ),
    "extra_trees": _same("scikit-learn", "ExtraTreesClassifier", "ExtraTreesRegressor", (6, 1, 540), "trees"),
    "forest": Traits(
        "scikit-learn", OfTask("RandomForestClassifier", 5, 0, 1_440), OfTask("RandomForestRegressor", 4, 0, 360),
        "trees",
    ),
    "lightgbm": _same("lightgbm", "LGBMClassifier", "LGBMRegressor", (9, 0, 720), "iterations"),
    "logistic": Traits("scikit-learn", OfTask("LogisticRegression", 1, 0, 201), None),
    "mlp": _same("scikit-learn", "PerceptronClassifier", "PerceptronRegressor", (4, 0, 300), "epochs"),
    "neighbours": _same("scikit-learn", "KNeighborsClassifier", "KNeighborsRegressor", (3, 0, 260)),
    "ridge": _same("scikit-learn", "RidgeClassifier", "Ridge", (1, 0, 201)),
    "svm": _same("scikit-learn", "SVC", "SVR", (4, 2, 481)),
    "xgboost": _same("xgboost", "XGBClassifier", "XGBRegressor", (10, 1, 648), "iterations"),
}  # fmt: skip
