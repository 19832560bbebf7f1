"""The problems: where the scores of each one's candidates lie, as far as they are recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tuners.report.chapters import SEARCH
from tuners.report.document import Report
from tuners.report.section import Block, Section
from tuners.report.tables import Column, Table
from tuners.report.words import NOTHING, score
from tuners.results.record import Record

TITLE = "The problems"
NOTE = (
    "Cross-validation scores of each problem's candidates; oracle: the best test score of any, which nobody can know "
    "while tuning. rank: 1 more than the candidates that are better than the default. A table that is not whole knows "
    "the default alone, and regret is then measured from the best score seen. Plain seconds of evaluations that shared "
    "their work are modelled from measured fits."
)


def _whole(record: Record) -> str:
    marks = record.landmarks
    if marks is None:
        return NOTHING
    size = "" if marks.candidates is None else f" of {marks.candidates}"
    return f"{'whole' if marks.whole else 'cache'}, {marks.recorded}{size}"


COLUMNS: tuple[Column, ...] = (
    Column("problem", lambda each: f"{each.model} on {each.dataset}, seed {each.seed}"),
    Column("optimum", lambda each: score(each.landmarks.optimum, each.metric)),
    Column("median", lambda each: score(each.landmarks.median, each.metric)),
    Column("default", lambda each: score(each.landmarks.default, each.metric)),
    Column("rank", lambda each: str(each.landmarks.default_rank or NOTHING)),
    Column("best 1 %", lambda each: score(each.landmarks.hundredth, each.metric)),
    Column("best 10 %", lambda each: score(each.landmarks.tenth, each.metric)),
    Column("ties", lambda each: str(each.landmarks.ties or NOTHING)),
    Column("oracle", lambda each: score(each.landmarks.oracle, each.metric)),
    Column("table", _whole),
    Column("seconds", lambda each: "modelled" if each.landmarks.modelled else "measured"),
    Column("train, test rows", lambda each: f"{each.train_rows}, {each.test_rows}"),
)


def problems(report: Report) -> list[Record]:
    """Return a record of each problem that has landmarks."""
    marked = [record for record in report.records if record.landmarks is not None]
    return list({(record.model, record.dataset, record.seed): record for record in marked}.values())


def blocks(report: Report) -> list[Block]:
    """Return a row a problem."""
    return [Block(TITLE, [Table.of(COLUMNS, problems(report))], [NOTE], folded=True)]


def rows(report: Report) -> Mapping[str, Any]:
    """Return the landmarks of each problem, unrounded."""
    found = problems(report)
    named = [{"model": each.model, "dataset": each.dataset, "seed": each.seed} for each in found]
    marks = [asdict(each.landmarks) for each in found if each.landmarks is not None]
    return {"problems": [name | mark for name, mark in zip(named, marks, strict=True)]}


SECTION = Section(
    key="problems",
    title=TITLE,
    place=99,
    chapter=SEARCH,
    shown=lambda report: bool(problems(report)),
    blocks=blocks,
    rows=rows,
)
