"""In short: what is said of each method in a word, then the summary's sentences; first of all, in a terminal last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuners.analysis.targets import BETTER
from tuners.report.document import Report
from tuners.report.section import Block, Chapter, Section
from tuners.report.standing import TARGETS, Standing
from tuners.report.subject import Subject
from tuners.report.tables import Column, Table
from tuners.report.words import NOTHING, RECORDED, clocked, gain, number, unit

TITLE = "In short"
MARKS = {
    "*": "has a space of its own, or evaluated points outside the model's",
    "~": "cells ran side by side: their seconds are not the method's alone",
    RECORDED: "recorded clock: recorded seconds of the evaluations, plus the method's own",
}
"""What the tables' signs say; failed cells, which have one, too, are a sentence."""


def _regret(each: Standing) -> str:
    if each.search is None:
        return NOTHING
    found = each.found if each.found in {"best", "behind"} else ""
    return f"{number(each.search.regret, 3)} {found}".rstrip()


def _target(each: Standing) -> str:
    if each.target is None:
        return NOTHING
    return "never" if each.target.evaluations is None else f"{each.target.evaluations:.0f}"


def columns(subject: Subject) -> tuple[Column, ...]:
    """Return the columns of a model's table: what fits a narrow screen first."""
    metric = subject.findings.user.metric
    # Other units than points stand in the sentences, and so does that lower is better.
    told = "gain, points" if unit(metric) == "points" else gain(metric)
    row = next((each.target for each in subject.standings if each.target is not None), None)
    target = "" if row is None else "to beat default" if row.label == BETTER else f"to {TARGETS[row.target]}"
    clock = subject.findings.clock
    return (
        Column(f"{subject.group.model} {subject.place}".replace(" on these ", ", "), lambda each: each.name),
        Column("verdict", lambda each: each.word, tone=lambda each: each.tone),
        Column(told, lambda each: each.bare_gain, lambda rows: any(row.gain is not None for row in rows)),
        Column("regret", _regret, lambda rows: any(row.search is not None for row in rows)),
        Column(f"trials {target}", _target, lambda _: bool(target)),
        Column("seconds", lambda each: clocked(each.row.seconds, clock) + ("~" if each.row.contended else "")),
    )


def blocks(report: Report) -> list[Block]:
    """Return a table a model and the sentences, if anything was measured."""
    if not report.summary:
        return []
    tables = [
        Table.of(columns(subject), subject.standings, f"{subject.group.model} {subject.place}")
        for subject in report.subjects
    ]
    cells = [cell for table in tables for row in table.rows for cell in (row[0], row[-1])]
    marks = [f"{sign}: {text}" for sign, text in MARKS.items() if any(sign in cell for cell in cells)]
    return [Block(TITLE, tables, [*report.summary, *marks], report.summary_more)]


def rows(report: Report) -> Mapping[str, Any]:
    """Return the sentences."""
    return {"verdict": [*report.summary, *report.summary_more]}


SECTION = Section(
    key="verdict",
    title=TITLE,
    place=10,
    chapter=Chapter("verdict", "Verdict", TITLE, empty="nothing was measured"),
    blocks=blocks,
    rows=rows,
    extent="terminal",
    rows_place=65,  # of the JSON report, whose keys had an order before sections had one
)
