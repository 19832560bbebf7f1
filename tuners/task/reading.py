"""Any CSV as a dataset: `path.csv:target`."""

from __future__ import annotations

import difflib
from pathlib import Path

import numpy as np
import pandas as pd

from tuners.errors import TuningError
from tuners.task.dataset import Dataset
from tuners.text.printable import printable

MOSTLY = 0.5
"""A text column of which more than this share reads as numbers is a damaged number column."""


def read_csv(path: str, target: str) -> Dataset:
    """Read a CSV; every column but the target is a feature, text columns are categories.

    Missing features are kept, to be imputed inside the cross-validation; a missing target, infinities,
    text among numbers and all that cannot be read are errors that name the column and the line.
    """
    try:
        frame = pd.read_csv(path)
    except FileNotFoundError:
        message = f"dataset {path}: there is no such file: check the path"
        raise TuningError(message) from None
    except (OSError, ValueError) as error:  # pandas' parser and decoding errors are ValueErrors
        message = (
            f"dataset {path}: cannot be read as CSV: {printable(str(error))}: expected UTF-8 text with a "
            "header line and commas between the columns"
        )
        raise TuningError(message) from None
    if frame.empty:
        message = f"dataset {path}: has no rows"
        raise TuningError(message)
    if target not in frame.columns:
        columns = list(map(str, frame.columns))
        near = difflib.get_close_matches(target, columns, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        message = f"dataset {path}: has no column {target!r}: {hint}its columns are {', '.join(columns)}"
        raise TuningError(message)
    y = frame.pop(target)
    if frame.columns.empty:
        message = f"dataset {path}: has no column but the target {target!r}"
        raise TuningError(message)
    _check_target(path, y)
    return Dataset(Path(path).stem, _features(path, frame), y.to_numpy(), source=path)


def _check_target(path: str, y: pd.Series) -> None:
    if y.isna().any():
        row = _line(y.isna())
        message = f"dataset {path}: the target {y.name!r} is missing in line {row}: remove such rows"
        raise TuningError(message)


def _features(path: str, frame: pd.DataFrame) -> pd.DataFrame:
    for column in frame.columns:
        values = frame[column]
        if values.isna().all():
            message = f"dataset {path}: column {column!r} is empty: remove it"
            raise TuningError(message)
        if pd.api.types.is_bool_dtype(values):
            frame[column] = values.astype("float64")
        elif pd.api.types.is_numeric_dtype(values):
            infinite = np.isinf(values.to_numpy(dtype="float64"))
            if infinite.any():
                message = (
                    f"dataset {path}: column {column!r} is infinite in line {_line(infinite)}: "
                    "expected finite numbers, or nothing where the value is missing"
                )
                raise TuningError(message)
        else:
            _check_text(path, str(column), values)
            # Categories are strings, a missing one stays missing: the encoder has one type to sort.
            frame[column] = values.astype(object).where(values.notna(), np.nan)
    return frame


def _check_text(path: str, column: str, values: pd.Series) -> None:
    present = values[values.notna()]
    text = pd.to_numeric(present, errors="coerce").isna()
    if 0 < text.mean() < MOSTLY:
        message = (
            f"dataset {path}: column {column!r} holds {present[text].iloc[0]!r} in line "
            f"{int(present[text].index[0]) + 2}, where the other rows hold numbers: correct or remove it"
        )
        raise TuningError(message)


def _line(mask: pd.Series | np.ndarray) -> int:
    # The header is line 1, so that the first row is line 2.
    return int(np.flatnonzero(np.asarray(mask))[0]) + 2
