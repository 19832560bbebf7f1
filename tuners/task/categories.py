"""Text as pandas categories, for models that split by them: known from the training rows alone."""

from __future__ import annotations

from collections import Counter
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
            codes, texts = _texts(X[name])
            counts = Counter[str]()
            for text, count in zip(texts, np.bincount(codes[codes >= 0], minlength=len(texts)).tolist(), strict=True):
                counts[text] += count
            # Equally frequent values in the order of their text: no order of rows decides.
            values = sorted(counts, key=lambda value: (-counts[value], value))
            own = values if len(values) <= self.most else values[: self.most - 1]
            self.known_[name] = dict.fromkeys(values, RARE) | {value: value for value in own}
        return self

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return the columns as categories."""
        return pd.DataFrame({name: self._categories(name, X[name]) for name in self.known_}, index=X.index)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:  # noqa: ARG002  scikit-learn's
        """Return the names of the columns, which stay the same."""
        return self.feature_names_in_

    def _categories(self, name: str, column: pd.Series[Any]) -> pd.Categorical[Any]:
        known = self.known_[name]
        # One category at least, of an empty column, too: XGBoost cannot read a list of none.
        categories = sorted(set(known.values())) or [RARE]
        place = {category: number for number, category in enumerate(categories)}
        codes, texts = _texts(column)
        # The last one is for the code -1, of missing values.
        codes_of: NDArray[np.intp] = np.array([*(place[known[text]] if text in known else -1 for text in texts), -1])
        return pd.Categorical.from_codes(codes_of[codes], categories=pd.Index(categories, dtype="object"))


def _texts(column: pd.Series[Any]) -> tuple[NDArray[np.intp], list[str]]:
    """Return a code for each row, -1 where a value is missing, and the text of each code."""
    codes, values = pd.factorize(column)
    return codes, list(map(str, values))
