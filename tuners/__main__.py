"""`python -m tuners`: without running anything, remake a report or a saved run from a journal, or judge a saved run."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tuners.analysis.comparison import compare
from tuners.analysis.methods import evaluate
from tuners.errors import MissingExtraError, TuningError
from tuners.gate import expression, verdict
from tuners.gate.judge import judge as judged
from tuners.report.document import Report
from tuners.report.formats import FORMATS, SUFFIXES, text, write
from tuners.results.record import Record
from tuners.results.run import Run
from tuners.results.session import Session
from tuners.store import journal, saved
from tuners.store import side_files as trialfile
from tuners.text.printable import printable

STORAGE = Path(".benchmarks")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return 0, 1 for a gate that fails, or 2 for bad input."""
    parser = argparse.ArgumentParser(prog="python -m tuners", description=(__doc__ or "").partition(": ")[2])
    commands = parser.add_subparsers(required=True)
    rebuild = commands.add_parser(
        "rebuild", help="make a report from a saved run or a journal, or a saved run from a journal"
    )
    rebuild.add_argument(
        "source", help="a session's journal, as in .tuning/, or a saved run: a path, number, name, branch or commit"
    )
    rebuild.add_argument("--compare", metavar="RUN", help="an earlier saved run to show beside it")
    rebuild.add_argument("--storage", type=Path, default=STORAGE, help="the folder of the saved runs")
    rebuild.add_argument(
        "--report", type=_report_path, action="append", default=[], help=f"{', '.join(SUFFIXES)}; repeatable"
    )
    rebuild.add_argument("--save", type=Path, metavar="FILE.json", help="a saved run, as pytest-benchmark's")
    rebuild.set_defaults(run=_rebuild)
    judge = commands.add_parser("gate", help="judge one saved run by another")
    judge.add_argument("then", help="the earlier run: a path, number, name, branch or commit")
    judge.add_argument("now", help="the run to judge")
    judge.add_argument("--fail", action="append", required=True, metavar="EXPR", help="as --tuning-fail; repeatable")
    judge.add_argument("--alpha", type=float, default=expression.ALPHA, help="as --tuning-alpha")
    judge.add_argument("--storage", type=Path, default=STORAGE, help="the folder of the saved runs")
    judge.add_argument(
        "--report", type=_report_path, action="append", default=[], help=f"{', '.join(SUFFIXES)}; repeatable"
    )
    judge.set_defaults(run=_gate)
    chosen = parser.parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except (TuningError, MissingExtraError) as error:
        print(f"ERROR: {printable(str(error), None)}", file=sys.stderr)
    except BrokenPipeError:
        sys.stdout = None  # whoever read it has read enough
        return 0
    except OSError as error:
        print(printable(f"ERROR: {error.filename}: {error.strerror}", None), file=sys.stderr)
    return 2


def _report_path(given: str) -> Path:
    if Path(given).suffix not in FORMATS:
        message = f"expected a path that ends in {' or '.join(SUFFIXES)}, got {given!r}"
        raise argparse.ArgumentTypeError(message)
    return Path(given)


def _rebuild(chosen: argparse.Namespace) -> int:
    source = chosen.source
    is_journal = source.endswith(".jsonl")
    report, notes = (_of_journal if is_journal else _of_saved)(chosen)
    if chosen.compare is not None:
        then = saved.find(chosen.storage, chosen.compare)
        runs, lacking = _runs(then)
        notes += lacking
        report = replace(
            report, comparison=compare(report.records, then.records), baseline=then.name, then=runs, header=notes
        )
    for path in chosen.report:  # first of all: whoever reads what is printed may stop reading
        write(report, path)
    print("\n".join([*(printable(note, None) for note in notes), "", text(report)]))
    return 0


def _of_journal(chosen: argparse.Namespace) -> tuple[Report, list[str]]:
    contents = journal.read(Path(chosen.source))
    runs = [entry.run for entry in contents.entries.values()]
    records = [run.record for run in runs]
    notes = [f"rebuilt from {contents.path.name}"]
    if not contents.ended:
        cut = ", ".join(f"{cell} after {len(trials)} trials" for cell, trials in contents.trials.items())
        notes.append("the session did not come to its end" + (f"; cut short: {cut}" if cut else ""))
    if contents.damaged:
        notes.append(f"{contents.damaged} damaged line{' is' if contents.damaged == 1 else 's are'} left out")
    if chosen.save is not None:
        about = {"machine_info": {}, "commit_info": {}, "version": "", "libraries": {}} | dict(contents.about)
        about["datetime"] = dt.datetime.fromtimestamp(contents.path.stat().st_mtime, dt.UTC).isoformat()
        entries = [(entry.run.record, entry.test) for entry in contents.entries.values()]
        partial = "" if contents.ended else f"{len(records)} cells"
        side = chosen.save.with_suffix(".trials.jsonl")
        trialfile.write(runs, side)
        content = saved.document(entries, about=about, partial=partial, trials=side.name)
        saved.write(json.dumps(content, indent=4), chosen.save)
    return Report(records, evaluate(records), header=notes, runs=runs, about=contents.about), notes


def _of_saved(chosen: argparse.Namespace) -> tuple[Report, list[str]]:
    if chosen.save is not None:
        message = f"--save: expected a journal to make a saved run of, got the saved run {chosen.source}: leave it out"
        raise TuningError(message)
    run = saved.find(chosen.storage, chosen.source)
    runs, notes = _runs(run)
    notes = [f"rebuilt from {run.path.name}", *([f"partial: {run.partial}"] if run.partial else []), *notes]
    return Report(run.records, evaluate(run.records), header=notes, runs=runs, about=run.content), notes


def _runs(run: saved.SavedRun) -> tuple[list[Run], list[str]]:
    """Return a saved run's runs with their trials, or a note that says why there are none."""
    _session(run)
    try:
        return trialfile.of_saved(run.path.parent, run.records), []
    except TuningError as error:
        note = f"{error}: charts of the search are left out"
        print(printable(note, None), file=sys.stderr)
        return [], [note]


def _gate(chosen: argparse.Namespace) -> int:
    try:
        gates = [expression.parse(expression) for expression in chosen.fail]
    except ValueError as error:
        message = f"--fail: expected {error}, got {', '.join(map(repr, chosen.fail))}"
        raise TuningError(message) from None
    if not 0 < chosen.alpha < 1:
        message = f"--alpha: expected a number above 0 and below 1, got {chosen.alpha}"
        raise TuningError(message)
    then, now = saved.find(chosen.storage, chosen.then), saved.find(chosen.storage, chosen.now)
    baseline = [then, *saved.of_the_same_commit(chosen.storage, then, but=now)]
    verdicts = judged(gates, _session(now), [_session(run) for run in baseline], chosen.alpha)
    records: tuple[Record, ...] = now.records
    (runs, lacking), (before, lacking_before) = _runs(now), _runs(then)
    report = Report(
        records, evaluate(records), compare(records, then.records), then.name,
        [f"saved run {now.name}", *lacking, *lacking_before], "", verdicts, runs, before, now.content,
    )  # fmt: skip
    for path in chosen.report:
        write(report, path)
    for each in verdicts:
        print(each)
    print(verdict.summary(verdicts))
    return int(any(each.fails for each in verdicts))


def _session(run: saved.SavedRun) -> Session:
    if not run.records:
        message = f"saved run {run.path}: expected a comparison of tuning methods, found none of their records in it"
        raise TuningError(message)
    return Session(run.records, run.machine, run.content.get("libraries", {}))


if __name__ == "__main__":
    sys.exit(main())
