"""`rebuild`: a report from a saved run or a journal, or a saved run from a journal, without running anything."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tuners.commands import Command
from tuners.commands._shared import NAMES, completes_run, report_option, storage_option
from tuners.commands._shared import runs as runs_of
from tuners.errors import TuningError
from tuners.report.formats import text, write
from tuners.store import files, journal_contents, saved, saved_folder, side_files
from tuners.text.printable import printable

if TYPE_CHECKING:
    from tuners.report.document import Report
    from tuners.results.record import Record


def options(parser: argparse.ArgumentParser) -> None:
    """Add what is rebuilt, and what is made of it."""
    source = parser.add_argument("source", help=f"a session's journal, as in .tuning/, or a saved run: {NAMES}")
    then = parser.add_argument("--compare", metavar="RUN", help="an earlier saved run to show beside it")
    completes_run(source, then)
    storage_option(parser)
    report_option(parser)
    parser.add_argument("-v", "--verbose", action="store_true", help="print all tables above the verdict")
    parser.add_argument("--save", type=Path, metavar="FILE.json", help="a saved run, as pytest-benchmark's")


def run(chosen: argparse.Namespace) -> int:
    """Remake the report, and print it last."""
    report, notes = (_of_journal if chosen.source.endswith(".jsonl") else _of_saved)(chosen)
    if chosen.compare is not None:
        from tuners.analysis.comparison import compare  # noqa: PLC0415  as in `_report`

        then = saved_folder.find(chosen.storage, chosen.compare)
        before, lacking = runs_of(then)
        notes += lacking
        report = replace(
            report, comparison=compare(report.records, then.records), baseline=then.name, then=before, header=notes
        )
    for path in chosen.report:  # first of all: whoever reads what is printed may stop reading
        write(report, path)
    print("\n".join([*(printable(note, None) for note in notes), "", text(report, verbose=chosen.verbose)]))
    return 0


def _of_journal(chosen: argparse.Namespace) -> tuple[Report, list[str]]:
    contents = journal_contents.read(Path(chosen.source))
    runs = [entry.run for entry in contents.entries.values()]
    records = [run.record for run in runs]
    notes = [f"rebuilt from {contents.path.name}"]
    if not contents.ended:
        cut = ", ".join(_cut(contents, cell) for cell in {**contents.repeats, **contents.trials})
        notes.append("the session did not come to its end" + (f"; cut short: {cut}" if cut else ""))
    if contents.damaged:
        notes.append(f"{contents.damaged} damaged line{' is' if contents.damaged == 1 else 's are'} left out")
    if chosen.save is not None:
        _save(contents, chosen.save)
    return _report(records, header=notes, runs=runs, about=contents.about), notes


def _report(records: Sequence[Record], **known: Any) -> Report:
    """Return the report of records."""
    # Analysis loads SciPy, for which a shell that completes names would wait.
    from tuners.analysis.methods import evaluate  # noqa: PLC0415  see above
    from tuners.report.document import Report  # noqa: PLC0415  see above

    return Report(records, evaluate(records), **known)


def _cut(contents: journal_contents.Contents, cell: str) -> str:
    """Say how far a cell was that has not ended."""
    repeats, trials = len(contents.repeats.get(cell, ())), len(contents.trials.get(cell, ()))
    return f"{cell} after " + (f"{repeats} repeats and " if repeats else "") + f"{trials} trials"


def _save(contents: journal_contents.Contents, path: Path) -> None:
    """Make a saved run of a journal, as pytest-benchmark's, with the trials beside it."""
    about = {"machine_info": {}, "commit_info": {}, "version": "", "libraries": {}} | dict(contents.about)
    about["datetime"] = dt.datetime.fromtimestamp(contents.path.stat().st_mtime, dt.UTC).isoformat()
    entries = [(entry.run.record, entry.test) for entry in contents.entries.values()]
    times = {cell: entry.run.times for cell, entry in contents.entries.items()}
    share = saved.share(about)
    partial = "" if contents.ended else f"{len(entries)} cells"
    if share is not None:
        partial = share.whole if contents.ended else share.lacking(len(entries))
    side = path.with_suffix(".trials.jsonl")
    side_files.write([entry.run for entry in contents.entries.values()], side)
    content = saved.document(entries, about=about, partial=partial, trials=side.name, times=times)
    files.write(json.dumps(content, indent=4), path)


def _of_saved(chosen: argparse.Namespace) -> tuple[Report, list[str]]:
    if chosen.save is not None:
        message = f"--save: expected a journal to make a saved run of, got the saved run {chosen.source}: leave it out"
        raise TuningError(message)
    found = saved_folder.find(chosen.storage, chosen.source)
    runs, notes = runs_of(found)
    notes = [f"rebuilt from {found.path.name}", *([f"partial: {found.partial}"] if found.partial else []), *notes]
    return _report(found.records, header=notes, runs=runs, about=found.content), notes


COMMAND = Command(
    place=10,
    help="make a report from a saved run or a journal, or a saved run from a journal",
    options=options,
    run=run,
)
