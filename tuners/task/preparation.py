"""Preparation: what is done to which column before the model, fitted on training rows only.

| column | most models get | models that know gaps and categories get |
| --- | --- | --- |
| numbers | gaps imputed by the mean, with an indicator of each column that has any | the numbers |
| text of few values | a column for each value, rare ones together | categories |
| text of many values | `COMPONENTS` columns by skrub's StringEncoder | categories, rare ones together |
| dates, also as text | their parts | their parts |

Which kind a column of text is, is seen in the training rows of each fit. Numbers without gaps need nothing of this.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd
from scipy.sparse import issparse
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from tuners.task.boosters import knows_gaps
from tuners.task.categories import Categories
from tuners.task.empty import EmptyAsZero
from tuners.task.files import as_plain
from tuners.task.fitting import model_of
from tuners.task.preprocessing import Preprocessed

if TYPE_CHECKING:
    from tuners.task.dataset import Dataset

FEW = 40
"""Text of fewer values is one of few, as skrub has it."""
COLUMNS = 30
"""The most columns that one column of text of few values becomes."""
COMPONENTS = 10
"""The columns that one of many values becomes: 30, as skrub has it, were no better on names of 3,000 towns, and made a
forest twice as slow (`benchmarks.performance.messy`)."""
LOOKED_AT = 10
"""Values by which it is seen whether text may be dates; skrub then looks at all."""
REFUSED = re.compile(r'[][<>{}",:]')
"""What LightGBM or XGBoost refuse in a column's name."""


def prepared(estimator: Any, dataset: Dataset, *, scale: bool, seed: int) -> Any:
    """Return the model with what the dataset needs put before it; `seed` is of what is drawn there."""
    steps = _steps(estimator, dataset, scale=scale, seed=seed)
    if isinstance(dataset.X, pd.DataFrame):
        if knows_gaps(model_of(estimator)) is not None and any(map(REFUSED.search, dataset.features)):
            steps = [*steps, FunctionTransformer(with_plain_names)]
        if _has_other_types(dataset):
            steps = [FunctionTransformer(plain_types), *steps]
    return _after(estimator, steps)


def _steps(estimator: Any, dataset: Dataset, *, scale: bool, seed: int) -> list[Any]:
    if issparse(dataset.X):
        return _of_sparse(dataset, scale=scale)
    if not dataset.categorical and not dataset.has_missing:
        # A pipeline of one step, as ever: recorded tables are found by the text of the estimator.
        return [make_pipeline(StandardScaler())] if scale else []
    # Behind steps of the user's own, a booster gets numbers: they may know neither gaps nor categories.
    booster = None if isinstance(estimator, Pipeline) else knows_gaps(model_of(estimator))
    if not dataset.categorical:  # but gaps
        scaler = [StandardScaler()] if scale else []
        return [EmptyAsZero() if booster is not None else _imputer(), *scaler]
    if booster is None:
        return [_as_numbers(dataset, scale=scale, seed=seed)]
    estimator.set_params(**booster.settings)
    return [_as_categories(dataset, estimator, scale=scale), EmptyAsZero()]


def with_plain_names(X: Any) -> Any:
    """Return a frame whose names of columns every library takes; rows without names as they are."""
    return X.rename(columns=lambda name: feature_name("", name)) if isinstance(X, pd.DataFrame) else X


def plain_types(X: pd.DataFrame) -> pd.DataFrame:
    """Return a frame without pandas' own types of numbers and text, whose missing value scikit-learn does not take."""
    return X.assign(**{name: as_plain(X[name]) for name in X.columns if _is_other_type(X[name])})


def _has_other_types(dataset: Dataset) -> bool:
    frame = dataset.X
    return isinstance(frame, pd.DataFrame) and any(_is_other_type(frame[name]) for name in frame.columns)


def _is_other_type(column: pd.Series[Any]) -> bool:
    if getattr(column.dtype, "na_value", None) is pd.NA:
        return True
    return column.dtype == object and any(value is pd.NA for value in column[column.isna()])


def _after(estimator: Any, steps: list[Any]) -> Any:
    if not steps:
        return estimator
    return Preprocessed(
        [("preprocessing", steps[0] if len(steps) == 1 else make_pipeline(*steps)), ("model", estimator)]
    )


