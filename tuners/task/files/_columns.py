"""What a column of text holds: numbers as people write them, dates, or text; and what marks a gap in it."""

from __future__ import annotations

import datetime as dt
import re
import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import (
    is_complex_dtype,
    is_datetime64_any_dtype,
    is_integer_dtype,
    is_numeric_dtype,
    is_timedelta64_dtype,
)

GAPS = frozenset(
    {"", "?", "n/a", "#n/a", "null", "nan", "-nan", "-", "--", ".", "<na>", "na", "none", "#null!", "#value!"}
)
"""Marks of a gap among numbers and dates, in lower case."""
TEXT_GAPS = GAPS - {"na", "none", "."}
"""Marks of a gap among texts; "NA" is one where nothing speaks against it, "None" is a value."""
MOST_DIGITS = 300
"""A number of more digits is infinite as a float."""
FEW_TEXTS = 0.05
"""A column with no larger share of texts than this is one of numbers, and damaged."""
DISTINCT_NUMBERS = 10
"""A column of more distinct numbers than this, and one or two texts, is one of numbers, and damaged."""
_MONEY = r"(?:[$€£¥₹]|USD|EUR|GBP|CHF|JPY|INR)"
_SHAPE = re.compile(
    rf"^(?P<open>\()?\s*(?P<sign>[-+]?)\s*(?P<before>{_MONEY}\s*)?(?P<inner>[-+]?)(?P<digits>\d[\d.,'\s]*|[.,]\d+)"
    rf"(?P<power>[eE][-+]?\d+)?\s*(?P<after>{_MONEY}|%)?\s*(?P<close>\))?$"
)
_DECIMAL_COMMA = re.compile(r"^(?:\d{1,3}(?:[.'\s]\d{3})+|\d+)?,\d+$")
_THOUSANDS = re.compile(r"^\d{1,3}(?:[,'\s]\d{3})+(?:\.\d*)?$")
_PLAIN = re.compile(r"^(?:\d+\.?\d*|\.\d+)$")
_EUROPEAN = re.compile(r"^\d{1,3}(?:[.'\s]\d{3})+(?:,\d*)?$")
_CODE = re.compile(r"^0\d+$")
_DATES = (
    (
        re.compile(
            r"^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$"
        ),
        False,
    ),
    (re.compile(r"^\d{1,2}[-/.]\d{1,2}[-/.]\d{4}(?: \d{1,2}:\d{2}(?::\d{2})?)?$"), True),
    (re.compile(r"^\d{1,2}[- ][A-Za-z]{3,9}[- ,]+\d{4}$"), False),
    (re.compile(r"^[A-Za-z]{3,9} \d{1,2},? \d{4}$"), False),
)
"""Shapes of dates, and whether the order of day and month must be found."""


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
    numbers, notes = _numbers(stripped[~(lower.isin(GAPS) | stripped.isin(na_values))], decimal_comma=decimal_comma)
    present = len(numbers)
    share = numbers.isna().mean() if present else 1.0
    if present and share == 0:
        return Column(numbers.reindex(text.index), (*notes, *_marks(stripped, lower, GAPS, na_values)))
    if present and share < 1 and _is_damage(stripped[numbers.index], numbers):
        return Column(text, damaged=int(np.flatnonzero(text.index == numbers.index[numbers.isna().to_numpy()][0])[0]))
    dates = _dates(stripped[~(lower.isin(GAPS) | stripped.isin(na_values))])
    if dates is not None:
        return Column(
            dates[0].reindex(text.index), (*filter(None, [dates[1]]), *_marks(stripped, lower, GAPS, na_values))
        )
    gaps = TEXT_GAPS | ({"na"} if _is_gap(stripped, lower) else frozenset())
    found = stripped.mask(lower.isin(gaps) | stripped.isin(na_values), np.nan)
    mixed = (f"{int((1 - share) * present)} of its values look like numbers",) if present and 0 < share < 1 else ()
    return Column(found, (*mixed, *_marks(stripped, lower, gaps, na_values)))


def has_codes(texts: pd.Series) -> bool:
    """Whether a column of digits is one of codes, such as postal ones: numbers have no zeros before them."""
    present = texts[texts != ""]
    return bool(len(present) and present.str.match(_CODE).mean() > FEW_TEXTS)


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
    marked = stripped[lower.isin(gaps) | stripped.isin(na_values)]
    written = [repr(mark) for mark in dict.fromkeys(marked) if mark]
    return _counted(len(marked), f" (written {', '.join(written[:4])})" if written else "")


