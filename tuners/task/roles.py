"""Roles of rows beside features and target: groups, time, weights, and which rows are the test set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tuners.errors import TuningError
from tuners.task.files import of_frame

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROLES = ("groups", "time", "weights", "test")


def checked(role: str, values: Any, rows: int, about: str) -> NDArray[Any]:
    """Return the values of a role as an array, (rows,); raise `TuningError`, which begins with `about`."""
    found = np.asarray(values)
    if found.shape != (rows,):
        message = f"{about}: expected {role} of shape ({rows},), one a row, got {found.shape}"
        raise TuningError(message)
    missing = pd.isna(found)
    if missing.any():
        message = f"{about}: {role} is missing in row {int(missing.argmax())} (from 0): expected a value in each row"
        raise TuningError(message)
    return _READ[role](found, about)


def _groups(values: NDArray[Any], about: str) -> NDArray[Any]:
    _, numbers = np.unique(values.astype(str) if values.dtype.kind == "O" else values, return_inverse=True)
    if numbers.max() == 0:
        message = f"{about}: all rows are of one group: expected at least two"
        raise TuningError(message)
    return numbers


def _time(values: NDArray[Any], about: str) -> NDArray[Any]:
    if values.dtype.kind in "iufM":
        return values
    found = of_frame(pd.DataFrame({"time": values})).columns.get("time")
    if found is None or found.dtype.kind not in "iufM":
        message = f"{about}: expected numbers, or dates of one way of writing, as time, got {str(values[0])!r}"
        raise TuningError(message)
    return np.asarray(found)


def _weights(values: NDArray[Any], about: str) -> NDArray[np.float64]:
    try:
        found = values.astype("float64")
    except (TypeError, ValueError):
        found = np.array([np.nan])
    if not np.isfinite(found).all() or (found < 0).any() or not found.any():
        message = f"{about}: expected finite weights, none below 0 and not all 0"
        raise TuningError(message)
    return found


def _test(values: NDArray[Any], about: str) -> NDArray[np.bool_]:
    found = values.astype(str)
    kinds = set(np.unique(np.char.lower(found)).tolist())
    if not kinds <= set(_IN_TEST | _IN_TRAINING) or len({each in _IN_TEST for each in kinds}) < 2:
        listed = ", ".join(sorted(kinds)[:5])
        message = f"{about}: expected test and training rows, told apart by True and False, 1 and 0 or test and train, "
        message += f"got {listed}"
        raise TuningError(message)
    return np.isin(np.char.lower(found), list(_IN_TEST))


_IN_TEST = {"true", "1", "1.0", "yes", "test"}
_IN_TRAINING = {"false", "0", "0.0", "no", "train", "training"}
_READ = {"groups": _groups, "time": _time, "weights": _weights, "test": _test}
