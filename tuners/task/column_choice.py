"""Whether an estimator chooses columns by their names, and so needs the frame as it is."""

from __future__ import annotations

from typing import Any

from sklearn.compose import ColumnTransformer
from sklearn.pipeline import FeatureUnion, Pipeline


def chooses_columns(estimator: Any) -> bool:
    """Whether an estimator begins by choosing columns by name or type: a pipeline of the user's own."""
    if isinstance(estimator, Pipeline):
        return bool(estimator.steps) and chooses_columns(estimator.steps[0][1])
    if isinstance(estimator, FeatureUnion):
        return any(chooses_columns(each) for _, each in estimator.transformer_list)
    if isinstance(estimator, ColumnTransformer):
        return any(_named(columns) for *_, columns in estimator.transformers)
    # All that skrub has takes frames.
    return type(estimator).__module__.partition(".")[0] == "skrub"


def _named(columns: Any) -> bool:
    if isinstance(columns, str) or callable(columns):
        return True
    return not isinstance(columns, slice) and any(isinstance(each, str) for each in columns)
