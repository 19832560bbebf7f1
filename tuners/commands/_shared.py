"""What commands share: options of the same meaning, and what they read of a saved run."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tuners.commands._completers import completes
from tuners.errors import TuningError
from tuners.report.formats import SUFFIXES
from tuners.results.run import Run
from tuners.results.session import Session
from tuners.store import saved, saved_folder, side_files
from tuners.text.printable import printable

STORAGE = Path(".benchmarks")
NAMES = "a path, number, name, branch or commit"
"""What a saved run is found by."""


def storage_option(parser: argparse.ArgumentParser) -> None:
    """Add `--storage`."""
    parser.add_argument("--storage", type=Path, default=STORAGE, help="the folder of the saved runs")


def completes_run(*actions: argparse.Action) -> None:
    """Let a shell complete arguments by the names and numbers of the saved runs."""
    for action in actions:
        completes(action, lambda chosen: _named(getattr(chosen, "storage", STORAGE)))


def _named(folder: Path) -> list[str]:
    """Return names and numbers of the saved runs in a folder, the newest first."""
    parts = [path.stem.partition("_") for path in reversed(saved_folder.listed(folder))]
    return list(dict.fromkeys([name for *_, name in parts] + [number for number, *_ in parts]))


def report_option(parser: argparse.ArgumentParser) -> None:
    """Add `--report`."""
    parser.add_argument(
        "--report", type=_report_path, action="append", default=[], help=f"{', '.join(SUFFIXES)}; repeatable"
    )


def _report_path(given: str) -> Path:
    if Path(given).suffix not in SUFFIXES:
        message = f"expected a path that ends in {' or '.join(SUFFIXES)}, got {given!r}"
        raise argparse.ArgumentTypeError(message)
    return Path(given)


def session(run: saved.SavedRun) -> Session:
    """Return a saved run's records and what its seconds depend on; raise `TuningError` if it has none of ours."""
    if not run.records:
        message = f"saved run {run.path}: expected a comparison of tuning methods, found none of their records in it"
        raise TuningError(message)
    return Session(run.records, run.machine, run.content.get("libraries", {}))


def runs(run: saved.SavedRun) -> tuple[list[Run], list[str]]:
    """Return a saved run's runs with their trials, or a note that says why there are none."""
    session(run)
    try:
        return side_files.of_saved(run.path.parent, run.records), []
    except TuningError as error:
        note = f"{error}: charts of the search are left out"
        print(printable(note, None), file=sys.stderr)
        return [], [note]
