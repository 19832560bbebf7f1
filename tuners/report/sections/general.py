"""In general: what holds for most datasets of this kind, where there are enough of them to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tuners.analysis import units
from tuners.analysis.general import General
from tuners.report.chapters import GAINS
from tuners.report.document import Report, widest
from tuners.report.section import Block, Section
from tuners.report.tables import Column, Table
from tuners.report.words import interval, number, percentage

PAIRS: tuple[Column, ...] = (
    Column("tuner", lambda row: row.tuner),
    Column("against", lambda row: row.other),
    Column("better", lambda row: percentage(row.better)),
    Column("equivalent", lambda row: percentage(row.equivalent)),
    Column("worse", lambda row: percentage(row.worse)),
)
RATES: tuple[Column, ...] = (
    Column("tuner", lambda row: row.tuner),
    Column("wins", lambda row: percentage(row.share)),
    Column("95 % interval", lambda row: interval(row.interval, percentage)),
    Column("Elo", lambda row: number(row.elo, 0)),
    Column("95 % interval of that", lambda row: interval(row.elo_interval, digits=0)),
)


def blocks(report: Report) -> list[Block]:
    """Return a block a model: tables where datasets are enough, else the sentence that says why not."""
    return [
        _block(f"In general: {group.model}", report.findings_of(group).general)
        for group in widest(report.groups)
        if report.findings_of(group).user.tuners
    ]


def _block(title: str, found: General) -> Block:
    if found.note:
        return Block(title, notes=[found.note], folded=True)
    tables = [Table.of(PAIRS, found.rows), *([Table.of(RATES, found.win_rates)] if found.win_rates else [])]
    region = units.size(found.rows[0].region, found.metric) if found.rows else ""
    note = (
        f"Bayesian signed-rank test on {found.datasets} dataset means, whose own errors are not in it (Benavoli et al. "
        "2017). Probability: that most datasets of their kind lie there, not the share that does; equivalent: within "
        f"{region}"
    )
    return Block(title, tables, [note] if region else [], folded=True)


def rows(report: Report) -> Mapping[str, Any]:
    """Return what was found of each model over all of its datasets, unrounded."""
    return {"general": {group.model: asdict(report.findings_of(group).general) for group in widest(report.groups)}}


SECTION = Section(
    key="general", title="In general", place=68, chapter=GAINS, blocks=blocks, rows=rows, extent="comment"
)
