"""Tables of the frames of libraries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import narwhals
import pandas as pd
from pandas.api.types import is_numeric_dtype

from tuners.errors import TuningError
from tuners.task.files._columns import Column, as_plain, gaps_said, typed
from tuners.task.files._table import Table, distinct


def as_pandas(frame: Any, about: str) -> pd.DataFrame:
    """Return a frame of any library as one of pandas; raise `TuningError`, which begins with `about`, without one."""
    if isinstance(frame, pd.DataFrame):
        return frame
    try:
        found = narwhals.from_native(frame, eager_only=True)
    except TypeError:
        kind = type(frame).__name__
        message = f"{about}: expected a data frame of pandas or polars, got {kind}: arrays are for Dataset(name, X, y)"
        raise TuningError(message) from None
    # Not by its own conversion, which needs a further library.
    return pd.DataFrame({name: found[name].to_list() for name in found.columns})


def of_frame(frame: pd.DataFrame, marks: frozenset[str] = frozenset()) -> Table:
    """Return a frame that a library has read, its texts as what they hold."""
    table = Table(first_line=None)
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index(allow_duplicates=True)  # an index with a name is a column
    names = distinct(["" if pd.isna(name) else str(name).strip() for name in frame.columns], table)
    for place, name in enumerate(names):
        values = frame.iloc[:, place].reset_index(drop=True)
        plain = as_plain(values)
        if plain is None:
            kind = type(values.dropna().iloc[0]).__name__
            table.defects.append(f"column {name!r} holds values of type {kind}: expected numbers, texts or dates")
        elif plain.dtype == object and not isinstance(values.dtype, pd.CategoricalDtype):
            column = typed(plain.fillna(""), na_values=marks)
            said = ("numbers, written as text",) if is_numeric_dtype(column.content) and not column.notes else ()
            table.take(name, replace(column, notes=(*said, *column.notes)))
        else:
            table.take(name, Column(plain, gaps_said(plain)))
    return table
