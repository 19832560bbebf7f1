"""A session that is one of several shards: it works out all shares by itself, and leaves the others' cells to them.

The unit is the problem: all methods on one model, dataset and seed are in one shard. Their scores and seconds are
compared as pairs, so that one machine must measure them; and a recorded problem's table is built once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

from tuners.plugin.asks import asks, cell_of
from tuners.results.cell import Cell
from tuners.results.shard import Shard, Share, divided

if TYPE_CHECKING:
    from tuners.plan import Plan
    from tuners.plugin.session import Session


def deselect(config: pytest.Config, session: Session, items: list[pytest.Item]) -> None:
    """Leave the tests that ask for `tune` and are other shards' to them; what else is collected is in every shard."""
    cells = {item.nodeid: cell_of(item) for item in items if asks(item)}
    if not cells or "shard" not in session.plan.given:
        return
    order = sorted(cells, key=lambda test: session.written[test])
    session.whole = [cell for test in order if (cell := cells[test]) is not None]
    session.share = share_of(session.plan, {test: cells[test] for test in order})
    dropped = [item for item in items if item.nodeid in cells and item.nodeid not in session.share.places]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item.nodeid not in cells or item.nodeid in session.share.places]


def share_of(plan: Plan, cells: Mapping[str, Cell | None]) -> Share:
    """Return the share of the plan's shard; `cells` are those of all shards, by the node ids of their tests."""
    shard: Shard = plan.given["shard"]
    units = {test: _unit(test, cell) for test, cell in cells.items()}
    numbers = divided(_seconds(plan, cells, units), shard.of)
    by_test = {test: numbers[unit] for test, unit in units.items()}
    lines = [str(shard.of), *sorted(f"{test}\t{number}" for test, number in by_test.items())]
    return Share(
        shard.number,
        shard.of,
        cells=tuple(list(by_test.values()).count(number) for number in range(1, shard.of + 1)),
        division=hashlib.sha256("\n".join(lines).encode()).hexdigest(),
        places={test: place for place, (test, number) in enumerate(by_test.items()) if number == shard.number},
    )


def _unit(test: str, cell: Cell | None) -> str:
    """Return the name of the problem that a test measures; of one that says it only when it runs, the function's."""
    return test.partition("[")[0] if cell is None else f"{cell.model}-{cell.dataset}-{cell.seed}"


def _seconds(plan: Plan, cells: Mapping[str, Cell | None], units: Mapping[str, str]) -> dict[str, float]:
    """Return what each unit is expected to take."""
    from tuners.execution.expected import seconds  # noqa: PLC0415  datasets load, whose rows are counted

    grouped: dict[str, list[Cell]] = {unit: [] for unit in units.values()}
    for test, cell in cells.items():
        grouped[units[test]] += [cell] if cell is not None else []
    return {unit: seconds(plan, its) for unit, its in grouped.items()}


def said(share: Share) -> str:
    """Say in one line what a shard runs."""
    if share.empty:
        return (
            f"tuning: shard {share.shard} has none of the {sum(share.cells)} cells: there are more shards than problems"
        )
    return (
        f"tuning: {share.whole}: whole problems, all methods of one in the same shard; verdict and advice are of this "
        "part alone: judge what `python -m tuners merge` makes of all"
    )
