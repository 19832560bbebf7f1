"""The evaluation tables: each method's scores and costs, of each model on each dataset and over all of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from tuners.analysis.methods import Group, MethodRow
from tuners.report.chapters import TABLE
from tuners.report.document import Report, widest
from tuners.report.section import Block, Section
from tuners.report.standing import standings
from tuners.report.tables import Column, Table
from tuners.report.words import NOTHING, clocked, counted, duration, gain, interval, number, score, unit


def _evaluations(row: MethodRow) -> str:
    if row.evaluations is None:
        return NOTHING
    budget = "" if row.budget is None else f"/{row.budget}"
    return f"{row.evaluations:g}{budget}{' t' if row.timed_out else ''}"


def _search(row: MethodRow) -> str:
    if row.search_seconds is None or row.search_share is None:
        return NOTHING
    return f"{duration(row.search_seconds)} ({row.search_share:.0%})"


def scores(metric: str, own: str) -> tuple[Column, ...]:
    """Return the columns of scores; what fits a narrow screen first. Gains have one metric's unit, scores their own."""
    return (
        Column("tuner", lambda each: each.name),
        Column("verdict", lambda each: each.word, tone=lambda each: each.tone),
        Column(f"{gain(metric)}, {unit(metric)}", lambda each: each.bare_gain),
        Column("test score", lambda each: score(each.row.test_score, own)),
        Column("CV score", lambda each: score(each.row.cv_score, own)),
        Column("regret", lambda each: number(each.regret, 3), lambda rows: any(each.search for each in rows)),
        Column("rank", lambda each: number(each.row.rank, 2)),
        Column("p", lambda each: number(each.row.p_value, 3)),
    )


def costs(clock: str) -> tuple[Column, ...]:
    """Return the columns of costs, on a clock."""
    return (
        Column("tuner", lambda each: each.name),
        Column("seconds", lambda each: clocked(each.row.seconds, clock) + ("~" if each.row.contended else "")),
        Column("95 % interval", lambda each: interval(each.row.seconds_interval, duration)),
        Column("search s", lambda each: _search(each.row)),
        Column("evaluations", lambda each: _evaluations(each.row)),
        Column("+MiB", lambda each: _mebibytes(each.row.memory_growth)),
        Column("cells", lambda each: str(each.row.cells)),
        Column("failures", lambda each: str(each.row.failures)),
    )


def _mebibytes(size: int | None) -> str:
    return NOTHING if size is None else f"{size / 2**20:.0f}"


def _tables(report: Report, group: Group) -> list[Table]:
    found = report.findings_of(group)
    listed = standings(group, found)
    columns = (scores(found.user.metric or group.metric, group.metric), costs(found.clock))
    return [Table.of(each, listed) for each in columns]


def blocks(report: Report) -> list[Block]:
    """Return a block a group; those of one dataset are folded where there are several."""
    main = widest(report.groups)
    return [
        Block(
            f"{group.title} ({group.measured}, {counted(group.blocks, 'block')})",
            _tables(report, group),
            group.notes,
            folded=group not in main,
        )
        for group in report.groups
    ]


def rows(report: Report) -> Mapping[str, Any]:
    """Return the groups with their rows, unrounded: scores as they are kept, losses negated."""
    return {"groups": [dataclasses.asdict(group) for group in report.groups]}


SECTION = Section(
    key="evaluation", title="Evaluation table", place=20, chapter=TABLE, blocks=blocks, rows=rows, extent="verbose"
)