def _numbers(values: pd.Series, *, decimal_comma: bool) -> tuple[pd.Series, tuple[str, ...]]:
    """Return the numbers that texts are, NaN for a text that is none, and what stood around them."""
    if values.empty:
        return pd.Series(dtype="float64"), ()
    unique = pd.Series(values.unique())
    parts = unique.str.extract(_SHAPE)
    digits = parts["digits"].str.strip()
    if has_codes(values):
        return pd.Series(np.nan, values.index), ()
    commas = _comma_is_decimal(digits.dropna(), decimal_comma=decimal_comma)
    shapes = (_DECIMAL_COMMA, _EUROPEAN, _PLAIN) if commas else (_THOUSANDS, _PLAIN)
    good = pd.concat([digits.str.match(shape) for shape in shapes], axis=1).fillna(False).any(axis=1)
    good &= parts["open"].isna() == parts["close"].isna()
    good &= ~((parts["sign"] != "") & (parts["inner"] != "") & good)
    plain = digits.where(good).str.replace(r"['\s]", "", regex=True)
    if commas:
        # Among numbers with decimal commas, 1.500 has thousands, and 1.5 a decimal point.
        dotted = plain.str.contains(",", regex=False) | digits.str.match(_EUROPEAN)
        without = plain.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
        plain = plain.where(~dotted.fillna(value=False).astype(bool), without)
    else:
        plain = plain.str.replace(",", "", regex=False)
    plain += parts["power"].fillna("")
    negative = (parts["sign"] == "-") | (parts["inner"] == "-") | parts["open"].notna()
    found = plain.map(_parsed).astype(object)
    found = found.where(~negative | found.isna(), -found.where(found.notna(), 0))
    around = pd.concat([parts.loc[good, "before"], parts.loc[good, "after"]]).dropna().str.strip()
    units = sorted(set(around) - {""})
    by_text = dict(zip(unique, found, strict=True))
    numbers = values.map(by_text)
    whole = numbers.map(lambda value: isinstance(value, int) and abs(value) < 2**63).all()
    notes = [f"{' and '.join(units[:3])} left out"] if units else []
    if good.any() and plain[good].str.len().lt(digits[good].str.len()).any():
        notes.append("thousands separators left out")
    if commas and digits[good].str.contains(",").any():
        notes.append("decimal commas")
    return numbers.astype("int64" if whole else "float64"), (("numbers, " + ", ".join(notes)),) if notes else ()


def _parsed(text: Any) -> Any:
    if not isinstance(text, str):
        return np.nan
    return int(text) if text.isdigit() and len(text) < MOST_DIGITS else float(text)


def _comma_is_decimal(digits: pd.Series, *, decimal_comma: bool) -> bool:
    """Whether the column's commas stand before decimals: no other reading, or one that fits how the file is written."""
    with_comma = digits[digits.str.contains(",", regex=False)]
    if with_comma.empty:
        # 1.234.567 has no decimals either way.
        return bool(digits.str.match(r"^\d{1,3}(?:\.\d{3}){2,}$").any())
    as_decimal = with_comma.str.match(_DECIMAL_COMMA).mean()
    as_thousands = with_comma.str.match(_THOUSANDS).mean()
    if as_decimal != as_thousands:
        return bool(as_decimal > as_thousands)
    if with_comma.str.match(r"^0,").any():
        return True
    # 1,234 beside 999 and no 1000: thousands.
    others = digits[~digits.str.contains(",", regex=False)]
    below = len(others) > 0 and others.str.match(r"^\d{1,3}(?:\.\d*)?$").all()
    return decimal_comma and not below


def _is_damage(texts: pd.Series, numbers: pd.Series) -> bool:
    """Whether texts among numbers are damage, and not a category some of whose values are digits."""
    wrong = numbers.isna()
    strays = texts[wrong.to_numpy()]
    if wrong.mean() <= FEW_TEXTS:
        return True
    return wrong.mean() < 0.5 and strays.nunique() <= 2 and numbers.nunique() > DISTINCT_NUMBERS


def _dates(values: pd.Series) -> tuple[pd.Series, str] | None:
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
        said = "read as day before month" if day_first else "read as month before day"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of formats that pandas has to find for each value
        found = pd.to_datetime(unique, errors="coerce", dayfirst=day_first, format="mixed", utc=True)
    if found.isna().any():
        return None
    by_text = dict(zip(unique, found.dt.tz_localize(None), strict=True))
    return pd.to_datetime(values.map(by_text)), said
