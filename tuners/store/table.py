"""A table: what is recorded of one problem's candidates, in one file of SQLite.

Any number of processes may read a table and add to it at the same time. A row holds a checksum of itself: a file that
is not as it was written is an error that names it, and never a wrong score.
"""

from __future__ import annotations

import errno
import json
import math
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tuners.errors import TuningError
from tuners.results.params import Params
from tuners.text.shown import shown

SCHEMA = 1
SUFFIX = ".sqlite"
WAIT_SECONDS = 60.0
"""How long a session waits for another one that is adding rows."""
_DAMAGE = ("malformed", "no such", "decode", "columns")
"""What SQLite says of a file that is not as it was written, where its class of error is that of a folder, too."""
_COLUMNS = (
    "key", "params", "fidelity", "fold_scores", "test_score", "fit", "score", "refit", "own", "reason", "refused",
)  # fmt: skip
_ABOUT = "CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL, digest INTEGER NOT NULL)"
_ROWS = """
CREATE TABLE IF NOT EXISTS rows (
    number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, params TEXT NOT NULL, fidelity REAL NOT NULL,
    fold_scores TEXT NOT NULL, test_score REAL, fit REAL NOT NULL, score REAL NOT NULL, refit REAL NOT NULL,
    own REAL NOT NULL, reason TEXT NOT NULL, refused TEXT NOT NULL, digest INTEGER NOT NULL
)
"""
_READ = f"SELECT number, {', '.join(_COLUMNS)}, digest FROM rows WHERE number > ? ORDER BY number"  # noqa: S608  our own
_ADD = (
    f"INSERT INTO rows (number, {', '.join(_COLUMNS)}, digest) "  # noqa: S608  our own names
    f"VALUES ((SELECT COALESCE(MAX(number) + 1, 0) FROM rows), {', '.join('?' * (len(_COLUMNS) + 1))}) "
    "ON CONFLICT (key) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One candidate at a fidelity. Seconds are those of plain evaluation."""

    number: int
    """Its place in the table, from 0."""
    params: Params
    fidelity: float
    fold_scores: tuple[float, ...]
    """One a fold; NaN where a fold failed."""
    test_score: float | None
    """After a refit on all training rows; None if that failed, or if it was evaluated in part."""
    fit_seconds: float
    """Summed over the folds."""
    score_seconds: float
    """Summed over the folds."""
    refit_seconds: float
    own_seconds: float
    """What an evaluation takes beside fits and scores: copying rows, checking parameters."""
    reason: str = ""
    """Why it failed on the folds; empty for a good one."""
    refused: str = ""
    """Why the refit, or its test score, failed."""

    @property
    def seconds(self) -> float:
        """What its evaluation takes."""
        return self.fit_seconds + self.score_seconds + self.own_seconds


def key(params: Mapping[str, Any], fidelity: float = 1.0) -> str | None:
    """Return the text by which a candidate is found; None for values that a file cannot hold exactly."""
    text = written(params)
    return text if text is None or fidelity == 1 else f"{text} at {fidelity!r}"


def written(params: Mapping[str, Any]) -> str | None:
    """Return parameters as text from which `Table.rows` makes them again, type for type; None where none does."""
    try:
        return json.dumps({name: _plain(value) for name, value in params.items()}, sort_keys=True)
    except _NotPlainError:
        return None


class _NotPlainError(Exception):
    """A value is an object that a file cannot hold."""


def _plain(value: Any) -> Any:
    if value is None or type(value) in {bool, int, float, str}:
        return value
    if type(value) is list:
        return [_plain(each) for each in value]
    if type(value) is tuple:
        return {"tuple": [_plain(each) for each in value]}
    raise _NotPlainError


def _restored(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple(_restored(each) for each in value["tuple"])
    return [_restored(each) for each in value] if isinstance(value, list) else value


class Table:
    """The file of one problem."""

    def __init__(self, path: Path) -> None:
        """Name a file, which need not be there."""
        self.path = path

    def create(self, about: Mapping[str, Any]) -> None:
        """Make the file, unless it is there; `about` says what its content depends on.

        Raises `TuningError` for a file that is damaged, or the table of something else.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self.cannot(error.strerror or str(error)) from None
        with self._open() as file:
            file.execute(_ABOUT)
            file.execute(_ROWS)
            content = {"schema": SCHEMA, **about}
            rows = [_noted(name, value) for name, value in content.items()]
            file.executemany("INSERT OR IGNORE INTO about VALUES (?, ?, ?)", rows)
        found = self.about()
        for name, expected in json.loads(json.dumps(content)).items():
            if found.get(name) != expected:
                said = f"expected {name} {shown(expected)}, got {shown(found.get(name))}"
                message = f"table {self.path}: {said}: delete it, and it is built anew"
                raise TuningError(message)

    def about(self) -> dict[str, Any]:
        """Return what the table's content depends on, and what else is noted of it."""
        with self._open() as file:
            found = file.execute("SELECT name, value, digest FROM about").fetchall()
        for name, value, digest in found:
            if _digest((name, value)) != digest:
                said = f"{name} is not as it was written"
                raise self.damaged(said)
        try:
            return {name: json.loads(value) for name, value, _ in found}
        except ValueError as error:
            raise self.damaged(str(error)) from None

    def note(self, name: str, value: Any) -> None:
        """Note something of the table as a whole, in place of what was noted under the name."""
        with self._open() as file:
            file.execute("INSERT OR REPLACE INTO about VALUES (?, ?, ?)", _noted(name, value))

    def rows(self, after: int = -1) -> list[Row]:
        """Return the rows in order, those after a number; raise `TuningError` for one that is not as it was written."""
        with self._open() as file:
            found = file.execute(_READ, (after,)).fetchall()
        return [self._row(*each) for each in found]

    def check(self) -> int:
        """Read everything, and return how many rows there are; raise `TuningError` for damage anywhere in the file."""
        with self._open() as file:
            (said,) = file.execute("PRAGMA integrity_check(1)").fetchone()
        if said != "ok":
            raise self.damaged(" ".join(said.split()))
        return len(self.rows())

    def count(self) -> int:
        """Return how many rows there are."""
        with self._open() as file:
            found: tuple[int] = file.execute("SELECT COUNT(*) FROM rows").fetchone()
        return found[0]

    def add(self, rows: Iterable[Row]) -> None:
        """Add rows, whose numbers are given here, all or none; one whose candidate is there is left out."""
        values = []
        for row in rows:
            named = key(row.params, row.fidelity)
            if named is None:
                continue
            seconds = map(float, (row.fit_seconds, row.score_seconds, row.refit_seconds, row.own_seconds))
            # SQLite holds -0.0, a loss that is perfect, as 0.
            test_score = None if row.test_score is None else float(row.test_score) + 0.0
            scores = json.dumps(row.fold_scores)
            content = (
                named, written(row.params), float(row.fidelity), scores, test_score, *seconds, row.reason, row.refused
            )  # fmt: skip
            values.append((*content, _digest(content)))
        if not values:
            return
        with self._open() as file:
            file.execute("BEGIN IMMEDIATE")
            file.executemany(_ADD, values)

    def _row(self, number: int, named: str, *columns: Any) -> Row:
        *content, digest = columns
        if _digest((named, *content)) != digest:
            said = f"row {number} is not as it was written"
            raise self.damaged(said)
        params, fidelity, fold_scores, test_score, *rest = content
        try:
            values = {name: _restored(value) for name, value in json.loads(params).items()}
            scores = tuple(map(float, json.loads(fold_scores)))
        except (ValueError, TypeError, KeyError) as error:
            said = f"row {number}: {error}"
            raise self.damaged(said) from None
        return Row(number, values, fidelity, scores, test_score, *rest)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open the file for one transaction; raise `TuningError` that names it for what goes wrong with it."""
        try:
            with closing(sqlite3.connect(self.path, timeout=WAIT_SECONDS)) as file, file:
                yield file
        except sqlite3.OperationalError as error:
            if any(said in str(error) for said in _DAMAGE):
                raise self.damaged(str(error)) from None
            raise self.cannot(str(error)) from None
        except sqlite3.DatabaseError as error:
            raise self.damaged(str(error)) from None

    def damaged(self, said: str) -> TuningError:
        """Return the error that names the file, and what is wrong with it."""
        wrong = f"table {self.path}: expected a recorded table, got a damaged file ({said})"
        remedy = f"`python -m tuners table prune --damaged --tables {self.path.parent}`"
        return TuningError(f"{wrong}: delete it, as {remedy} does: it is built anew")

    def cannot(self, said: str) -> TuningError:
        """Return the error that names the file, and why it cannot be read or written."""
        wrong = f"table {self.path}: cannot be read or written: {said}"
        return TuningError(f"{wrong}: mend that, or name another folder with --tuning-tables")


def _noted(name: str, value: Any) -> tuple[str, str, int]:
    text = json.dumps(value)
    return name, text, _digest((name, text))


def _digest(content: tuple[Any, ...]) -> int:
    """Return a checksum of a row's columns; NaN is null, as SQLite holds it."""
    plain = [None if isinstance(each, float) and math.isnan(each) else each for each in content]
    return zlib.crc32(repr(plain).encode())


def require_folder(folder: Path) -> None:
    """Raise `TuningError` for a folder that cannot be made or written to; makes none."""
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        reason = os.strerror(errno.EACCES if there.is_dir() else errno.ENOTDIR)
        raise Table(folder / "*").cannot(reason)


def listed(folder: Path) -> list[Table]:
    """Return the tables of a folder, by name."""
    return [Table(path) for path in sorted(folder.glob(f"*{SUFFIX}"))]
