"""What a column of text holds: numbers as people write them, dates, or text; and what marks a gap in it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import (
    is_bool_dtype,
    is_complex_dtype,
    is_datetime64_any_dtype,
    is_integer_dtype,
    is_numeric_dtype,
    is_timedelta64_dtype,
)

from tuners.task.files._dates import dates_of, hours_of
from tuners.task.files._numbers import numbers_of

GAPS = frozenset(
    {"", "?", "n/a", "#n/a", "null", "nan", "-nan", "-", "--", ".", "<na>", "na", "none", "#null!", "#value!"}
)
"""Marks of a gap among numbers and dates, in lower case."""
TEXT_GAPS = GAPS - {"na", "none", "."}
"""Marks of a gap among texts; "NA" is one where nothing speaks against it, "None" is a value."""
FEW_TEXTS = 0.05
"""A column with no larger share of texts than this is one of numbers, and damaged."""
DISTINCT_NUMBERS = 10
"""A column of more distinct numbers than this, and one or two texts, is one of numbers, and damaged."""


@dataclass(frozen=True)
class Column:
    """A column as it was understood."""

    content: pd.Series
    """Numbers (float64 or int64), dates, or text as objects; gaps are NaN or NaT."""
    notes: tuple[str, ...] = ()
    """What was decided: parts of a sentence."""
    damaged: int | None = field(default=None)
    """The first row (from 0) that holds a text where the others hold numbers."""


def typed(text: pd.Series, *, decimal_comma: bool = False, na_values: frozenset[str] = frozenset()) -> Column:
    """Return a column of strings as what it holds; `na_values` are further marks of gaps."""
    stripped = text.astype(object).str.strip()
    lower = stripped.str.lower()
    written = stripped[~(lower.isin(GAPS) | stripped.isin(na_values))]
    numbers, notes = numbers_of(written, decimal_comma=decimal_comma)
    numbers = _without_marks(numbers, na_values)
    present = len(numbers)
    share = numbers.isna().mean() if present else 1.0
    if present and share == 0:
        return Column(
            numbers.reindex(text.index), (*notes, *_marked(stripped, stripped.index.difference(numbers.index)))
        )
    if present and share < 1 and _is_damage(stripped[numbers.index], numbers):
        return Column(text, damaged=int(np.flatnonzero(text.index == numbers.index[numbers.isna().to_numpy()][0])[0]))
    hours = hours_of(written)
    if hours is not None:
        said = ("times of day, as hours", *_marks(stripped, lower, GAPS, na_values))
        return Column(hours.reindex(text.index), said)
    dates = dates_of(written)
    if dates is not None:
        return Column(
            dates[0].reindex(text.index), (*filter(None, [dates[1]]), *_marks(stripped, lower, GAPS, na_values))
        )
    gaps = TEXT_GAPS | ({"na"} if _is_gap(stripped, lower) else frozenset())
    found = stripped.mask(lower.isin(gaps) | stripped.isin(na_values), np.nan)
    mixed = (f"{int(numbers.notna().sum())} of them look like numbers",) if present and 0 < share < 1 else ()
    return Column(found, (*mixed, *_marks(stripped, lower, gaps, na_values)))


def _without_marks(numbers: pd.Series, na_values: frozenset[str]) -> pd.Series:
    """Return numbers without those that mark a gap, however they are written: -200 is -200,0."""
    marks = [float(mark) for mark in na_values if re.fullmatch(r"[-+]?\d+(?:\.\d+)?", mark)]
    return numbers[~numbers.isin(marks)] if marks else numbers


def gaps_said(values: pd.Series) -> tuple[str, ...]:
    """Say how many gaps a column has, if any."""
    return _counted(int(values.isna().sum()))


def as_plain(values: pd.Series) -> Any:
    """Return a column as numbers, dates or objects that are text, gaps as NaN or NaT; None for what is neither."""
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return values.dt.tz_convert("UTC").dt.tz_localize(None)
    if is_datetime64_any_dtype(values):
        return values
    if is_timedelta64_dtype(values):
        return values.dt.total_seconds()
    if is_complex_dtype(values):
        return None
    if is_numeric_dtype(values) and not isinstance(values.dtype, pd.CategoricalDtype):
        if isinstance(values.dtype, np.dtype):
            return values
        # pandas' own types have pd.NA, which scikit-learn does not take.
        if is_bool_dtype(values) and not values.isna().any():
            return values.astype(bool)
        whole = not values.isna().any() and is_integer_dtype(values)
        return values.astype("int64" if whole else "float64")
    texts = values.astype(object)
    kinds = {type(value) for value in texts[texts.notna()]}
    if kinds and all(issubclass(kind, dt.date) for kind in kinds):
        return pd.to_datetime(texts)
    if any(issubclass(kind, list | tuple | dict | set | np.ndarray) for kind in kinds):
        return None
    return texts.map(str, na_action="ignore").astype(object).where(texts.notna(), np.nan)


def _counted(gaps: int, written: str = "") -> tuple[str, ...]:
    return (f"{gaps:,} gap{'' if gaps == 1 else 's'}{written}",) if gaps else ()


def _is_gap(stripped: pd.Series, lower: pd.Series) -> bool:
    """Whether "NA" marks a gap in a column of texts: not beside other marks, and not among codes of its own kind."""
    others = stripped[~lower.isin(TEXT_GAPS | {"na"})]
    if lower.isin(TEXT_GAPS - {"na"}).any():
        return False
    return not (len(others) and others.str.fullmatch(r"[A-Z]{2}").all())


def _marks(stripped: pd.Series, lower: pd.Series, gaps: frozenset[str], na_values: frozenset[str]) -> tuple[str, ...]:
    """Say how many gaps there are, and how they are written where that is not by nothing."""
    return _marked(stripped, stripped.index[lower.isin(gaps) | stripped.isin(na_values)])


def _marked(stripped: pd.Series, rows: pd.Index) -> tuple[str, ...]:
    marked = stripped[rows]
    written = [repr(mark) for mark in dict.fromkeys(marked) if mark]
    return _counted(len(marked), f" (written {', '.join(written[:4])})" if written else "")


def _is_damage(texts: pd.Series, numbers: pd.Series) -> bool:
    """Whether texts among numbers are damage, and not a category some of whose values are digits."""
    wrong = numbers.isna()
    strays = texts[wrong.to_numpy()]
    if wrong.mean() <= FEW_TEXTS:
        return True
    return wrong.mean() < 0.5 and strays.nunique() <= 2 and numbers.nunique() > DISTINCT_NUMBERS
