"""Tables of text: what a person's spreadsheet, a database or another program has written."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_float_dtype, is_integer_dtype, is_numeric_dtype

from tuners.task.files._columns import GAPS, Column, gaps_said, typed
from tuners.task.files._dialect import Dialect, dialect_of
from tuners.task.files._numbers import has_codes
from tuners.task.files._table import Table, distinct

VALUES_IN_HEADER = 0.25
"""A first line with a larger share of numbers holds no names."""
IN_COLUMNS = 0.5
"""A first line of texts is a row where a larger share of them recurs in its column."""
MOST_EXACT = 2**53
"""Whole numbers below this are exact as floats."""
_PANDAS_GAPS = sorted({" ", "  "} | {mark for gap in GAPS for mark in (gap, gap.upper(), gap.capitalize())} | {"NaN"})
_ZEROS = re.compile(rb"(?:^|[;,\t|\" '])0\d", re.MULTILINE)
"""A number with a zero before it, as codes have it, may be among the bytes."""
_DOTTED = r"-?\d{1,3}(?:\.\d{3})*"
"""A number with dots between thousands, where decimals stand behind commas."""


def of_text(content: bytes, marks: frozenset[str], encoding: str) -> Table:
    """Return what is in a file of text; `marks` are further gaps."""
    dialect = dialect_of(content, encoding)
    table = Table(file_notes=dialect.notes, first_line=dialect.skipped + 2)
    text = _Text(content, dialect)
    header = text.header()
    if _holds_values(header):
        table.defects.append(
            f"its first line holds values ({', '.join(header[:4])}) and no names of columns: add a header line"
        )
        return table
    names, plain = _named(text, header, marks, table)
    if table.defects:
        return table
    table.file_notes += text.short_lines(len(header))
    kept = _rows_kept(text, names, plain, table)
    plain = _whole(plain[kept].reset_index(drop=True)) if not kept.all() else plain
    zeros = [name for name in names if is_integer_dtype(plain[name])] if _ZEROS.search(content) else []
    codes = {name for name, values in text.strings(names, zeros).items() if has_codes(values.fillna(""))}
    strings = text.strings(names, [name for name in names if name in codes or not is_numeric_dtype(plain[name])])
    strings = {name: values[kept].reset_index(drop=True).fillna("") for name, values in strings.items()}
    if len(strings) == len(names) and _is_row(header, strings):
        table.defects.append(f"its first line ({', '.join(header[:4])}) is like the others: add a header line")
        return table
    for name in names:
        if name in strings:
            table.take(name, typed(strings[name], decimal_comma=dialect.decimal_comma, na_values=marks))
        else:
            table.take(name, Column(plain[name], gaps_said(plain[name])))
    if any("decimal commas" in note for notes in table.notes.values() for note in notes):
        _take_dotted(text, names, kept, table)
    return table


class _Text:
    """The text of a table, read by pandas in several ways."""

    def __init__(self, content: bytes, dialect: Dialect) -> None:
        self._content = content
        self.dialect = dialect
        self._read: Any = partial(
            pd.read_csv,
            sep=r"\s+" if dialect.delimiter == " " else dialect.delimiter,
            encoding=dialect.encoding,
            header=None,
            index_col=False,
            skipinitialspace=True,
            keep_default_na=False,
            skip_blank_lines=False,  # or rows have no lines that can be named
        )

    def header(self) -> list[str]:
        first = self._read(io.BytesIO(self._content), skiprows=self.dialect.skipped, nrows=1, dtype=str)
        return [str(name).strip() for name in first.iloc[0]]

    def rows(self, names: Sequence[str], **options: Any) -> pd.DataFrame:
        skipped = self.dialect.skipped + 1
        found: pd.DataFrame = self._read(io.BytesIO(self._content), names=list(names), skiprows=skipped, **options)
        return found

    def short_lines(self, fields: int) -> list[str]:
        """Say how many lines have fewer fields than there are names, if any: pandas fills them with gaps."""
        if self.dialect.delimiter == " ":
            return []
        short = [number for number, row in self._rows() if any(row) and len(row) < fields]
        if not short:
            return []
        are = "1 line has" if len(short) == 1 else f"{len(short):,} lines have"
        return [f"file: {are} fewer fields than there are names, first line {short[0]}: what they lack are gaps"]

    def first_wider(self, fields: int) -> str:
        """Say which line is the first with more fields than there are names."""
        for number, row in self._rows():
            if len(row) > fields:
                said = f"line {number} has {len(row)} fields, and there are {fields} names: "
                return f"{said}put fields that hold a delimiter in quotes"
        return f"there are more fields than the {fields} names: name each column"

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each line below the header with its number and its fields; none where they cannot be divided."""
        text = self._content.decode(self.dialect.encoding)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.dialect.delimiter, skipinitialspace=True)
        try:
            for row in reader:
                if reader.line_num > self.dialect.skipped + 1:
                    yield reader.line_num, row
        except csv.Error:  # such as a field of megabytes, which pandas reads
            return

    def strings(self, names: Sequence[str], wanted: Sequence[str]) -> dict[str, pd.Series[Any]]:
        """Return columns as they are written."""
        if not wanted:
            return {}
        found = self.rows(names, dtype=str, usecols=list(wanted))
        return {name: found[name] for name in wanted}


