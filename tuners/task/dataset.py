"""A dataset: named features and a target, with where they come from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tuners.errors import TuningError
from tuners.task.metrics import label_named

MOST_LABELS = 10
"""Labels that a message lists."""

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Features = pd.DataFrame | NDArray[Any]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Features and target of one task.

    `X` has shape (rows, features); columns of a data frame that are not numeric are categories.
    `y` has shape (rows,): any labels, or numbers for a regressor. `classes` are the labels in the
    order that a confusion matrix shows them. `positive` is the label that metrics of one class, such as
    `f1`, score.
    """

    name: str
    X: Features
    y: NDArray[Any]
    source: str = "the user's own"
    licence: str = "unknown"
    positive: Any = None
    classes: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Check the shapes; raise `TuningError` for a dataset nothing can be learnt from."""
        if hasattr(self.X, "toarray"):
            message = (
                f"dataset {self.name!r}: expected dense rows, an array or a data frame, got a sparse "
                f"{type(self.X).__name__}: pass X.toarray(), or reduce it first, as sklearn's TruncatedSVD does"
            )
            raise TuningError(message)
        object.__setattr__(self, "y", _labels(self.name, np.asarray(self.y)))
        if isinstance(self.X, pd.DataFrame):
            # Preprocessing chooses columns by name: one type of names, and no copy of the data.
            object.__setattr__(self, "X", self.X.set_axis(list(map(str, self.X.columns)), axis="columns"))
        else:
            object.__setattr__(self, "X", np.asarray(self.X))
        if self.X.ndim != 2 or self.y.ndim != 1 or len(self.X) != len(self.y) or not len(self.y):
            message = (
                f"dataset {self.name!r}: expected features of shape (rows, features) and a target of "
                f"shape (rows,), got {self.X.shape} and {self.y.shape}"
            )
            raise TuningError(message)
        labels = np.unique(self.y)
        if len(labels) < 2:
            message = f"dataset {self.name!r}: the target is constant ({labels[0]}): expected at least two classes"
            raise TuningError(message)
        object.__setattr__(self, "classes", tuple(str(label) for label in labels))
        if self.positive is not None and label_named(labels, self.positive) is None:
            listed = ", ".join(map(repr, self.classes[:MOST_LABELS]))
            message = (
                f"dataset {self.name!r}: expected a label of its target as positive ({listed}), got {self.positive!r}"
            )
            raise TuningError(message)

    @property
    def categorical(self) -> list[str]:
        """Names of the columns that are not numeric (none in an array)."""
        if not isinstance(self.X, pd.DataFrame):
            return []
        return [str(name) for name in self.X.columns if not pd.api.types.is_numeric_dtype(self.X[name])]

    @property
    def numeric(self) -> list[str]:
        """Names of the numeric columns of a data frame (none in an array)."""
        if not isinstance(self.X, pd.DataFrame):
            return []
        return [str(name) for name in self.X.columns if pd.api.types.is_numeric_dtype(self.X[name])]

    @property
    def has_missing(self) -> bool:
        """Whether any value is missing."""
        return bool(pd.isna(self.X).to_numpy().any() if isinstance(self.X, pd.DataFrame) else pd.isna(self.X).any())

    def fingerprint(self) -> str:
        """Return a SHA-256 of the content, names of columns included."""
        return fingerprint(self.X, self.y)


def fingerprint(X: Features, y: NDArray[Any]) -> str:
    """Return a SHA-256 of features and target, names of columns included."""
    frame = pd.DataFrame(X)
    # Not by `assign`: pandas warns that it is slow to insert into a frame of many text columns.
    target = pd.DataFrame({"(target)": y}, index=frame.index)
    frame = pd.concat([frame, target], axis="columns")
    digest = hashlib.sha256(",".join(map(str, frame.columns)).encode())
    digest.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
    return digest.hexdigest()


def _labels(name: str, y: NDArray[Any]) -> NDArray[Any]:
    """Return a target as scikit-learn takes it: numbers, bools or text, not as objects that hold them.

    Intervals, periods and other values that all are of one type become their text. Raises `TuningError` for a target of
    several types, which have no order.
    """
    if y.dtype.kind in "biufU" or y.ndim != 1:
        return y
    if y.dtype.kind == "S":
        return y.astype(str)
    if y.dtype.kind == "T":
        return np.array(y.tolist())
    if y.dtype.kind == "O":
        inferred = np.asarray(pd.Series(y).infer_objects())
        if inferred.dtype.kind in "biuf":
            return inferred
    kinds = sorted({type(value).__name__ for value in y.tolist()})
    if kinds == ["str"]:
        return y
    if len(kinds) == 1 and not pd.isna(y[0]):
        return np.array([value.decode() if isinstance(value, bytes) else str(value) for value in y.tolist()])
    message = (
        f"dataset {name!r}: expected a target of one type, text or numbers, got {', '.join(kinds)}: remove rows "
        "without a label, and write the labels as text, y.astype(str), if they are of several types"
    )
    raise TuningError(message)
