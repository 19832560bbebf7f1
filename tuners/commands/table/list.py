"""`table list`: a line a table."""

from __future__ import annotations

import argparse
import datetime as dt

from tuners.commands import Command
from tuners.commands._options import add
from tuners.commands.table._shared import folder_of
from tuners.errors import TuningError
from tuners.report.words import counted
from tuners.results.landmarks import Landmarks
from tuners.store.table import Table, listed
from tuners.text.printable import printable


def options(parser: argparse.ArgumentParser) -> None:
    """Add the folder."""
    add(parser, "tables")


def run(chosen: argparse.Namespace) -> int:
    """Print a line a table, with what differs from this machine's libraries; return 1 if one is damaged."""
    folder = folder_of(chosen)
    tables = listed(folder)
    damaged = 0
    for table in tables:
        try:
            said = _line(table)
        except TuningError as error:
            said, damaged = f"{table.path.name}: {error}", 1
        print(printable(said, None))
    size = sum(table.path.stat().st_size for table in tables)
    print(printable(f"{counted(len(tables), 'table')}, {size:,} bytes, in {folder}", None))
    return damaged


def _line(table: Table) -> str:
    from tuners.evaluation.recording import LANDMARKS, MODEL  # noqa: PLC0415  loads scikit-learn
    from tuners.task.address import outdated  # noqa: PLC0415  loads pandas

    about, status = table.about(), table.path.stat()
    parts = [f"{table.check():,} rows"]
    if LANDMARKS in about:
        parts += _landmarks(Landmarks(**about[LANDMARKS]))
    versions = about.get("versions", {})
    libraries = [f"{name} {number}" for name, number in versions.items() if name not in {"Python", "machine"}]
    parts += [
        f"seconds {'modelled' if MODEL in about else 'measured'}",
        f"{status.st_size:,} bytes",
        f"{dt.datetime.fromtimestamp(status.st_mtime).astimezone():%Y-%m-%d %H:%M}",
        ", ".join(libraries),
    ]
    changed = outdated(versions)
    if changed:
        parts.append(f"OUTDATED: recorded with {'; '.join(changed)}")
    return f"{table.path.stem}: {'; '.join(parts)}"


def _landmarks(found: Landmarks) -> list[str]:
    parts = [f"whole (all {found.candidates:,} candidates of the space)"]
    if found.default_rank is not None:
        parts.append(f"default at rank {found.default_rank:,}")
    if found.optimum is not None:
        median = "-" if found.median is None else f"{found.median:.4f}"
        parts.append(f"optimum {found.optimum:.4f}, median {median}")
    return parts


COMMAND = Command(place=20, help="list the tables of a folder, a line each", options=options, run=run)
