"""Dates, and times of day, as people write them."""

from __future__ import annotations

import re
import warnings

import pandas as pd

_DATES = (
    (
        re.compile(
            r"^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$"
        ),
        False,
    ),
    (
        re.compile(r"^\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})(?:,? \d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp][Mm])?)?$"),
        True,
    ),
    (re.compile(r"^\d{1,2}[- ][A-Za-z]{3,9}[- ,]+\d{4}$"), False),
    (re.compile(r"^[A-Za-z]{3,9} \d{1,2},? \d{4}$"), False),
)
"""Shapes of dates, and whether the order of day and month must be found."""


_TIME = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?\s?([AaPp][Mm])?$")


def hours_of(values: pd.Series) -> pd.Series | None:
    """Return times of day as hours; None for a column that has others, too."""
    parts = values.str.extract(_TIME) if len(values) else pd.DataFrame()
    if not len(values) or parts[0].isna().any():
        return None
    hours = parts[0].astype("float64")
    half = parts[3].str.lower()
    hours = hours.where(half.isna(), hours % 12) + 12.0 * (half == "pm")
    found = hours + parts[1].astype("float64") / 60 + parts[2].astype("float64").fillna(0) / 3600
    return found if (hours < 24).all() and (parts[1].astype(int) < 60).all() else None


def dates_of(values: pd.Series) -> tuple[pd.Series, str] | None:
    """Return dates, and how they were read; None for a column that has others, too."""
    if values.empty:
        return None
    unique = pd.Series(values.unique())
    ambiguous = next((each for shape, each in _DATES if unique.str.match(shape).all()), None)
    if ambiguous is None:
        return None
    day_first = False
    said = ""
    if ambiguous:
        first, second = (unique.str.extract(r"^(\d+)[-/.](\d+)")[each].astype(int) for each in (0, 1))
        if first.gt(12).any() and second.gt(12).any():
            return None
        day_first = bool(first.gt(12).any() or (not second.gt(12).any() and unique.str.contains(r"\.").all()))
        sure = first.gt(12).any() or second.gt(12).any()
        said = "read as day before month" if day_first else "read as month before day"
        said += "" if sure else ", a guess (2024-12-31 is none)"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of formats that pandas has to find for each value
        found = pd.to_datetime(unique, errors="coerce", dayfirst=day_first, format="mixed", utc=True)
    if found.isna().any():
        return None
    by_text = dict(zip(unique, found.dt.tz_localize(None), strict=True))
    return pd.to_datetime(values.map(by_text)), said
