"""`history`: regret, score and seconds of each method over the commits of saved runs, and where they changed."""

from __future__ import annotations

import argparse
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tuners.analysis.history import ALPHA, History, history
from tuners.commands import Command
from tuners.commands._options import parsed
from tuners.commands._shared import storage_option
from tuners.comparison.values import probability
from tuners.errors import TuningError
from tuners.report.history import FORMATS, write
from tuners.report.history.words import sentences
from tuners.store import past_runs
from tuners.text.printable import printable


def options(parser: argparse.ArgumentParser) -> None:
    """Add where the runs are, and what is made of them."""
    storage_option(parser)
    parser.add_argument("--branch", metavar="NAME[:DIR]", help="a git branch of saved runs, or a folder in it, instead")
    parser.add_argument(
        "--alpha", default=str(ALPHA), metavar="P", help=f"chance that anything is marked with nothing changed; {ALPHA}"
    )
    parser.add_argument(
        "--report", type=Path, action="append", default=[], metavar="PATH",
        help=f"{', '.join(FORMATS)}, the last a badge; repeatable",
    )  # fmt: skip


def run(chosen: argparse.Namespace) -> int:
    """Read the runs, write the reports, and print what changed."""
    alpha = parsed("--alpha", probability, chosen.alpha)
    for path in chosen.report:
        if path.suffix not in FORMATS:
            message = f"--report: expected a path that ends in {' or '.join(FORMATS)}, got {str(path)!r}"
            raise TuningError(message)
    with _kept():
        found = _found(chosen, alpha)
    for path in chosen.report:  # first of all: whoever reads what is printed may stop reading
        write(found, path)
    for line in sentences(found):
        print(printable(line, None))
    return 0


def _found(chosen: argparse.Namespace, alpha: float) -> History:
    here = Path()
    read = past_runs.of_folder(chosen.storage) if chosen.branch is None else past_runs.of_branch(here, chosen.branch)
    return history(past_runs.with_messages(read.runs, here), alpha, read.notes)


@contextmanager
def _kept() -> Iterator[None]:
    """Pause the search for garbage: of half a million cells none is, which takes a fifth of the time to find out."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


COMMAND = Command(place=25, help="follow each method over the commits of saved runs", options=options, run=run)
