"""The comparison with an earlier run: each method's scores and seconds then and now, over the cells that both have."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from tuners.analysis.comparison import ComparisonRow
from tuners.report.chapters import TABLE
from tuners.report.document import Report
from tuners.report.section import Block, Section
from tuners.report.tables import Column, Table
from tuners.report.words import difference, duration, number, score, turned

LEGEND = (
    "differences: now minus then (losses are better below 0), paired by model x dataset x seed, with 95 % t intervals. "
    "same: cells whose trials are identical. (+n): cells in one of the runs only. Seconds of two sessions also differ "
    "by the speed of the machine just then; they are compared where both evaluated candidates the same way, plain or "
    "shared."
)


def _then_now(then: str, now: str) -> str:
    return f"{then} -> {now}"


_COMPARED = Column("method", lambda row: f"{row.tuner} on {row.model}")
_PAIRS = Column("cells", lambda row: f"{row.cells}" + (f" (+{row.unpaired})" if row.unpaired else ""))


def _difference(row: ComparisonRow) -> str:
    if row.score_difference is None:
        return difference(None, None, number)
    return difference(*turned(row.score_difference, row.score_interval, row.metric), number)


SCORES: tuple[Column, ...] = (
    _COMPARED,
    _PAIRS,
    Column("same", lambda row: str(row.identical)),
    Column(
        "score then -> now",
        lambda row: _then_now(score(row.score_then, row.metric), score(row.score_now, row.metric)),
    ),
    Column("difference, 95 %", _difference),
    Column("failures", lambda row: _then_now(str(row.failures_then), str(row.failures_now))),
)

SECONDS: tuple[Column, ...] = (
    _COMPARED,
    _PAIRS,
    Column("seconds then -> now", lambda row: _then_now(duration(row.seconds_then), duration(row.seconds_now))),
    Column("difference, 95 %", lambda row: difference(row.seconds_difference, row.seconds_interval, duration)),
)


def blocks(report: Report) -> list[Block]:
    """Return scores and seconds, and which cells are left out because they do not compare."""
    tables = [Table.of(columns, report.comparison) for columns in (SCORES, SECONDS)]
    return [Block(f"compared with {report.baseline}", tables, [LEGEND, *_unlike(report.comparison)])]


def _unlike(rows: Sequence[ComparisonRow]) -> list[str]:
    differing: dict[str, list[str]] = {}
    for row in rows:
        if row.unlike:
            differing.setdefault(", ".join(row.unlike), []).append(f"{row.tuner} on {row.model}")
    return [f"not compared, because they differ in {what}: {', '.join(who)}" for what, who in differing.items()]


def rows(report: Report) -> Mapping[str, Any]:
    """Return the earlier run's name, and the rows unrounded."""
    return {"baseline": report.baseline, "comparison": [dataclasses.asdict(row) for row in report.comparison]}


SECTION = Section(
    key="comparison",
    title="Comparison",
    place=50,
    chapter=TABLE,
    shown=lambda report: bool(report.comparison),
    blocks=blocks,
    rows=rows,
)
