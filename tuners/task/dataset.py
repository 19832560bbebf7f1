"""A dataset: named features and a target, with where they come from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tuners.errors import TuningError
from tuners.results.tasks import TASKS, Task
from tuners.task import roles
from tuners.task.files import Table, as_pandas, of_frame
from tuners.task.fingerprint import fingerprint, is_sparse
from tuners.task.frames import taken_apart
from tuners.task.inferred import inferred_task
from tuners.task.metrics import label_named
from tuners.task.roles import ROLES

MOST_LABELS = 10
"""Labels that a message lists."""

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Features = pd.DataFrame | NDArray[Any]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Features and target of one task.

    `X` has shape (rows, features); columns of a data frame that are not numeric are categories, text or dates.
    `y` has shape (rows,): any labels, or numbers for regression. Roles are arrays of shape (rows,).

    Raises `TuningError`, one line, for what nothing can be learnt from.
    """

    name: str
    X: Features
    y: NDArray[Any]
    source: str = "the user's own"
    licence: str = "unknown"
    positive: Any = None
    """The label that metrics of one class, such as `f1`, score."""
    task: Task | None = field(default=None, kw_only=True)
    """One of `TASKS`; inferred from the target where it is not given."""
    groups: NDArray[Any] | None = field(default=None, kw_only=True)
    """Rows of one group, such as a patient's, are never in two parts of a split."""
    time: NDArray[Any] | None = field(default=None, kw_only=True)
    """When each row was observed, numbers or dates: test rows are later than training rows."""
    weights: NDArray[np.float64] | None = field(default=None, kw_only=True)
    """Of rows, in fits and in scores."""
    test: NDArray[np.bool_] | None = field(default=None, kw_only=True)
    """Which rows are the test set, where the user has one; else the seed draws it."""
    notes: tuple[str, ...] = field(default=(), kw_only=True)
    """What was decided when the data were read, a line each: `column: what is in it: what was done`."""
    classes: tuple[str, ...] = field(init=False)
    """The labels in the order that a confusion matrix shows them; none for regression."""

    def __post_init__(self) -> None:
        """Check shapes, target and roles; raise `TuningError` for a dataset nothing can be learnt from."""
        own = partial(object.__setattr__, self)
        own("y", _target(self.name, np.asarray(self.y)))
        own("X", _features(self.name, self.X))
        if self.X.ndim != 2 or self.y.ndim != 1 or self.X.shape[0] != len(self.y) or not len(self.y):
            message = (
                f"dataset {self.name!r}: expected features of shape (rows, features) and a target of "
                f"shape (rows,), got {self.X.shape} and {self.y.shape}"
            )
            raise TuningError(message)
        labels = np.unique(self.y)
        if len(labels) < 2:
            message = f"dataset {self.name!r}: the target is constant ({labels[0]}): expected at least two values"
            raise TuningError(message)
        own("task", _task(self.name, self.task, self.y))
        own("classes", tuple(str(label) for label in labels) if self.task == "classification" else ())
        for role in ROLES:
            values = getattr(self, role)
            if values is not None:
                own(role, roles.checked(role, values, len(self.y), f"dataset {self.name!r}"))
        if self.positive is not None and label_named(labels, self.positive) is None:
            listed = ", ".join(map(repr, self.classes[:MOST_LABELS]))
            message = (
                f"dataset {self.name!r}: expected a label of its target as positive ({listed}), got {self.positive!r}"
            )
            raise TuningError(message)

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        target: str,
        *,
        name: str,
        positive: Any = None,
        groups: str | None = None,
        time: str | None = None,
        weights: str | None = None,
        test: str | None = None,
        task: Task | None = None,
        drop: Iterable[str] = (),
        keep: Iterable[str] = (),
        source: str = "the user's own",
        licence: str = "unknown",
    ) -> Dataset:
        """Return the dataset that is in a frame of pandas, polars or another library that narwhals knows.

        `target` and roles are names of columns; those of roles, and of `drop`, are no features. Columns that identify
        rows are left out, but for those of `keep`. `notes` say what was decided. Raises `TuningError`.
        """
        about = f"dataset {name!r}"
        return cls.of_table(
            of_frame(as_pandas(frame, about)), target, name=name, about=about, source=source, licence=licence,
            positive=positive, groups=groups, time=time, weights=weights, test=test, task=task, drop=drop, keep=keep,
        )  # fmt: skip

    @classmethod
    def of_table(
        cls, table: Table, target: str, *, name: str, about: str, source: str, licence: str = "unknown",
        drop: Iterable[str] = (), keep: Iterable[str] = (), positive: Any = None, task: Task | None = None,
        **named: str | None,
    ) -> Dataset:  # fmt: skip
        """Return the dataset that is in a table; `named` has the columns of roles, and messages begin with `about`."""
        if isinstance(drop, str) or isinstance(keep, str):
            message = (
                f"{about}: expected a list of names as drop and keep, got {drop if isinstance(drop, str) else keep!r}"
            )
            raise TuningError(message)
        parts = taken_apart(table, target, about, roles=named, drop=drop, keep=keep, task=task, positive=positive)
        return cls(
            name, parts.X, parts.y, source=source, licence=licence, positive=parts.positive, task=parts.task,
            notes=parts.notes, **parts.roles,
        )  # fmt: skip

    @property
    def features(self) -> list[str]:
        """Names of the columns of a data frame (none in an array)."""
        return list(self.X.columns) if isinstance(self.X, pd.DataFrame) else []

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
        if isinstance(self.X, pd.DataFrame):
            return bool(pd.isna(self.X).to_numpy().any())
        values: Any = self.X
        return bool(pd.isna(values.data if is_sparse(values) else values).any())

    def for_task(self, task: Task) -> Dataset:
        """Return the dataset with its target taken for classes, or for numbers, whatever was inferred."""
        if task == self.task:
            return self
        positive = self.positive if task == "classification" else None
        return replace(self, task=task, positive=positive, notes=(*self.notes, f"task: {task}, as you said"))

    def fingerprint(self) -> str:
        """Return a SHA-256 of the content, names of columns and roles included."""
        digest = fingerprint(self.X, self.y)
        if self.task != inferred_task(self.y):
            digest = hashlib.sha256(f"{digest} {self.task}".encode()).hexdigest()
        given = [(role, getattr(self, role)) for role in ROLES if getattr(self, role) is not None]
        if not given:
            return digest
        return hashlib.sha256(f"{digest} {fingerprint(pd.DataFrame(dict(given)), self.y)}".encode()).hexdigest()


