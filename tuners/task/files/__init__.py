"""Files of tables: what is in them, as a frame of typed columns, with notes on each and all that is wrong.

- `_dialect`: encoding and delimiter of a text file.
- `_columns`: what a column of text holds.
"""

from __future__ import annotations

import bz2
import gzip
import io
import itertools
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import narwhals
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_numeric_dtype

from tuners.errors import TuningError
from tuners.task.files._columns import GAPS, Column, as_plain, gaps_said, has_codes, typed
from tuners.task.files._dialect import dialect_of
from tuners.text.printable import printable

SAMPLE = 1000
"""Rows of a column of whole numbers that are looked at for zeros before them."""
VALUES_IN_HEADER = 0.25
"""A first line with a larger share of numbers holds no names."""
MOST_EXACT = 2**53
"""Whole numbers below this are exact as floats."""
_PANDAS_GAPS = sorted({" ", "  "} | {mark for gap in GAPS for mark in (gap, gap.upper(), gap.capitalize())} | {"NaN"})


@dataclass
class Table:
    """What a file holds."""

    columns: dict[str, pd.Series] = field(default_factory=dict)
    """By name: numbers, dates, or text as objects, in the file's order."""
    file_notes: list[str] = field(default_factory=list)
    """Lines about the file."""
    notes: dict[str, list[str]] = field(default_factory=dict)
    """By column, what was decided: parts of a sentence."""
    defects: list[str] = field(default_factory=list)
    """What is wrong with it, each with its remedy."""
    repeated: dict[str, str] = field(default_factory=dict)
    """By name of a further column of a name that was there already: that name."""
    rows: NDArray[np.intp] | None = None
    """Where each row is among the lines below the header; None where all lines are rows."""
    first_line: int | None = 2
    """The line of the first row; None where rows are no lines."""

    @property
    def frame(self) -> pd.DataFrame:
        """The columns as one frame."""
        return pd.DataFrame(self.columns)

    def place(self, row: int) -> str:
        """Say where a row is, by its number from 0."""
        if self.first_line is None:
            return f"row {row + 1}"
        return f"line {(row if self.rows is None else int(self.rows[row])) + self.first_line}"

    def take(self, name: str, column: Column) -> None:
        """Take a column as it was understood."""
        if column.damaged is not None:
            value = printable(str(column.content.iloc[column.damaged]).strip())
            self.defects.append(
                f"column {name!r} holds {value!r} in {self.place(column.damaged)}, where the other rows hold numbers: "
                "correct it, or say that it marks a gap (--tuning-na, na_values=)"
            )
        self.columns[name] = column.content
        self.notes[name] = list(column.notes)


def read_table(path: Path, na_values: Iterable[str] = (), encoding: str = "") -> Table:
    """Read a file by its suffix; `na_values` are further marks of gaps. Raises `TuningError`."""
    suffix = path.suffix.lower()
    reader = _BINARY.get(suffix)
    marks = frozenset(na_values)
    try:
        if reader is not None:
            return of_frame(reader(path), marks)
        content = _unpacked(path)
        if not content.strip():
            message = "it is empty"
            raise ValueError(message)  # noqa: TRY301  said with the path, below
        return _of_text(content, marks, encoding)
    except FileNotFoundError:
        message = f"dataset {path}: there is no such file: check the path"
        raise TuningError(message) from None
    except ImportError:
        needed = _NEEDED[suffix]
        message = f"dataset {path}: reading {suffix} needs {needed}: pip install 'pytest-tuners[files]'"
        raise TuningError(message) from None
    except (OSError, ValueError, EOFError, LookupError, zipfile.BadZipFile, lzma.LZMAError, zlib.error) as error:
        expected = "a text file with a header line" if reader is None else f"a {suffix} file"
        said = printable(str(error).strip().partition("\n")[0].strip() or type(error).__name__)
        message = f"dataset {path}: cannot be read as a table: {said}: expected {expected}"
        raise TuningError(message) from None


def _unpacked(path: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if not name.startswith("__MACOSX") and name[-1] != "/"]
            if len(names) != 1:
                message = f"it holds {len(names)} files ({', '.join(names[:3])}), expected one"
                raise ValueError(message)
            return archive.read(names[0])
    return _UNPACK.get(path.suffix.lower(), bytes)(content)


_UNPACK: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.decompress,
    ".bz2": bz2.decompress,
    ".xz": lzma.decompress,
}


