"""How a session ends, whoever began it: its report, and what a saved run says of machine, commit and libraries."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import tuners
from tuners.catalog import MODELS, TUNERS
from tuners.comparison.header import header
from tuners.execution.threads import THREADS
from tuners.results.cell import Cell

if TYPE_CHECKING:
    from tuners.plan import Plan
    from tuners.report.document import Report
    from tuners.results.record import Record
    from tuners.results.run import Run


def report_of(
    plan: Plan,
    records: Sequence[Record],
    *,
    cells: Sequence[Cell],
    runs: Sequence[Run],
    first: Sequence[str] = (),
    then: Sequence[Record] = (),
    then_runs: Sequence[Run] = (),
    **others: Any,
) -> Report:
    """Make the report of a session.

    `first` are lines above the header's, `then` the records compared with, `then_runs` their runs, and `others` further
    fields of the report.
    """
    from tuners.analysis.comparison import compare  # noqa: PLC0415  NumPy loads when there is a table
    from tuners.analysis.methods import evaluate  # noqa: PLC0415  NumPy loads when there is a table
    from tuners.report.document import Report  # noqa: PLC0415  NumPy loads when there is a table

    return Report(
        records,
        evaluate(records),
        comparison=compare(records, then) if then else (),
        # Under xdist only the workers collect, so that the records tell what the cells were.
        header=[*first, *header(plan, cells or [Cell(r.model, r.dataset, r.tuner, r.seed) for r in records])],
        note=plan.preset.note,
        runs=runs,
        then=then_runs,
        **others,
    )


def run_as(plan: Plan, command: str) -> dict[str, Any]:
    """Return how a session is run: version, command, the options that were given, threads, and what is the user's own.

    Of the last, what bears a name of the package's: who cites what was used must know it.
    """
    named = [f"{name}={os.environ[name]}" for name in THREADS if name in os.environ]
    return {
        "command": command,
        "options": {name: _words(value) for name, value in sorted(plan.given.items())},
        "threads": ", ".join([f"--tuning-jobs {plan.jobs}", *named]),
        "version": tuners.__version__,
        "own": {registry.kind: plan.replaced(registry) for registry in (TUNERS, MODELS)},
    }


def _words(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def stamped(machine: Mapping[str, Any], commit: Mapping[str, Any]) -> dict[str, Any]:
    """Return what pytest-benchmark's files say of machine, commit and date."""
    from pytest_benchmark import __version__  # noqa: PLC0415  loaded when something is saved

    return {
        "machine_info": machine,
        "commit_info": commit,
        "datetime": dt.datetime.now(dt.UTC).isoformat(),
        "version": __version__,
    }
