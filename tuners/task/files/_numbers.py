"""Numbers as people write them: with currency, units, separators of thousands, decimal commas, parentheses."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

MOST_DIGITS = 300
"""A number of more digits is infinite as a float."""
MOST_CODES = 0.05
"""A column of digits with a larger share of numbers with a zero before them is one of codes."""
OTHER = "?"
"""Stands for words behind a number that are no unit."""
_MONEY = r"(?:[$€£¥₹]|USD|EUR|GBP|CHF|JPY|INR)"
_SHAPE = re.compile(
    rf"^(?P<sign>[-+]?)\s*(?P<before>{_MONEY}\s*)?(?P<open>\()?\s*(?P<inner>[-+]?)\s*(?P<within>{_MONEY}\s*)?"
    r"(?P<digits>\d[\d.,'\s]*|[.,]\d+)(?P<power>[eE][-+]?\d+)?\s*"
    rf"(?P<after>{_MONEY}|%|[A-Za-zµ°²³][A-Za-zµ°²³/ ]{{0,11}})?\s*(?P<close>\))?\s*(?P<last>-)?$"
)
_DECIMAL_COMMA = re.compile(r"^(?:\d{1,3}(?:[.'\s]\d{3})+|\d+)?,\d+$")
_THOUSANDS = re.compile(r"^\d{1,3}(?:[,'\s]\d{3})+(?:\.\d*)?$")
_PLAIN = re.compile(r"^(?:\d+\.?\d*|\.\d+)$")
_EUROPEAN = re.compile(r"^\d{1,3}(?:[.'\s]\d{3})+(?:,\d*)?$")
_CODE = re.compile(r"^0\d+$")


def has_codes(texts: pd.Series) -> bool:
    """Whether a column of digits is one of codes, such as postal ones: numbers have no zeros before them."""
    present = texts[texts != ""]
    return bool(len(present) and present.str.match(_CODE).mean() > MOST_CODES)


def numbers_of(values: pd.Series, *, decimal_comma: bool) -> tuple[pd.Series, tuple[str, ...]]:
    """Return the numbers that texts are, NaN for a text that is none, and what stood around them."""
    if values.empty:
        return pd.Series(dtype="float64"), ()
    unique = pd.Series(values.unique())
    parts = unique.str.replace("\u2212", "-", regex=False).str.extract(_SHAPE)
    parts["after"] = _common(parts["after"])
    digits = parts["digits"].str.strip()
    if has_codes(values):
        return pd.Series(np.nan, values.index), ()
    commas = _comma_is_decimal(digits.dropna(), decimal_comma=decimal_comma)
    shapes = (_DECIMAL_COMMA, _EUROPEAN, _PLAIN) if commas else (_THOUSANDS, _PLAIN)
    good = pd.concat([digits.str.match(shape) for shape in shapes], axis=1).fillna(False).any(axis=1)
    good &= parts["open"].isna() == parts["close"].isna()
    good &= (parts[["sign", "inner"]].fillna("") != "").sum(axis=1) + parts["last"].notna() <= 1
    good &= parts["after"] != OTHER
    plain = digits.where(good).str.replace(r"['\s]", "", regex=True)
    if commas:
        # Among numbers with decimal commas, 1.500 has thousands, and 1.5 a decimal point.
        dotted = plain.str.contains(",", regex=False) | digits.str.match(_EUROPEAN)
        without = plain.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
        plain = plain.where(~dotted.fillna(value=False).astype(bool), without)
    else:
        plain = plain.str.replace(",", "", regex=False)
    plain += parts["power"].fillna("")
    negative = (parts["sign"] == "-") | (parts["inner"] == "-") | parts["open"].notna() | parts["last"].notna()
    found = plain.map(_parsed).astype(object)
    found = found.where(~negative | found.isna(), -found.where(found.notna(), 0))
    around = pd.concat([parts.loc[good, where] for where in ("before", "within", "after")]).dropna().str.strip()
    units = sorted(set(around) - {""})
    by_text = dict(zip(unique, found, strict=True))
    numbers = values.map(by_text)
    whole = numbers.map(lambda value: isinstance(value, int) and abs(value) < 2**63).all()
    notes = [f"{' and '.join(units[:3])} left out"] if units else []
    if (parts["open"].notna() | parts["last"].notna())[good].any():
        notes.append("parentheses or a minus behind for numbers below 0")
    if good.any() and plain[good].str.len().lt(digits[good].str.len()).any():
        notes.append("thousands separators left out")
    with_comma = digits[good & digits.str.contains(",", regex=False).fillna(value=False).astype(bool)]
    if commas and len(with_comma):
        either = with_comma.str.match(_THOUSANDS).all() and not with_comma.str.match("^0,").any()
        notes.append(
            "decimal commas" + (" (a guess: as far as is seen, they may stand before thousands)" if either else "")
        )
    return numbers.astype("int64" if whole else "float64"), (("numbers, " + ", ".join(notes)),) if notes else ()


def _common(units: pd.Series) -> pd.Series:
    """Return what stands behind numbers, `OTHER` for words that do not stand behind all: they are no unit."""
    words = units.str.strip()
    known = words.isna() | words.str.fullmatch(rf"{_MONEY}|%").fillna(value=False).astype(bool)
    if known.all() or (words.notna().all() and (words == words.iloc[0]).all()):
        return words
    return words.where(known, OTHER)


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
