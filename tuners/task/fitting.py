"""A fit, and a score, with what is known of rows beside features and target: weights, and groups or time.

They reach the last step of a pipeline by its name, as scikit-learn's pipelines have it; or, where the user's own
estimator requests them (`set_fit_request`), by scikit-learn's metadata routing, and then as it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray
from sklearn import config_context
from sklearn.pipeline import Pipeline
from sklearn.utils.metadata_routing import get_routing_for_object
from sklearn.utils.validation import has_fit_parameter

from tuners.errors import TuningError
from tuners.task.early_stopping import EarlyStopped
from tuners.task.labels import NumberedClasses

WEIGHTS = "sample_weight"
"""scikit-learn's name of the weights of rows."""

OfRows = Mapping[str, "NDArray[Any]"]
"""What is known of rows, by the name that `fit` has for it; each of shape (rows,)."""


def fit(estimator: Any, X: Any, y: Any, of_rows: OfRows) -> Any:
    """Fit an estimator, and return it."""
    if not of_rows:
        return estimator.fit(X, y)
    routed = WEIGHTS in of_rows and requests_weights(estimator)
    given = {WEIGHTS: of_rows[WEIGHTS]} if routed else _named(estimator, of_rows)
    # Where nobody requests anything, routing refuses what the last step is given by name.
    with config_context(enable_metadata_routing=routed):
        return estimator.fit(X, y, **given)


def score(scorer: Any, estimator: Any, X: Any, y: Any, of_rows: OfRows) -> float:
    """Score a fitted estimator; a weighted row counts as much as it weighs.

    Raises `TuningError` for a scorer that takes no weights.
    """
    if WEIGHTS not in of_rows:
        return float(scorer(estimator, X, y))
    try:
        with config_context(enable_metadata_routing=False):
            return float(scorer(estimator, X, y, sample_weight=of_rows[WEIGHTS]))
    except TypeError as error:
        if WEIGHTS not in str(error):
            raise
        message = "it takes no sample weights, which the dataset has: choose another metric, or leave the weights out"
        raise TuningError(message) from error


def taken(of_rows: OfRows, rows: Any) -> OfRows:
    """Return what is known of some rows, by their numbers."""
    return {name: values[rows] for name, values in of_rows.items()}


def takes_weights(estimator: Any) -> bool:
    """Whether weights of rows reach a fit: the last step of a pipeline takes them, or a part requests them."""
    return requests_weights(estimator) or has_fit_parameter(_last(estimator)[1], WEIGHTS)


def model_of(estimator: Any) -> Any:
    """Return the model at the end of pipelines."""
    return _last(estimator)[1]


def requests_weights(estimator: Any) -> bool:
    """Whether a part requests weights by metadata routing."""
    try:
        return bool(get_routing_for_object(estimator).consumes("fit", {WEIGHTS}))
    except (NotImplementedError, ValueError):  # a meta-estimator without routing; a subclass with another `fit`
        return False


def _named(estimator: Any, of_rows: OfRows) -> dict[str, Any]:
    """Return what is known of rows by the names that a pipeline's `fit` has for its last step's."""
    path, _ = _last(estimator)
    return {f"{path}{name}": values for name, values in of_rows.items()}


def _last(estimator: Any) -> tuple[str, Any]:
    path = ""
    while isinstance(estimator, Pipeline):
        name, estimator = estimator.steps[-1]
        path += f"{name}__"
    while isinstance(estimator, NumberedClasses | EarlyStopped):
        estimator = estimator.estimator if isinstance(estimator, NumberedClasses) else estimator.stopped
    return path, estimator