def _named(text: _Text, header: list[str], marks: frozenset[str], table: Table) -> tuple[list[str], pd.DataFrame]:
    """Return the names of the columns, and the rows in which what marks a gap is NaN."""
    gaps = [*_PANDAS_GAPS, *marks]
    further = text.dialect.width - len(header)
    names = distinct([*header, *[""] * further], table)
    plain = text.rows(names, na_values=gaps, low_memory=False)
    if further > 0 and not plain[names[len(header) :]].isna().to_numpy().all():
        # R writes names of rows, which are distinct, and no name for them.
        of_rows = text.dialect.usual == len(header) + 1 and further == 1 and plain[names[0]].is_unique
        if not of_rows:
            table.defects.append(text.first_wider(len(header)))
            return names, plain
        table.repeated.clear()
        names = distinct(["", *header], table)
        plain = plain.set_axis(names, axis="columns")
        table.file_notes.append("file: a name fewer than columns: the first column holds the names of the rows")
    return names, plain


def _rows_kept(text: _Text, names: Sequence[str], plain: pd.DataFrame, table: Table) -> np.ndarray[Any, Any]:
    """Return which lines hold anything; those that hold nothing are said, but for the ones behind the last row."""
    kept = np.ones(len(plain), dtype=bool)
    # "none" in each column is a row; only blank fields are none.
    without = np.flatnonzero(plain.isna().all(axis="columns").to_numpy())
    if len(without):
        strings = text.rows(names, dtype=str).iloc[without].fillna("")
        blank = strings.apply(lambda column: column.str.strip() == "").all(axis="columns").to_numpy()
        kept[without[blank]] = False
    if not kept.any():
        return kept
    table.rows = None if kept.all() else np.flatnonzero(kept)
    end = int(np.flatnonzero(kept)[-1])
    inside = int((~kept[:end]).sum())
    if inside:
        table.file_notes.append(f"file: {inside:,} empty line{'' if inside == 1 else 's'} left out")
    return kept


def _whole(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame in which columns are whole numbers again, that had gaps in empty lines alone."""
    whole = {str(name): values for name, values in frame.items() if is_float_dtype(values) and values.notna().all()}
    exact = {
        name: values.astype("int64")
        for name, values in whole.items()
        if (values % 1 == 0).all() and values.abs().max() < MOST_EXACT
    }
    return frame.assign(**exact)


def _take_dotted(text: _Text, names: Sequence[str], kept: np.ndarray[Any, Any], table: Table) -> None:
    """Take numbers such as 1.234 for thousands, in a file whose decimals stand behind commas."""
    fractions = [name for name in names if is_float_dtype(table.columns[name])]
    plain = [name for name in fractions if not any(note.startswith("numbers") for note in table.notes[name])]
    for name, values in text.strings(names, plain).items():
        written = values[kept].reset_index(drop=True).fillna("").str.strip()
        numbers = written[table.columns[name].notna()]
        if numbers.str.fullmatch(_DOTTED).all() and numbers.str.contains(".", regex=False).any():
            found = pd.to_numeric(numbers.str.replace(".", "", regex=False)).astype("float64").reindex(written.index)
            whole = found.astype("int64") if found.notna().all() else found
            table.take(name, Column(whole, ("numbers, dots between thousands left out", *gaps_said(whole))))


def _is_row(header: Sequence[str], strings: dict[str, pd.Series[Any]]) -> bool:
    """Whether a first line of texts is a row: what it holds, columns hold."""
    found = [
        name for name, (_, values) in zip(header, strings.items(), strict=False) if name and (values == name).any()
    ]
    return len(found) > IN_COLUMNS * len(header)


def _holds_values(header: Sequence[str]) -> bool:
    """Whether a first line is a row: of names, few are numbers, but for those that count the columns."""
    numbers = [
        float(name)
        for name in header
        if re.fullmatch(r"[-+]?\d*[.,]?\d+(?:e[-+]?\d+)?", name, re.IGNORECASE) and "," not in name
    ]
    counting = len(numbers) > 1 and all(later - earlier == 1 for earlier, later in itertools.pairwise(numbers))
    return not counting and len(numbers) > VALUES_IN_HEADER * len(header)
