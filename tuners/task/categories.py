"""Text as pandas categories, for models that split by them: known from the training rows alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

RARE = "(rare)"
"""The category of all values that are too rare for one of their own."""


class Categories(TransformerMixin, BaseEstimator):
    """Make columns of the dtype `category`, each of at most `most` categories.

    Where a column has more values, the most frequent ones are categories, and the rest is one category, `RARE`. A value
    that no training row has is missing.
    """

    def __init__(self, most: int = 254) -> None:
        """Keep the bound."""
        self.most = most

    def fit(self, X: pd.DataFrame, y: Any = None) -> Categories:  # noqa: ARG002  scikit-learn's signature
        """Learn the values of each column."""
        self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        self.known_: dict[str, dict[str, str]] = {}
        """By column: the category of each value."""
        for name in X.columns:
            counts = _text(X[name]).value_counts()
            # Equally frequent values in the order of their text: no order of rows decides.
            values = sorted(counts.index, key=lambda value: (-counts[value], value))
            own = values if len(values) <= self.most else values[: self.most - 1]
            self.known_[name] = dict.fromkeys(values, RARE) | {value: value for value in own}
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return the columns as categories."""
        return pd.DataFrame({name: self._categories(name, X[name]) for name in self.known_}, index=X.index)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:  # noqa: ARG002  scikit-learn's
        """Return the names of the columns, which stay the same."""
        return self.feature_names_in_

    def _categories(self, name: str, column: pd.Series[Any]) -> pd.Categorical:
        known = self.known_[name]
        # One category at least, of an empty column, too: XGBoost cannot read a list of none.
        return pd.Categorical(_text(column).map(known), categories=sorted(set(known.values())) or [RARE])


def _text(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return the text of each value; missing ones stay missing."""
    return column.astype(object).map(str, na_action="ignore")
