"""What is decided of the columns of a table, and said: which identify rows, what each holds, which may be a leak."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_integer_dtype, is_numeric_dtype

from tuners.results.tasks import Task
from tuners.task.leaks import leaks_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_ROWS = 20
"""With fewer rows, distinct values say nothing."""
DISTINCT = 0.98
"""A text column with a larger share of distinct values identifies rows."""
INDEX_SPAN = 10
"""An index that was saved after rows were left out has neighbours, and spans fewer numbers than this times its rows."""
WORDS = 6
"""Texts of more words, on average, are prose and no names."""
MOST_CLASSES = 6
"""Classes that the note on the target counts."""
MOST_EXACT = 2**53
"""Whole numbers below this are written in full."""
KEEP = "--tuning-keep"
EMPTY = "empty"
_ID = re.compile(
    r"(?:^|[_\W])(?:id|uuid|guid|no|nr|number|key|index|idx)$|(?<=[a-z])I[dD]$|^Unnamed: 0$|^column 1$", re.IGNORECASE
)


@dataclass(frozen=True)
class Judged:
    """What is decided of the features of a table."""

    columns: Mapping[str, pd.Series]
    left_out: Mapping[str, str]
    """By name: why a column is no feature."""
    kept_in: Mapping[str, str]
    """By name: why a column that identifies rows is one."""
    leaks: Sequence[str]
    """Lines on columns that may tell the target."""

    def notes(self, read: Mapping[str, Sequence[str]]) -> list[str]:
        """Return a line on each column of which something is to be said; `read` has what was decided in reading."""
        lines = []
        plain = 0
        for name, values in self.columns.items():
            found = [*_kind(values), *read.get(name, ()), *filter(None, [self.kept_in.get(name)])]
            if name in self.left_out:
                found = [self.left_out[name]]
            if found:
                lines.append(f"{name}: {', '.join(found)}")
            else:
                plain += 1
        if plain:
            lines.append(f"{plain} {'column' if plain == 1 else 'columns'} of numbers without gaps")
        return lines


def judge(columns: Mapping[str, pd.Series], y: NDArray[Any], task: Task, kept: AbstractSet[str]) -> Judged:
    """Judge the features of a table, of which those `kept` are features whatever they hold."""
    reasons = {name: _reason(name, values, y) for name, values in columns.items()}
    alone = all(reasons.values())  # there is nothing else to learn from
    left_out, kept_in = {}, {}
    for name, reason in reasons.items():
        if reason == EMPTY:
            left_out[name] = f"{EMPTY}: left out"
        elif reason and (alone or name in kept):
            kept_in[name] = f"{reason}: kept, {'as you said' if name in kept else 'as there is no other feature'}"
        elif reason:
            left_out[name] = f"{reason}: left out ({KEEP}={_quoted(name)} keeps it)"
    remaining = {name: values for name, values in columns.items() if name not in left_out}
    return Judged(columns, left_out, kept_in, leaks_of(remaining, y, task))


def target_note(name: str, y: NDArray[Any], task: Task, positive: Any | None, *, given: bool) -> str:
    """Return the line on the target."""
    labels, counts = np.unique(y, return_counts=True)
    if task == "regression":
        whole = not (y % 1).any()
        other = "; --tuning-task=classification takes them for classes" if whole and not given else ""
        return f"{name}: the target, numbers from {_number(labels[0])} to {_number(labels[-1])}: regression{other}"
    order = np.argsort(-counts, kind="stable")[:MOST_CLASSES]
    listed = ", ".join(f"{labels[each]} {counts[each]:,}" for each in order)
    more = f" and {len(labels) - MOST_CLASSES} more" if len(labels) > MOST_CLASSES else ""
    said = f"{name}: the target, {len(labels)} classes ({listed}{more}): classification"
    if labels.dtype.kind in "iuf" and not given and len(labels) > 2:
        said += "; --tuning-task=regression takes them for a quantity"
    if len(labels) == 2:
        said += (
            f"; positive class: {positive}"
            if positive is not None
            else "; positive class: not said (--tuning-positive)"
        )
    return said


def _number(value: float) -> str:
    return f"{value:,.0f}" if value % 1 == 0 and abs(value) < MOST_EXACT else f"{value:,.6g}"


def _quoted(name: str) -> str:
    return f"'{name}'" if re.search(r"[^\w.-]", name) else name


def _reason(name: str, values: pd.Series, y: NDArray[Any]) -> str:
    """Say why a column identifies rows, or holds nothing; empty for a feature."""
    present = values.dropna()
    rows = len(values)
    if present.empty:
        return EMPTY
    distinct = present.nunique()
    counted = f"{distinct:,} distinct values in {rows:,} rows"
    if rows < FEWEST_ROWS or is_bool_dtype(values) or is_datetime64_any_dtype(values):
        return ""
    if not is_numeric_dtype(values):
        prose = present.astype(str).str.count(r"\s+").mean() + 1 > WORDS
        return "" if prose or distinct < DISTINCT * rows else counted
    if distinct < rows:
        return ""
    numbers = values.to_numpy()
    whole = is_integer_dtype(values) or bool((numbers % 1 == 0).all())
    if not whole:
        return ""
    named = bool(_ID.search(name))
    span = numbers.max() - numbers.min()
    if span == rows - 1 and (numbers.min() in {0, 1} or named):
        return f"{counted}, from {numbers.min():.0f} to {numbers.max():.0f}, which number them"
    steps = np.diff(numbers)
    if steps.min() > 0 and (steps == 1).any() and span < INDEX_SPAN * rows and _sorted(y):
        return f"{counted}, which grow from row to row, as the target does"
    return f"{counted}, and the name of an id" if named else ""


def _sorted(y: NDArray[Any]) -> bool:
    """Whether rows are sorted by the target: numbers grow or fall, or equal labels, fewer than rows, stand together."""
    if y.dtype.kind in "iuf" and ((y[1:] >= y[:-1]).all() or (y[1:] <= y[:-1]).all()):
        return True
    labels = len(np.unique(y))
    return bool(labels < len(y) / 2 and (y[1:] != y[:-1]).sum() == labels - 1)


def _constant(values: pd.Series) -> bool:
    return len(values) > 0 and bool((values == values.iloc[0]).all())


def _kind(values: pd.Series) -> list[str]:
    """Say what a column holds that is not of numbers."""
    present = values.dropna()
    if is_datetime64_any_dtype(values):
        first, last = (f"{each:%Y-%m-%d}" for each in (present.min(), present.max()))
        return [f"dates, {first} to {last}, whose parts are features"]
    if is_numeric_dtype(values):
        return [f"{_number(present.iloc[0])} in every row"] if _constant(present) and not is_bool_dtype(values) else []
    count = present.nunique()
    return [f"text, {count:,} value{'' if count == 1 else 's'}"]
