"""`merge`: the saved runs of all shards of a comparison, as the one that a single session would have saved."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tuners.analysis.methods import evaluate
from tuners.commands import Command
from tuners.commands._shared import NAMES, completes_run, report_option, session, storage_option
from tuners.errors import TuningError
from tuners.report.document import Report
from tuners.report.formats import text, write
from tuners.report.words import counted
from tuners.store import files, merging, saved, saved_folder, side_files
from tuners.text.printable import printable


def options(parser: argparse.ArgumentParser) -> None:
    """Add what is put together, and what is made of it."""
    shards = f"a shard's saved run: {NAMES}; or a folder of them"
    completes_run(parser.add_argument("runs", nargs="+", metavar="RUN", help=shards))
    parser.add_argument("--save", type=Path, required=True, metavar="FILE.json", help="the one saved run they make")
    storage_option(parser)
    report_option(parser)
    parser.add_argument("-v", "--verbose", action="store_true", help="print all tables above the verdict")


def run(chosen: argparse.Namespace) -> int:
    """Check that nothing is missing, twice or unlike; save one run with its trials, and print its report."""
    if chosen.save.suffix != ".json":
        message = f"--save: expected a path that ends in .json, got {str(chosen.save)!r}"
        raise TuningError(message)
    found = [run for address in chosen.runs for run in _found(chosen.storage, address)]
    taken = [run.path for run in found if run.path.resolve() == chosen.save.resolve()]
    if taken:
        message = f"--save: expected a file of its own, got the shard {taken[0]}: choose another name"
        raise TuningError(message)
    for each in found:
        session(each)
    shards = merging.whole(found)
    # Before anything is written: trials that cannot be read are a gap, too.
    runs = [made for shard in shards for made in side_files.of_saved(shard.path.parent, shard.records)]
    side = chosen.save.with_suffix(".trials.jsonl")
    content = merging.content(shards, side.name)
    places = {merging.cell(bench): place for place, bench in enumerate(content["benchmarks"])}
    runs.sort(key=lambda run: places[run.record.cell])
    if runs:
        side_files.write(runs, side)
    files.write(json.dumps(content, indent=4), chosen.save)
    whole = saved.read(chosen.save)
    notes = [
        f"merged {counted(len(shards), 'shard')}, {counted(len(whole.records), 'cell')}: {chosen.save}",
        *_processors(shards),
    ]
    report = Report(whole.records, evaluate(whole.records), header=notes, runs=runs, about=content)
    for path in chosen.report:
        write(report, path)
    print("\n".join([*(printable(note, None) for note in notes), "", text(report, verbose=chosen.verbose)]))
    return 0


def _found(storage: Path, address: str) -> list[saved.SavedRun]:
    """Return a saved run, or those of a folder."""
    if not Path(address).is_dir():
        return [saved_folder.find(storage, address)]
    paths = saved_folder.listed(Path(address))
    if not paths:
        message = f"{address}: expected a folder of saved runs, such as 0001_NAME.json, found none in it"
        raise TuningError(message)
    return [saved.read(path) for path in paths]


def _processors(shards: list[saved.SavedRun]) -> list[str]:
    """Say that shards ran on several kinds of processors, if so."""
    names = {str((shard.machine.get("cpu") or {}).get("brand_raw") or "unknown") for shard in shards}
    if len(names) == 1:
        return []
    said = f"shards ran on {len(names)} kinds of processors, {', '.join(sorted(names))}: seconds of one problem are of "
    return [f"{said}one of them, and compare; those of two problems may not"]


COMMAND = Command(place=15, help="put the saved runs of all shards together", options=options, run=run)
