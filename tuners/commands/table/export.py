"""`table export`: the rows of a table as a file of columns."""

from __future__ import annotations

import argparse
import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tuners.commands import Command
from tuners.commands._options import add
from tuners.commands.table._shared import completes_table, folder_of, named
from tuners.errors import TuningError
from tuners.store import files
from tuners.store.table import Row

if TYPE_CHECKING:
    from collections.abc import Sequence

SUFFIXES = (".csv", ".parquet")


def options(parser: argparse.ArgumentParser) -> None:
    """Add the table, and the file."""
    completes_table(parser.add_argument("name", help="a table of `table list`, or its problem, as in forest-wine-0"))
    parser.add_argument("path", type=Path, help=f"the file to write, which ends in {' or '.join(SUFFIXES)}")
    add(parser, "tables")


def run(chosen: argparse.Namespace) -> int:
    """Write the file, and print how many rows it has."""
    path: Path = chosen.path
    _check(path)
    tables = named(folder_of(chosen), [chosen.name])
    if len(tables) > 1:
        message = f"table {chosen.name!r}: expected one, got {', '.join(table.path.stem for table in tables)}: name it"
        raise TuningError(message)
    import pandas as pd  # noqa: PLC0415  takes a second to load

    found = tables[0].rows()
    frame = pd.DataFrame({name: pd.Series(values, dtype=_kind(values)) for name, values in columns(found).items()})
    if path.suffix == ".csv":
        files.write(frame.to_csv(index=False), path)
    else:
        frame.to_parquet(path, index=False)
    print(f"{tables[0].path.stem}: {len(found):,} rows in {path}")
    return 0


def _check(path: Path) -> None:
    """Raise `TuningError` for a file that cannot be written here."""
    if path.suffix not in SUFFIXES:
        message = f"table export: expected a path that ends in {' or '.join(SUFFIXES)}, got '{path}'"
        raise TuningError(message)
    if path.suffix == ".parquet" and not any(map(importlib.util.find_spec, ("pyarrow", "fastparquet"))):
        message = f"table export: {path} needs pyarrow, which is not installed: pip install pyarrow, or export to .csv"
        raise TuningError(message)


def columns(rows: Sequence[Row]) -> dict[str, list[Any]]:
    """Return the columns: `param_NAME` as scikit-learn has them, scores, seconds and reasons; None for what lacks."""
    names = sorted({name for row in rows for name in row.params})
    folds = max((len(row.fold_scores) for row in rows), default=0)
    return {
        "candidate": [row.number for row in rows],
        **{f"param_{name}": _alike([row.params.get(name, _ABSENT) for row in rows]) for name in names},
        "fidelity": [row.fidelity for row in rows],
        **{f"fold_{place}": [row.fold_scores[place] for row in rows] for place in range(folds)},
        "test_score": [row.test_score for row in rows],
        "fit_seconds": [row.fit_seconds for row in rows],
        "score_seconds": [row.score_seconds for row in rows],
        "refit_seconds": [row.refit_seconds for row in rows],
        "other_seconds": [row.own_seconds for row in rows],
        "reason": [row.reason or row.refused for row in rows],
    }


def _kind(values: Sequence[Any]) -> str | None:
    """Return the type of pandas for whole numbers of which some lack: they stay whole. None for what it finds out."""
    kinds = {type(value) for value in values} - {type(None)}
    return {int: "Int64", bool: "boolean"}.get(kinds.pop()) if len(kinds) == 1 else None


_ABSENT: Any = object()
"""In place of a hyperparameter that a candidate does not set."""


def _alike(values: Sequence[Any]) -> list[Any]:
    """Return values as a column of one type: of several types, and of None and lists, each as its text."""
    there = [value for value in values if value is not _ABSENT]
    alike = len({type(value) for value in there}) == 1 and type(there[0]) in {bool, int, float, str}
    return [None if value is _ABSENT else value if alike else _text(value) for value in values]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value) if isinstance(value, list | tuple) else str(value)


COMMAND = Command(place=40, help="write a table's rows as CSV or Parquet", options=options, run=run)
