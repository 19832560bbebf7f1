"""What is tuned on: arrays, frames, a `Dataset`, a file, or the name of a dataset that comes along."""

from __future__ import annotations

from os import PathLike, fspath
from typing import Any

import numpy as np

from tuners.errors import TuningError
from tuners.plan import READING
from tuners.task.dataset import Dataset
from tuners.task.files import as_pandas

ROLES = {"groups": "groups", "time": "time", "weights": "weights", "test-rows": "test"}
"""By option: the argument of `Dataset` that an array of it is."""


def roles_of(given: dict[str, Any]) -> dict[str, Any]:
    """Take from keyword arguments the roles that are arrays of shape (rows,), not names of columns; return them."""
    found = {}
    for key, role in ROLES.items():
        name = key.replace("-", "_")
        if given.get(name) is not None and not isinstance(given[name], str):
            found[role] = given.pop(name)
    return found


def dataset_of(X: Any, y: Any, name: str, options: dict[str, Any], roles: dict[str, Any]) -> str | Dataset:
    """Return a dataset, or the name that a plan loads one by; raise `TuningError` for what is neither.

    `options` are parsed, by key; those on columns that are taken into the dataset are removed from them.
    """
    if not isinstance(name, str) or not name:
        message = f"name: expected what the data are called in tables, got {name!r}"
        raise TuningError(message)
    if isinstance(X, Dataset):
        _without(y, "a Dataset, which has its target")
        _without(roles, "a Dataset, which has its roles")
        return X
    if isinstance(X, str | PathLike):
        _without(roles, "a file, whose roles are names of its columns")
        if y is not None and not isinstance(y, str):
            message = f"y: expected the name of the target's column beside the file {fspath(X)}, got {type(y).__name__}"
            raise TuningError(message)
        return f"{fspath(X)}:{y}" if y is not None else str(fspath(X))
    if y is None:
        message = f"y: expected a target, or the name of its column, got neither beside X ({_kind(X)})"
        raise TuningError(message)
    if isinstance(y, str):
        _without(roles, "a frame with its target, whose roles are names of its columns")
        arguments = {argument: options.pop(key) for key, argument in READING.items() if key in options}
        for lacking in {"na_values", "encoding"} & set(arguments):
            message = f"{lacking.removesuffix('_values')}: expected a file to read, got a frame, which has been read"
            raise TuningError(message)
        return Dataset.from_frame(X, y, name=name, positive=options.get("positive"), **arguments)
    return _of_arrays(X, y, name, options, roles)


def _of_arrays(X: Any, y: Any, name: str, options: dict[str, Any], roles: dict[str, Any]) -> Dataset:
    """Return the dataset of features as they are; the name of a column as a role takes it out of a frame of them."""
    features = as_pandas(X, f"dataset {name!r}") if hasattr(X, "columns") else X
    for key in [key for key in READING if key in options and key != "task"]:
        column = options.pop(key)
        if key not in ROLES or not hasattr(features, "columns"):
            message = f"{key}: expected a file, or a frame beside the name of its target, got X and y: {_instead(key)}"
            raise TuningError(message)
        if column not in features.columns:
            message = f"{key}: expected a column of X, got {column!r}: it has {', '.join(map(str, features.columns))}"
            raise TuningError(message)
        roles = {**roles, ROLES[key]: features[column].to_numpy()}
        features = features.drop(columns=column)
    return Dataset(name, features, np.asarray(y), **roles)


def _instead(key: str) -> str:
    if key in ROLES:
        return "give an array of shape (rows,)"
    return "drop the columns yourself" if key in {"drop", "keep"} else "leave it out"


def _without(given: Any, beside: str) -> None:
    if given is None or (isinstance(given, dict) and not given):
        return
    what = ", ".join(given) if isinstance(given, dict) else "y"
    message = f"{what}: expected nothing beside {beside}: leave it out"
    raise TuningError(message)


def _kind(X: Any) -> str:
    return f"{type(X).__name__} of shape {X.shape}" if hasattr(X, "shape") else type(X).__name__
