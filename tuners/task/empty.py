"""Columns of numbers that are empty in the training rows, for models that know gaps but not those."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin


class EmptyAsZero(TransformerMixin, BaseEstimator):
    """Make columns of numbers without a value in the training rows zero, in all rows; leave the rest as it is.

    scikit-learn's histogram gradient boosting cannot bin a column of gaps alone.
    """

    def fit(self, X: Any, y: Any = None) -> EmptyAsZero:  # noqa: ARG002  scikit-learn's signature
        """Learn which columns are empty."""
        of = range(X.shape[1])
        columns = [X.iloc[:, place] for place in of] if isinstance(X, pd.DataFrame) else [X[:, place] for place in of]
        self.empty_ = [pd.api.types.is_numeric_dtype(each) and bool(pd.isna(each).all()) for each in columns]
        self.feature_names_in_ = np.asarray(getattr(X, "columns", of), dtype=object)
        return self

    def transform(self, X: Any) -> Any:
        """Return the rows, themselves where no column is empty."""
        if not any(self.empty_):
            return X
        if isinstance(X, pd.DataFrame):
            return X.assign(**dict.fromkeys(X.columns[self.empty_], 0.0))
        X = X.copy()
        X[:, self.empty_] = 0.0
        return X

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:  # noqa: ARG002  scikit-learn's
        """Return the names of the columns, which stay the same."""
        return self.feature_names_in_
