"""The evaluation tables: each method's scores and costs, of each model on each dataset and over all of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from tuners.analysis.methods import MethodRow
from tuners.report.chapters import TABLE
from tuners.report.document import Report, widest
from tuners.report.section import Block, Section
from tuners.report.tables import Column, Table
from tuners.report.words import NOTHING, counted, difference, duration, interval, number


def _method(row: MethodRow) -> str:
    return row.tuner + ("*" if row.own_space else "") + ("!" if row.failures else "")


def _against_default(row: MethodRow) -> str:
    return NOTHING if row.difference is None else difference(row.difference, row.difference_interval, number)


def _tied(row: MethodRow) -> str:
    return f"{row.tied} p={row.p_value:.3f}" if row.p_value is not None else row.tied or NOTHING


def _evaluations(row: MethodRow) -> str:
    if row.evaluations is None:
        return NOTHING
    budget = "" if row.budget is None else f"/{row.budget}"
    return f"{row.evaluations:g}{budget}{' t' if row.timed_out else ''}"


def _search(row: MethodRow) -> str:
    if row.search_seconds is None or row.search_share is None:
        return NOTHING
    return f"{duration(row.search_seconds)} ({row.search_share:.0%})"


SCORES: tuple[Column, ...] = (
    Column("tuner", _method),
    Column("test score", lambda row: number(row.test_score)),
    Column("vs default", _against_default),
    Column("CV score", lambda row: number(row.cv_score)),
    Column("regret", lambda row: number(row.regret), lambda rows: any(row.regret is not None for row in rows)),
    Column("rank", lambda row: number(row.rank, 2)),
    Column("against best", _tied),
)

COSTS: tuple[Column, ...] = (
    Column("tuner", _method),
    Column("seconds", lambda row: duration(row.seconds) + ("~" if row.contended else "")),
    Column("95 % interval", lambda row: interval(row.seconds_interval, duration)),
    Column("search s", _search),
    Column("evaluations", _evaluations),
    Column("+MiB", lambda row: NOTHING if row.memory_growth is None else f"{row.memory_growth / 2**20:.0f}"),
    Column("cells", lambda row: str(row.cells)),
    Column("failures", lambda row: str(row.failures)),
)


def blocks(report: Report) -> list[Block]:
    """Return a block a group; those of one dataset are folded where there are several."""
    main = widest(report.groups)
    return [
        Block(
            f"{group.title} ({group.measured}, {counted(group.blocks, 'block')})",
            [Table.of(columns, group.rows) for columns in (SCORES, COSTS)],
            group.notes,
            folded=group not in main,
        )
        for group in report.groups
    ]


def rows(report: Report) -> Mapping[str, Any]:
    """Return the groups with their rows, unrounded."""
    return {"groups": [dataclasses.asdict(group) for group in report.groups]}


SECTION = Section(key="evaluation", title="Evaluation table", place=20, chapter=TABLE, blocks=blocks, rows=rows)