def _features(name: str, X: Any) -> Any:
    """Return features as a frame whose columns are named by distinct strings, as sparse rows, or as an array."""
    if is_sparse(X):
        return X.tocsr()
    if not isinstance(X, pd.DataFrame):
        return np.asarray(X)
    columns = list(map(str, X.columns))
    twice = next((column for column in columns if columns.count(column) > 1), None)
    if twice is not None:
        message = f"dataset {name!r}: expected distinct names of columns, got {twice!r} twice: rename or drop one"
        raise TuningError(message)
    # Preprocessing chooses columns by name: one type of names, and no copy of the data.
    return X.set_axis(columns, axis="columns")


def _task(name: str, given: Task | None, y: NDArray[Any]) -> Task:
    if given is None:
        return inferred_task(y)
    if given not in TASKS:
        message = f"dataset {name!r}: expected {' or '.join(TASKS)} as task, got {given!r}"
        raise TuningError(message)
    if given == "regression" and y.dtype.kind not in "iufb":
        message = (
            f"dataset {name!r}: expected a target of numbers for regression, got labels such as {str(y[0])!r}: "
            "give the column of numbers, or leave the task out"
        )
        raise TuningError(message)
    return given


def _target(name: str, y: NDArray[Any]) -> NDArray[Any]:
    """Return a target as scikit-learn takes it: numbers, bools or text, not as objects that hold them.

    Intervals, periods and other values that all are of one type become their text. Raises `TuningError` for missing
    values, for infinite ones, and for a target of several types, which have no order.
    """
    if y.ndim != 1:
        return y
    missing = pd.isna(y)
    if missing.any():
        message = (
            f"dataset {name!r}: the target is missing in {missing.sum()} of {len(y)} rows, first in row "
            f"{int(missing.argmax())} (from 0): remove such rows"
        )
        raise TuningError(message)
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        message = (
            f"dataset {name!r}: the target is infinite in row {int(np.isinf(y).argmax())} (from 0): remove such rows"
        )
        raise TuningError(message)
    if y.dtype.kind in "biufU":
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
    if len(kinds) == 1:
        return np.array([value.decode() if isinstance(value, bytes) else str(value) for value in y.tolist()])
    message = (
        f"dataset {name!r}: expected a target of one type, text or numbers, got {', '.join(kinds)}: "
        "write the labels as text, y.astype(str)"
    )
    raise TuningError(message)
