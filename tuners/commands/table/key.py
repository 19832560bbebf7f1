"""`table key`: what the tables of a session depend on, in one short text: the key of a cache that keeps them."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tuners.commands import Command
from tuners.commands.table._shared import problems
from tuners.errors import TuningError

if TYPE_CHECKING:
    import pytest

    from tuners.plan import Plan
    from tuners.results.cell import Cell


def options(parser: argparse.ArgumentParser) -> None:
    """Add the session's arguments."""
    parser.add_argument(
        "arguments", nargs=argparse.REMAINDER, metavar="...", help="those of pytest, as in benchmarks/ --tuning-seeds=5"
    )


def run(chosen: argparse.Namespace) -> int:
    """Print the key: the same for the same problems, rows, estimators, code and versions."""
    plan, cells = collected(chosen.arguments)
    from tuners.task.address import address, digest  # noqa: PLC0415  loads pandas

    found = {digest(address(plan.problem(*problem))) for problem in problems(plan, cells)}
    print(hashlib.sha256(" ".join(sorted(found)).encode()).hexdigest()[:16])
    return 0


def collected(arguments: Sequence[str]) -> tuple[Plan, list[Cell]]:
    """Return the plan and the cells of a session that is collected and not run, with its ini file and its conftest.py.

    Raises `TuningError` where pytest cannot collect it, or collects no cell.
    """
    import pytest  # noqa: PLC0415  half a second

    from tuners.plugin.session import SESSION  # noqa: PLC0415  what a session is, which pytest loads

    found: list[tuple[Plan, list[Cell]]] = []

    class Collected:
        """Takes what is collected."""

        def pytest_collection_finish(self, session: pytest.Session) -> None:
            state = session.config.stash[SESSION]
            found.append((state.plan, state.cells))

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = pytest.main([*arguments, "--collect-only", "-q", "-p", "no:cacheprovider"], plugins=[Collected()])
    if code or not found or not found[0][1]:
        print(out.getvalue(), file=sys.stderr)
        message = (
            f"table key: expected arguments by which pytest collects cells, got {' '.join(arguments)!r}: see above"
        )
        raise TuningError(message)
    return found[0]


COMMAND = Command(
    place=60, help="print the key of what a session's tables depend on, for a cache", options=options, run=run
)
