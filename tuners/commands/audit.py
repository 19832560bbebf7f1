"""`audit`: what is decided of a file's columns, without running anything."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tuners.commands import Command
from tuners.commands._options import add, given
from tuners.errors import MOST_NAMES
from tuners.plan import READING
from tuners.task import paths
from tuners.text.printable import printable

if TYPE_CHECKING:
    from tuners.task.dataset import Dataset

BENCHMARK = "tuners.benchmark"
"""The module with the comparison's test, which comes along."""


def options(parser: argparse.ArgumentParser) -> None:
    """Add the file, its target, and the session's options that say what its columns are."""
    parser.add_argument("file", help="text of any delimiter, Parquet, Feather or Excel; text may be compressed")
    parser.add_argument("target", help="the name of its target's column")
    add(parser, "positive", *READING)


def run(chosen: argparse.Namespace) -> int:
    """Print a line a decision, then what there is to tune on, and the command that does."""
    options = given(chosen)
    for line in said_of(read_as_told(chosen, options)):
        print(printable(line, None))
    flags = [f"--tuning-{key}={getattr(chosen, key.replace('-', '_'))}" for key in options]
    quoted = f'"{chosen.target}"' if "," in chosen.target else chosen.target
    command = ["pytest", "--pyargs", BENCHMARK, f"--tuning-datasets={chosen.file}:{quoted}", *flags]
    print(printable(f"to tune on it: {shlex.join(command)}", None))
    return 0


def read_as_told(chosen: argparse.Namespace, options: Mapping[str, Any]) -> Dataset:
    """Return the dataset that is in a file, by options on its columns; raise `TuningError` for what cannot be read."""
    paths.check(f"{chosen.file}:{chosen.target}" if paths.is_file(chosen.file) else chosen.file)
    from tuners.task.reading import read  # noqa: PLC0415  it loads pandas

    arguments = {argument: options[key] for key, argument in READING.items() if key in options}
    return read(chosen.file, chosen.target, positive=options.get("positive"), **arguments)


def said_of(dataset: Dataset) -> list[str]:
    """Return a line a decision that was made when a file was read, then its rows and features."""
    rows, features = dataset.X.shape
    more = f" and {features - MOST_NAMES} more" if features > MOST_NAMES else ""
    listed = ", ".join(dataset.features[:MOST_NAMES]) + more
    return [*dataset.notes, f"{rows:,} rows, {features} {'feature' if features == 1 else 'features'}: {listed}"]


COMMAND = Command(
    place=40, help="say how a file of a table is read: what each column is taken for", options=options, run=run
)
