"""What the actions on tables share: the session's options under their own names, and tables found by name."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from tuners.commands._completers import completes
from tuners.commands._options import given
from tuners.errors import TuningError, UnavailableError, nearest, one_line, unwinds
from tuners.plan import READING, Plan
from tuners.results.cell import Cell, dataset_name
from tuners.store.journal_folder import FOLDER
from tuners.store.table import Table, listed
from tuners.text.printable import printable

ROWS = ("folds", "test-size", "rows", "reshuffle")
"""The options by which a problem's rows are divided."""
PROTOCOL = ("preset", "datasets", "metric", "positive", *ROWS, "creditcard", *READING)
"""The options by which a table's problem is made anew."""


def plan_of(chosen: argparse.Namespace) -> Plan:
    """Return the recorded session of the options; raise `TuningError` for one that cannot be."""
    plan = Plan({**given(chosen), "evaluation": "recorded"})
    plan.check()
    return plan


def problems(plan: Plan, cells: Iterable[Cell]) -> list[tuple[str, str, int]]:
    """Return model, dataset and seed of each problem that can be made.

    What is not on this machine is said on stderr. Raises `TuningError` where none can, or one is broken.
    """
    found, lacking = [], []
    for problem in dict.fromkeys((cell.model, cell.dataset, cell.seed) for cell in cells):
        model, dataset, seed = problem
        try:
            plan.problem(*problem)
        except UnavailableError as error:
            lacking.append(str(error))
        except TuningError:
            raise
        except BaseException as error:
            if unwinds(error):
                raise
            message = f"{model}-{dataset_name(dataset)}-{seed}: cannot be made: {one_line(error)}"
            raise TuningError(message) from error
        else:
            found.append(problem)
    if not found:
        raise TuningError(lacking[0])
    for line in dict.fromkeys(lacking):
        print(printable(f"left out: {line}", None), file=sys.stderr)
    return found


def folder_of(chosen: argparse.Namespace) -> Path:
    """Return the folder of the tables."""
    return Path(chosen.tables or Path(FOLDER, "tables"))


def completes_table(action: argparse.Action) -> None:
    """Let a shell complete an argument by the tables' problems."""
    completes(action, lambda chosen: dict.fromkeys(_problem(table) for table in listed(folder_of(chosen))))


def named(folder: Path, names: list[str]) -> list[Table]:
    """Return the tables whose files' names begin so, all for no names; raise `TuningError` for a name of none."""
    tables = listed(folder)
    if not tables:
        message = f"tables: expected recorded tables in {folder}, found none: `python -m tuners table build` makes them"
        raise TuningError(message)
    for name in names:
        if not any(_is_of(name, table) for table in tables):
            near = nearest(name, [_problem(table) for table in tables])
            hint = f"did you mean {' or '.join(dict.fromkeys(near))}?" if near else "`table list` names them"
            message = f"unknown table {name!r}: {hint}"
            raise TuningError(message)
    return [table for table in tables if not names or any(_is_of(name, table) for name in names)]


def _is_of(name: str, table: Table) -> bool:
    """Whether a name is that of a table's problem, of its file, or the file's path."""
    return Path(name).name in {_problem(table), table.path.stem, table.path.name}


def _problem(table: Table) -> str:
    return table.path.stem.rpartition("-")[0]
