"""`audit`: what is decided of a file's columns, without running anything."""

from __future__ import annotations

import argparse
import shlex

from tuners.commands import Command
from tuners.commands._options import add, given
from tuners.errors import MOST_NAMES
from tuners.plan import READING
from tuners.task import paths
from tuners.text.printable import printable


def options(parser: argparse.ArgumentParser) -> None:
    """Add the file, its target, and the session's options that say what its columns are."""
    parser.add_argument("file", help="text of any delimiter, Parquet, Feather or Excel; text may be compressed")
    parser.add_argument("target", help="the name of its target's column")
    add(parser, "positive", *READING)


def run(chosen: argparse.Namespace) -> int:
    """Print a line a decision, then what there is to tune on, and the command that does."""
    paths.check(f"{chosen.file}:{chosen.target}" if paths.is_file(chosen.file) else chosen.file)
    from tuners.task.reading import read  # noqa: PLC0415  it loads pandas

    options = given(chosen)
    arguments = {argument: options[key] for key, argument in READING.items() if key in options}
    dataset = read(chosen.file, chosen.target, positive=options.get("positive"), **arguments)
    for note in dataset.notes:
        print(printable(note, None))
    rows, features = dataset.X.shape
    more = f" and {features - MOST_NAMES} more" if features > MOST_NAMES else ""
    listed = ", ".join(dataset.features[:MOST_NAMES]) + more
    print(printable(f"{rows:,} rows, {features} {'feature' if features == 1 else 'features'}: {listed}", None))
    flags = [f"--tuning-{key}={getattr(chosen, key.replace('-', '_'))}" for key in options]
    quoted = f'"{chosen.target}"' if "," in chosen.target else chosen.target
    command = ["pytest", "benchmarks/", f"--tuning-datasets={chosen.file}:{quoted}", *flags]
    print(printable(f"to tune on it: {shlex.join(command)}", None))
    return 0


COMMAND = Command(
    place=40, help="say how a file of a table is read: what each column is taken for", options=options, run=run
)
