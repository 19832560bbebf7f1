"""What is tuned: a model by its name, a `Model`, or a bare estimator with a space."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tuners.catalog import MODELS
from tuners.errors import MissingExtraError, TuningError
from tuners.spaces import SpaceLike
from tuners.task.model import Model

if TYPE_CHECKING:
    from tuners.plan import Plan

FAMILIES = {
    "sklearn": (
        "forest", "extra_trees", "boosting", "svm", "logistic", "ridge", "elastic_net", "neighbours", "mlp",
    ),
    "lightgbm": ("lightgbm",),
    "xgboost": ("xgboost",),
}  # fmt: skip
"""By library: the models whose space is proposed for an estimator of the same class."""


@dataclass(frozen=True)
class Chosen:
    """What is tuned, and what is known of it."""

    model: str | Model
    kind: str
    """The name of the model that comes along with an estimator of the same class; else its own."""
    note: str = ""
    """What is to be said of it."""


def model_of(plan: Plan, given: Any, space: SpaceLike | None) -> Chosen:
    """Return what is tuned; raise `TuningError` for what is no model."""
    if isinstance(given, str | Model):
        if space is not None:
            name = given if isinstance(given, str) else given.name
            message = f"space: expected it beside a bare estimator, got it beside the model {name!r}, which has one: "
            raise TuningError(message + "leave it out, or give a Model of your own")
        if isinstance(given, str):
            MODELS.check(given)
        return Chosen(given, given if isinstance(given, str) else given.name)
    if not hasattr(given, "get_params") or isinstance(given, type):
        message = f"model: expected a model's name, a tuners.Model or a scikit-learn estimator, got {given!r}"
        raise TuningError(message + (": give an instance of it" if isinstance(given, type) else ""))
    name = name_of(given)
    if space is not None:
        return Chosen(Model(name, given, space), name)
    found = _like(plan, given)
    if found is None:
        message = f"model {name!r}: expected a space of hyperparameters to search, space={{'NAME': [...]}}, got none: "
        raise TuningError(message + f"one is known for the estimators of {', '.join(MODELS)}")
    builtin, of = found
    note = f"space of {type(given).__name__}: that of the model {builtin} ({', '.join(of.space)}), since none was given"
    return Chosen(Model(name, given, of.space, guesses=of.guesses, spaces=of.spaces), builtin, note)


def name_of(estimator: Any) -> str:
    """Return the name of a bare estimator: `random_forest_classifier` of `RandomForestClassifier`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", type(estimator).__name__).lower()


def _like(plan: Plan, estimator: Any) -> tuple[str, Model] | None:
    """Return the built-in model, and its name, whose estimator is of the same class; None without one."""
    for name in FAMILIES.get(type(estimator).__module__.partition(".")[0], ()):
        try:
            model = plan.model(name)
        except MissingExtraError:
            continue
        for each in (model, model.regressor):
            if each is not None and isinstance(each.estimator, type(estimator)):
                return name, each
    return None
