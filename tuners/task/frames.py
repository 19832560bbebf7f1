"""A table taken apart by the names of its columns: features, target and roles, with a note on each decision."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from tuners.errors import MOST_NAMES, TuningError
from tuners.results.tasks import TASKS, Task
from tuners.task import audit
from tuners.task.files import typed
from tuners.task.inferred import inferred_task
from tuners.task.metrics import conventional_positive, label_named, positive_word

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tuners.task.files import Table

WORDS = {"groups": "the groups", "time": "the time", "weights": "the weights", "test": "which rows are the test set"}
MOST_DEFECTS = 10
"""Defects that a message lists."""


@dataclass(frozen=True)
class Parts:
    """What a dataset is made of."""

    X: pd.DataFrame
    y: NDArray[Any]
    task: Task
    positive: Any | None
    roles: Mapping[str, NDArray[Any]]
    notes: tuple[str, ...]


def taken_apart(
    table: Table,
    target: str,
    about: str,
    *,
    roles: Mapping[str, str | None],
    drop: Iterable[str] = (),
    keep: Iterable[str] = (),
    task: Task | None = None,
    positive: Any | None = None,
) -> Parts:
    """Take a table apart: `roles` are names of columns by role, which are no features, and neither are those of `drop`.

    Columns that identify rows are left out, those of `keep` excepted. Raises `TuningError`, which begins with `about`
    and names all that is wrong at once.
    """
    defects = list(table.wrong)
    names = _Names(table.columns, defects)
    named = {role: names.find(name, role) for role, name in roles.items() if name is not None}
    found = names.find(target, "")
    dropped = {each for name in drop if (each := names.find(name, "to be dropped"))}
    kept = {each for name in keep if (each := names.find(name, "to be kept"))}
    twice = [name for name in named.values() if name and name == found]
    if twice:
        defects.append(f"column {twice[0]!r} is the target, and has another role, too: expected one role a column")
    if found is None or not table.columns:
        raise _wrong(about, defects)
    if found in dropped:
        defects.append(f"column {found!r} is the target, and is to be dropped: give another target")
    defects += [f"column {name!r} is to be dropped, and to be kept: expected one of them" for name in dropped & kept]
    defects += [
        f"column {name!r} ({role}) is missing in {table.place(int(table.columns[name].isna().argmax()))}: expected a "
        "value in each row"
        for role, name in named.items()
        if name is not None and table.columns[name].isna().any()
    ]
    features = _features(table, {found, *named.values(), *dropped} - {None})  # type: ignore[arg-type]
    y = table.columns[found]
    _check_target(table, found, y, defects)
    infinite = [name for name in features if _infinite(features[name]).any()]
    defects += [
        f"column {name!r} is infinite in {table.place(int(_infinite(features[name]).argmax()))}: expected finite "
        "numbers, or nothing where the value is missing"
        for name in infinite
    ]
    if not features:
        defects.append(f"has no column but the target {found!r}: expected features beside it")
    if defects:
        raise _wrong(about, defects)
    if task not in {None, *TASKS}:
        raise _wrong(about, [f"expected {' or '.join(TASKS)} as task, got {task!r}"])
    if task == "regression" and not is_numeric_dtype(y):
        said = f"the target {found!r} holds texts such as {y.iloc[0]!r}: expected numbers for regression"
        raise _wrong(about, [said])
    if table.first_line is None and not is_numeric_dtype(y):
        y = typed(y.astype(str)).content  # categories may be numbers
    values = np.asarray(y.astype(str) if not is_numeric_dtype(y) else y)
    its_task = task or inferred_task(values)
    labels = np.unique(values).tolist()
    if positive is not None and label_named(labels, positive) is None:
        listed = ", ".join(map(str, labels[:MOST_DEFECTS]))
        said = f"expected a label of the target {found!r} as positive ({listed}), got {positive!r}"
        raise _wrong(about, [said])
    judged = audit.judge(features, values, its_task, kept)
    X = pd.DataFrame({name: _plain(column) for name, column in features.items() if name not in judged.left_out})
    if X.columns.empty:
        listed = "; ".join(f"{name}: {why}" for name, why in judged.left_out.items())
        raise _wrong(about, [f"has no feature beside the target {found!r}: {listed}"])
    if its_task == "regression":
        positive = None
    elif positive is None:
        positive = conventional_positive(labels) or positive_word(labels)
    notes = [
        *table.file_notes,
        audit.target_note(found, values, its_task, positive, given=task is not None),
        *(f"{name}: {WORDS[role]}, and no feature" for role, name in named.items() if name),
        *(f"{name}: left out, as you said" for name in table.columns if name in dropped),
        *_on_repeated(table, found, {*named.values(), *dropped}),
        *judged.notes(table.notes),
        *judged.leaks,
    ]
    return Parts(
        X, values, its_task, positive, {role: np.asarray(table.columns[name]) for role, name in named.items() if name},
        tuple(notes),
    )  # fmt: skip


class _Names:
    """The columns of a table, found by what a person writes."""

    def __init__(self, columns: Iterable[str], defects: list[str]) -> None:
        self._columns = list(columns)
        self._defects = defects

    def find(self, name: str, what: str) -> str | None:
        """Return the column of a name, blanks around it forgiven; note what is wrong, and return None, without one."""
        wanted = str(name)
        if wanted in self._columns or (wanted := wanted.strip()) in self._columns:
            return wanted
        if not self._columns and not self._defects:
            self._defects.append("has no columns")
        if self._columns:
            near = difflib.get_close_matches(wanted, self._columns, n=1)
            near = near or [each for each in self._columns if each.lower() == wanted.lower()]
            hint = f"did you mean {near[0]!r}? " if near else ""
            more = len(self._columns) - MOST_NAMES
            listed = ", ".join(self._columns[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
            role = f" ({what})" if what else ""
            self._defects.append(f"has no column {wanted!r}{role}: {hint}its columns are {listed}")
        return None


def _features(table: Table, others: set[str]) -> dict[str, pd.Series]:
    """Return the columns that are none of the others, nor a second one of their name."""
    return {
        name: column
        for name, column in table.columns.items()
        if name not in others and table.repeated.get(name) not in others
    }


def _on_repeated(table: Table, target: str, others: Iterable[str | None]) -> list[str]:
    lines = []
    for further, name in table.repeated.items():
        if name == target:
            said = "left out, since it is the target"
        else:
            said = "left out, as the first one is" if name in others else "kept"
        lines.append(f"{further}: a second column named {name!r}: {said}")
    return lines


def _check_target(table: Table, name: str, y: pd.Series, defects: list[str]) -> None:
    missing = y.isna().to_numpy()
    if not len(y):
        defects.append("has no rows below its header")
    elif missing.all():
        defects.append(f"the target {name!r} is empty: give the column of the labels")
    elif missing.any():
        rows = f"{table.place(int(missing.argmax()))}" + (f" and {missing.sum() - 1} more" if missing.sum() > 1 else "")
        defects.append(f"the target {name!r} is missing in {rows}: remove such rows")
    elif y.nunique() < 2:
        defects.append(f"the target {name!r} is constant ({y.iloc[0]}): expected at least two values")
    if _infinite(y).any():
        defects.append(
            f"the target {name!r} is infinite in {table.place(int(_infinite(y).argmax()))}: remove such rows"
        )


def _infinite(values: pd.Series) -> NDArray[np.bool_]:
    if not is_numeric_dtype(values) or is_bool_dtype(values):
        return np.zeros(len(values), dtype=bool)
    return np.asarray(np.isinf(values.to_numpy(dtype="float64")))


def _plain(values: pd.Series) -> pd.Series:
    return values.astype("float64") if is_bool_dtype(values) else values


def _wrong(about: str, defects: list[str]) -> TuningError:
    shown = defects[:MOST_DEFECTS]
    more = len(defects) - len(shown)
    listed = "; ".join(shown) + (f"; and {more} more" if more else "")
    return TuningError(f"{about}: {f'{len(defects)} things are wrong: ' if len(defects) > 1 else ''}{listed}")