def _of_text(content: bytes, marks: frozenset[str], encoding: str) -> Table:
    dialect = dialect_of(content, encoding)
    table = Table(file_notes=dialect.notes, first_line=dialect.skipped + 2)
    shared: dict[str, Any] = {
        "sep": r"\s+" if dialect.delimiter == " " else dialect.delimiter,
        "encoding": dialect.encoding,
        "header": None,
        "index_col": False,
        "skipinitialspace": True,
        "keep_default_na": False,
        "skip_blank_lines": False,  # or rows have no lines that can be named
    }
    first = pd.read_csv(io.BytesIO(content), **shared, skiprows=dialect.skipped, nrows=1, dtype=str)
    header = [str(name).strip() for name in first.iloc[0]]
    if _holds_values(header):
        table.defects.append(
            f"its first line holds values ({', '.join(header[:4])}) and no names of columns: add a header line"
        )
        return table
    # A delimiter too many at the end of the lines makes a column without a name.
    names = _distinct([*header, *[""] * (dialect.width - len(header))], table)
    shared |= {"names": names, "skiprows": dialect.skipped + 1}
    read: Any = partial(pd.read_csv, **shared)
    plain = read(io.BytesIO(content), na_values=[*_PANDAS_GAPS, *marks], low_memory=False)
    sample = read(io.BytesIO(content), nrows=SAMPLE, dtype=str)
    text = [name for name in names if not is_numeric_dtype(plain[name]) or has_codes(sample[name])]
    strings = read(io.BytesIO(content), dtype=str, usecols=text) if text else plain
    plain, strings = _without_empty_rows(plain, strings, table)
    for name in names:
        if name in text:
            values = strings[name].fillna("")
            table.take(name, typed(values, decimal_comma=dialect.decimal_comma, na_values=marks))
        else:
            table.take(name, Column(plain[name], gaps_said(plain[name])))
    return table


def _without_empty_rows(plain: pd.DataFrame, strings: pd.DataFrame, table: Table) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both without lines that hold nothing, which is said; those after the last row go without saying."""
    empty = plain.isna().all(axis="columns").to_numpy()
    if not empty.any() or empty.all():
        return plain, strings
    table.rows = np.flatnonzero(~empty)
    inside = int(empty[: table.rows[-1]].sum())
    if inside:
        table.file_notes.append(f"file: {inside:,} empty line{'' if inside == 1 else 's'} left out")
    found = plain[~empty].reset_index(drop=True)
    for name in found.columns:
        values = found[name]
        # It had whole numbers alone, and gaps in the empty lines.
        if (
            values.dtype == "float64"
            and values.notna().all()
            and (values % 1 == 0).all()
            and values.abs().max() < MOST_EXACT
        ):
            found[name] = values.astype("int64")
    return found, strings[~empty].reset_index(drop=True)


def _holds_values(header: Sequence[str]) -> bool:
    """Whether a first line is a row: of names, few are numbers, but for those that count the columns."""
    numbers = [
        float(name)
        for name in header
        if re.fullmatch(r"[-+]?\d*[.,]?\d+(?:e[-+]?\d+)?", name, re.IGNORECASE) and "," not in name
    ]
    counting = len(numbers) > 1 and all(later - earlier == 1 for earlier, later in itertools.pairwise(numbers))
    return not counting and len(numbers) > VALUES_IN_HEADER * len(header)


def _distinct(header: Sequence[str], table: Table) -> list[str]:
    """Return distinct names: one that is there already gets a number, which is said; a missing one, its place."""
    names: list[str] = []
    for place, name in enumerate(header, start=1):
        found = name or f"column {place}"
        if found in names:
            further = next(f"{found}.{number}" for number in itertools.count(1) if f"{found}.{number}" not in names)
            table.repeated[further] = found
            found = further
        names.append(found)
    return names


def as_pandas(frame: Any, about: str) -> pd.DataFrame:
    """Return a frame of any library as one of pandas; raise `TuningError`, which begins with `about`, without one."""
    if isinstance(frame, pd.DataFrame):
        return frame
    try:
        found = narwhals.from_native(frame, eager_only=True)
    except TypeError:
        kind = type(frame).__name__
        message = f"{about}: expected a data frame of pandas or polars, got {kind}: arrays are for Dataset(name, X, y)"
        raise TuningError(message) from None
    # Not by its own conversion, which needs a further library.
    return pd.DataFrame({name: found[name].to_list() for name in found.columns})


def of_frame(frame: pd.DataFrame, marks: frozenset[str] = frozenset()) -> Table:
    """Return a frame that a library has read, its texts as what they hold."""
    table = Table(first_line=None)
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()  # an index with a name is a column
    names = _distinct(["" if pd.isna(name) else str(name).strip() for name in frame.columns], table)
    for place, name in enumerate(names):
        values = frame.iloc[:, place].reset_index(drop=True)
        plain = as_plain(values)
        if plain is None:
            kind = type(values.dropna().iloc[0]).__name__
            table.defects.append(f"column {name!r} holds values of type {kind}: expected numbers, texts or dates")
        elif plain.dtype == object and not isinstance(values.dtype, pd.CategoricalDtype):
            column = typed(plain.fillna(""), na_values=marks)
            said = ("numbers, written as text",) if is_numeric_dtype(column.content) and not column.notes else ()
            table.take(name, replace(column, notes=(*said, *column.notes)))
        else:
            table.take(name, Column(plain, gaps_said(plain)))
    return table


_BINARY: dict[str, Callable[[Path], pd.DataFrame]] = {
    ".parquet": pd.read_parquet,
    ".pq": pd.read_parquet,
    ".feather": pd.read_feather,
    ".arrow": pd.read_feather,
    ".xlsx": pd.read_excel,
    ".xlsm": pd.read_excel,
}
"""By suffix: what reads a file that is no text."""
_NEEDED = {".xlsx": "openpyxl", ".xlsm": "openpyxl"} | dict.fromkeys(
    (".parquet", ".pq", ".feather", ".arrow"), "pyarrow"
)
