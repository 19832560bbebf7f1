"""How a session ends: the gate's verdicts, the report and its files, and a saved run where only workers measured."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tuners.comparison import conclusion
from tuners.errors import TuningError
from tuners.plugin.division import said
from tuners.results.libraries import versions
from tuners.store import records

if TYPE_CHECKING:
    from tuners.plugin.session import Session
    from tuners.report.document import Report
    from tuners.results.record import Record
    from tuners.results.run import Run


def judge(session: Session) -> None:
    """Judge a session by its gates, if it has any; a gate that fails, fails the session."""
    from tuners.gate import expression, verdict  # noqa: PLC0415  loaded when something is judged
    from tuners.gate import judge as gate  # noqa: PLC0415  it loads NumPy
    from tuners.results.session import Session as Judged  # noqa: PLC0415  loaded when something is judged

    gates = [expression.parse(text) for text in session.plan.gates]
    if not gates:
        return
    messages = session.messages
    earlier = session.benchmarks.baseline.runs
    then = [Judged(run.records, run.machine, run.content.get("libraries", {})) for run in earlier]
    if not then or not then[0].records:
        messages.fail("--tuning-fail: not judged, and so failed: there is no saved run to compare with")
        return
    now = Judged(tuple(session.records), session.benchmarks.machine(), versions())
    try:
        session.verdicts = gate.judge(
            gates, now, then, session.plan.alpha or expression.ALPHA, strict=session.plan.inconclusive == "fail"
        )
    except TuningError as error:
        messages.fail(f"--tuning-fail: {error}")
        return
    if any(each.fails for each in session.verdicts):
        messages.fail(verdict.failed(session.verdicts))


def report_of(session: Session) -> Report:
    """Make the report of a session."""
    plan, compared = session.plan, session.benchmarks.compared
    saved = [bench.get("extra_info", {}) for benches in compared.values() for bench in benches.values()]
    then = [record for record in map(records.readable, saved) if record is not None]
    return conclusion.report_of(
        plan,
        session.records,
        cells=session.cells,
        first=[] if session.share is None else [said(session.share)],
        runs=_runs(session),
        then=then,
        then_runs=_compared(session) if then else (),
        baseline=", ".join(str(path) for path in compared),
        verdicts=session.verdicts,
        about=session.about() if plan.reports else {},
        command=session.how.get("command", ""),
    )


def _runs(session: Session) -> list[Run]:
    """Return the runs of all records that have trials; those of workers are in the journal."""
    runs = dict(session.measured.runs)
    if any(record.cell not in runs for record in session.records):
        runs |= {cell: entry.run for cell, entry in session.journal.entries().items() if cell not in runs}
    return [replace(runs[record.cell], record=record) for record in session.records if record.cell in runs]


def _compared(session: Session) -> list[Run]:
    """Return the runs of the saved run compared with, as far as their trials are there."""
    from tuners.store import side_files  # noqa: PLC0415  loaded when there is a table

    earlier = session.benchmarks.baseline.runs
    if not earlier or not session.plan.reports:
        return []
    try:
        return side_files.of_saved(earlier[0].path.parent, earlier[0].records)
    except TuningError as error:
        session.messages.notes.append(f"{error}: charts show this run's searches alone")
        return []


def write_reports(session: Session, report: Report) -> list[Path]:
    """Write every report file that was asked for, and return their paths; keep what cannot be written as an error."""
    from tuners.report.formats import write  # noqa: PLC0415  loaded when there is a table

    written = []
    for path in session.plan.reports:
        try:
            write(report, path)
            written.append(path)
        except OSError as error:
            session.messages.fail(f"--tuning-report: {path} cannot be written: {error.strerror}")
        except (ImportError, TuningError) as error:
            session.messages.fail(f"--tuning-report: {path}: {error}")
    return written


def add_to_summary(session: Session, report: Report) -> None:
    """In a GitHub workflow, add the report to the summary of its job."""
    from tuners.report.formats import markdown  # noqa: PLC0415  loaded when there is a table

    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        try:
            with Path(summary).open("a", encoding="utf-8") as file:
                file.write(markdown(report))
        except OSError as error:
            session.messages.note(f"GITHUB_STEP_SUMMARY: {summary} cannot be written: {error.strerror}")


def save_of_workers(session: Session) -> None:
    """Save what workers of xdist have measured, where pytest-benchmark is off: from the journal they wrote.

    A cell that the journal could not take is saved as its report said, without its trials.
    """
    from tuners.store import saved  # noqa: PLC0415  loaded when something is saved

    folders = session.benchmarks.folders
    if not folders:
        return
    entries, measured = session.journal.entries(), session.measured
    measured.take({cell: entry.run for cell, entry in entries.items()})
    measured.save_trials(folders)
    found: list[tuple[Record, Mapping[str, Any]]] = []
    for record in session.records:
        entry = entries.get(record.cell)
        side_file = measured.side_file if entry is not None else ""
        found.append((replace(record, trials=side_file or None), entry.test if entry is not None else {}))
    lost = sum(record.cell not in entries and record.seconds is not None for record in session.records)
    if lost:
        cells = f"{lost} of {len(found)} cells {'is' if lost == 1 else 'are'}"
        session.messages.fail(f"{cells} saved without trials, which could not be written to the journal")
    times = {cell: entry.run.times for cell, entry in entries.items()}
    session.benchmarks.save(saved.document(found, about=session.about(), partial=session.partial, times=times))
