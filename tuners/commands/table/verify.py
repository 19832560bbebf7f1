"""`table verify`: a sample of recorded rows evaluated again, plainly, and compared bit for bit."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tuners.commands import Command
from tuners.commands._options import add, parsed
from tuners.commands.table._shared import PROTOCOL, completes_table, folder_of, named, plan_of
from tuners.comparison.values import count
from tuners.errors import TuningError, one_line, unwinds
from tuners.plan import Plan
from tuners.results.cell import dataset_name
from tuners.store.table import Row, Table
from tuners.text.printable import printable

if TYPE_CHECKING:
    from tuners.task.problem import Problem

SAMPLE = "20"
"""Rows of a table that are evaluated again, where no option says so."""


def options(parser: argparse.ArgumentParser) -> None:
    """Add the tables, how many rows, and by what their problems are made anew."""
    names = parser.add_argument("names", nargs="*", metavar="NAME", help="tables of `table list`, or problems; all")
    completes_table(names)
    parser.add_argument(
        "--sample", metavar="N", default=SAMPLE, help=f"rows of each table, drawn at random; {SAMPLE} by default"
    )
    parser.add_argument("--sample-seed", metavar="SEED", default="0", help="of the drawing; 0 by default")
    add(parser, "tables", *PROTOCOL)


def run(chosen: argparse.Namespace) -> int:
    """Print a line a table, and one for each row that differs; return 1 if one does.

    Raises `TuningError` where no table could be verified at all.
    """
    tables = named(folder_of(chosen), chosen.names)
    plan = plan_of(chosen)
    sample = parsed("--sample", count, chosen.sample)
    seed = parsed("--sample-seed", _seed, chosen.sample_seed)
    differing = verified = 0
    for table in tables:
        rows = table.rows()
        problem, unlike = _problem(plan, table)
        if problem is None:
            print(printable(f"{table.path.stem}: not verified: {unlike}", None))
            continue
        wrong = list(_wrong(problem, drawn(rows, sample, seed)))
        for line in wrong:
            print(printable(f"{table.path.stem}: {line}", None))
        checked = min(sample, len(rows))
        print(f"{table.path.stem}: {checked:,} of {len(rows):,} rows evaluated again, {len(wrong)} differ", flush=True)
        differing += len(wrong)
        verified += 1
    if not verified:
        message = "table verify: expected a table of what is installed and given here, found none: see the lines above"
        raise TuningError(message)
    return int(differing > 0)


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise ValueError("a whole number of at least 0")  # noqa: TRY003, EM101  `parsed` completes it
    return int(text)


def _problem(plan: Plan, table: Table) -> tuple[Problem | None, str]:
    """Return a table's problem made anew; None, and why, where it is another one now or cannot be made."""
    from tuners.task.address import address, differences, digest  # noqa: PLC0415  loads pandas

    about = table.about()
    files = {dataset_name(each): each for each in plan.given.get("datasets", ())}
    try:
        dataset = files.get(about["dataset"], about["dataset"])
        problem = plan.problem(about["model"], dataset, about["seed"])
        now = address(problem)
    except BaseException as error:
        if unwinds(error):
            raise
        return None, f"its problem cannot be made: {one_line(error)}"
    changed = differences(about, now)
    if changed or digest(now) != table.path.stem.rpartition("-")[2]:
        return None, f"its problem is another one now: recorded with {changed or 'another address'}"
    return problem, ""


def drawn(rows: list[Row], sample: int, seed: int) -> list[Row]:
    """Return rows drawn without repetition, in the table's order; all where there are no more."""
    import numpy as np  # noqa: PLC0415  takes a moment to load

    places = np.random.default_rng(seed).permutation(len(rows))[:sample]
    return [rows[place] for place in sorted(places)]


def _wrong(problem: Problem, rows: list[Row]) -> Iterator[str]:
    """Evaluate rows again; yield what is wrong with those that differ."""
    from tuners.evaluation.whole import Whole  # noqa: PLC0415  loads scikit-learn

    whole = Whole(problem)
    for row in rows:
        again = whole.plain(row.params, row.fidelity)
        for name, then, now in (
            ("fold scores", row.fold_scores, again.fold_scores),
            ("test score", row.test_score, again.test_score),
        ):
            if not _equal(then, now):
                yield f"row {row.number} {row.params}: {name} recorded as {then}, now {now}"


def _equal(then: Any, now: Any) -> bool:
    """Whether scores are equal bit for bit, NaN with NaN: `repr` gives each float a text of its own."""
    return repr(then) == repr(now)


COMMAND = Command(
    place=30, help="evaluate a sample of rows again, and compare them bit for bit", options=options, run=run
)
