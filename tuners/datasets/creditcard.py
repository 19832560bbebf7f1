"""Credit card fraud, the article's subset: the first 400 rows of each class and four features.

From the user's `creditcard.csv` (Kaggle `mlg-ulb/creditcardfraud`), else from scikit-learn's OpenML
cache, else fetched from OpenML (data set 1597) into it.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import fetch_openml

from tuners.errors import TuningError, UnavailableError, one_line
from tuners.task.dataset import Dataset

FEATURES = ["V17", "V9", "V6", "V12"]
KAGGLE_COLUMNS = ["Time", *(f"V{number}" for number in range(1, 29)), "Amount", "Class"]
ROWS_PER_CLASS = 400
OPENML_ID = 1597


def load(path: Path | None = None) -> Dataset:
    """Return 800 rows x 4 features, frauds first, unscaled; classes 0 (genuine) and 1 (fraud).

    Raises `UnavailableError` where there is neither a file nor a network, and `TuningError`
    for a file that is not the Kaggle one.
    """
    frame = _fetch() if path is None else _read(path)
    subset = pd.concat([frame[frame["Class"] == label].head(ROWS_PER_CLASS) for label in (1, 0)])
    return Dataset(
        "creditcard",
        subset[FEATURES].to_numpy(dtype="float64"),
        subset["Class"].to_numpy(dtype="int64"),
        source=f"OpenML {OPENML_ID}" if path is None else str(path),
        licence="ODbL 1.0",
    )


def _read(path: Path) -> pd.DataFrame:
    expected = "expected Kaggle's creditcard.csv (columns Time, V1 to V28, Amount, Class)"
    try:
        frame = pd.read_csv(path)
    except FileNotFoundError:
        message = f"--tuning-creditcard: there is no file {path}: {expected}"
        raise TuningError(message) from None
    except (OSError, ValueError) as error:
        message = f"--tuning-creditcard: {path} cannot be read as CSV: {one_line(error)}: {expected}"
        raise TuningError(message) from None
    missing = [name for name in KAGGLE_COLUMNS if name not in frame.columns]
    if missing:
        message = f"--tuning-creditcard: {path} has no column {missing[0]}: {expected}"
        raise TuningError(message)
    columns = frame[[*FEATURES, "Class"]].apply(pd.to_numeric, errors="coerce")
    bad = ~np.isfinite(columns.to_numpy(dtype="float64"))
    if bad.any():
        row, column = (int(index[0]) for index in np.nonzero(bad))
        name = columns.columns[column]
        message = (
            f"--tuning-creditcard: {path}: column {name} holds {frame[name].iloc[row]!r} in line {row + 2}: "
            "expected a finite number"
        )
        raise TuningError(message)
    counts = columns["Class"].value_counts()
    if any(counts.get(label, 0) < ROWS_PER_CLASS for label in (0, 1)):
        message = (
            f"--tuning-creditcard: {path} has {counts.get(0, 0)} genuine rows and {counts.get(1, 0)} frauds: "
            f"expected at least {ROWS_PER_CLASS} of each"
        )
        raise TuningError(message)
    return pd.DataFrame(columns)


def _fetch() -> pd.DataFrame:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of retries and an empty cache: the error below says it once
            frame = fetch_openml(data_id=OPENML_ID, as_frame=True, parser="pandas", n_retries=1).frame
    except OSError as error:  # URLError, HTTPError and time-outs are OSErrors
        message = (
            f"creditcard is not on this machine and OpenML does not answer ({one_line(error)}): download "
            "creditcard.csv from Kaggle (mlg-ulb/creditcardfraud) and give --tuning-creditcard=PATH "
            "or set TUNING_CREDITCARD"
        )
        raise UnavailableError(message) from None
    return pd.DataFrame(frame).astype({"Class": "int64"})
