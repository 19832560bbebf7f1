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

    Whole numbers without gaps are int64, other numbers float64; text is object, so that it is the same under every
    pandas. Gaps are NaN in either, and only empty fields are gaps: "none" is a category.
    """
    with (DATA / f"{name}.csv.gz").open("rb") as file:
        frame = pd.read_csv(
            file, compression="gzip", keep_default_na=False, na_values=[""], float_precision="round_trip"
        )
    text = frame.columns[[not pd.api.types.is_numeric_dtype(dtype) for dtype in frame.dtypes]]
    frame = frame.astype(dict.fromkeys(text, "object"))
    X, y = frame.drop(columns=target), frame[target].to_numpy()
    return Dataset(name, X, y, source, licence, positive, task=task)
