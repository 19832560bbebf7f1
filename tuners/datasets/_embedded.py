"""Reads the files of `data/`, whose README says where each is from."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pandas as pd

from tuners.results.tasks import Task
from tuners.task.dataset import Dataset

DATA = files("tuners.datasets") / "data"
"""One compressed CSV a dataset, named as its module; an empty field is a gap."""


def embedded(name: str, target: str, task: Task, *, source: str, licence: str, positive: Any = None) -> Dataset:
    """Return the dataset of that name, whose column `target` is predicted from all others.

    Whole numbers without gaps are int64, other numbers float64, text is object; gaps are NaN. Only empty fields are
    gaps: "none" is a category.
    """
    with (DATA / f"{name}.csv.gz").open("rb") as file:
        frame = pd.read_csv(file, compression="gzip", dtype=str, keep_default_na=False, na_values=[""])
    frame = pd.DataFrame({column: _typed(frame[column].astype(object)) for column in frame})
    X, y = frame.drop(columns=target), frame[target].to_numpy()
    return Dataset(name, X, y, source, licence, positive, task=task)


def _typed(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return a column of text as numbers, if all of it are: to the last bit the same under every pandas."""
    for dtype in ("int64", "float64"):
        try:
            return column.astype(dtype)
        except ValueError:
            continue
    return column
