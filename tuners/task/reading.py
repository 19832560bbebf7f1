"""A file of a table as a dataset: `path.csv:target` on the command line, `tuners.read` in Python."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import Any

from tuners.results.cell import stem
from tuners.results.tasks import Task
from tuners.task.dataset import Dataset
from tuners.task.files import read_table


def read(
    path: str | PathLike[str],
    target: str,
    *,
    name: str = "",
    drop: Iterable[str] = (),
    keep: Iterable[str] = (),
    positive: Any = None,
    groups: str | None = None,
    time: str | None = None,
    weights: str | None = None,
    test: str | None = None,
    task: Task | None = None,
    na_values: Iterable[str] = (),
    encoding: str = "",
    source: str = "",
    licence: str = "unknown",
) -> Dataset:
    """Read a file of a table: text with any delimiter and encoding, Parquet, Feather or Excel; text may be compressed.

    What was decided is in the dataset's `notes`.

    Parameters
    ----------
    path
        The file.
    target
        The name of the target's column.
    name
        The dataset's name; the file's without its suffix by default.
    drop
        Columns that are no features.
    keep
        Columns that are features though they identify rows.
    positive
        The label that metrics of one class, such as `f1`, score.
    groups, time, weights, test
        Columns of roles, which are no features; see `Dataset`.
    task
        `"classification"` or `"regression"`; inferred from the target by default.
    na_values
        Further marks of gaps, beside nothing, "?", "NA", "N/A", "null", "-", "nan".
    encoding
        Of a text file; found by default.
    source, licence
        Where the data come from; the path by default.

    Raises
    ------
    TuningError
        Which names all that is wrong at once.
    """
    return Dataset.of_table(
        read_table(Path(path), na_values, encoding), target, name=name or stem(str(path)), about=f"dataset {path}",
        source=source or str(path), licence=licence, drop=drop, keep=keep, positive=positive, groups=groups, time=time,
        weights=weights, test=test, task=task,
    )  # fmt: skip