def _imputer() -> SimpleImputer:
    return SimpleImputer(keep_empty_features=True, add_indicator=True)


def _of_sparse(dataset: Dataset, *, scale: bool) -> list[Any]:
    """Return what keeps sparse rows sparse: they cannot be centred."""
    steps = [_imputer()] if dataset.has_missing else []
    return [*steps, StandardScaler(with_mean=False)] if scale else steps


def _as_numbers(dataset: Dataset, *, scale: bool, seed: int) -> ColumnTransformer:
    from skrub import StringEncoder  # noqa: PLC0415  a second to load, for datasets that have such columns

    encoder = OneHotEncoder(max_categories=COLUMNS, handle_unknown="infrequent_if_exist", sparse_output=False)
    table = _table(encoder, StringEncoder(COMPONENTS, random_state=seed))
    return ColumnTransformer([
        ("numbers", make_pipeline(_imputer(), StandardScaler()) if scale else _imputer(), dataset.numeric),
        ("categories", encoder, of_few_values),
        # Seconds since 1970 and the components of text have scales of their own.
        ("others", make_pipeline(table, _imputer(), StandardScaler()), of_other_kinds),
    ])  # fmt: skip


def _as_categories(dataset: Dataset, estimator: Any, *, scale: bool) -> ColumnTransformer:
    # A category more would not fit into the bins of scikit-learn's own.
    categories = Categories(most=estimator.get_params().get("max_bins", 255) - 1)
    transformer = ColumnTransformer(
        [
            ("numbers", make_pipeline(EmptyAsZero(), StandardScaler()) if scale else "passthrough", dataset.numeric),
            ("categories", categories, of_text),
            ("others", _table(categories, categories), of_no_text),
        ],
        verbose_feature_names_out=feature_name,
    )
    return transformer.set_output(transform="pandas")


def _table(few: Any, many: Any) -> Any:
    """Return what makes dates into parts, text of few and many values into what is given, and the rest into numbers."""
    from skrub import DatetimeEncoder, TableVectorizer  # noqa: PLC0415  as above

    return TableVectorizer(
        cardinality_threshold=FEW, low_cardinality=few, high_cardinality=many,
        datetime=DatetimeEncoder(add_weekday=True),
        drop_null_fraction=None,  # a column that is empty in one fold only is the same column in all
    )  # fmt: skip


def feature_name(part: str, name: str) -> str:
    """Return the name of a column behind the preparation: numbers and categories keep theirs."""
    own = name if part != "others" else f"{name} ({part})"
    return REFUSED.sub(lambda match: f"_{ord(match[0]):x}_", own)


def of_few_values(X: pd.DataFrame) -> list[str]:
    """Return the columns of text that have few values in these rows, which are those that are fitted on."""
    return [name for name in X.columns if _is_text(X[name]) and X[name].nunique() < FEW]


def of_other_kinds(X: pd.DataFrame) -> list[str]:
    """Return the columns that are neither numbers nor text of few values in these rows."""
    few = set(of_few_values(X))
    return [name for name in X.columns if name not in few and not pd.api.types.is_numeric_dtype(X[name])]


def of_text(X: pd.DataFrame) -> list[str]:
    """Return the columns of text, but for those of many values that may be dates in these rows."""
    text = [name for name in X.columns if _is_text(X[name])]
    # The distinct values of a column are counted last: it takes longest.
    return [name for name in text if not _may_be_dates(X[name]) or X[name].nunique() < FEW]


def of_no_text(X: pd.DataFrame) -> list[str]:
    """Return the columns that are neither numbers nor text, and text that may be dates."""
    text = set(of_text(X))
    return [name for name in X.columns if name not in text and not pd.api.types.is_numeric_dtype(X[name])]


def _may_be_dates(column: pd.Series[Any]) -> bool:
    from skrub import ToDatetime  # noqa: PLC0415  as above
    from skrub.core import RejectColumn  # noqa: PLC0415

    try:
        ToDatetime().fit(column.dropna().head(LOOKED_AT))
    except RejectColumn:
        return False
    return True


def _is_text(column: pd.Series[Any]) -> bool:
    if isinstance(column.dtype, pd.StringDtype):
        return True
    values = column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else column
    return pd.api.types.infer_dtype(values, skipna=True) in {"string", "empty"}
