"""Gains: each method's test score against the untuned model's, with intervals that hold for all methods together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tuners.analysis import units
from tuners.analysis.contrasts import Contrast
from tuners.analysis.methods import Group
from tuners.report.chapters import GAINS
from tuners.report.charts.style import Figure, axis, colours, dots, figure, methods_axis
from tuners.report.document import Report
from tuners.report.section import Chart, Section
from tuners.report.tables import Column, Table
from tuners.report.words import NOTHING, directed, gain, number, unit


def _p(contrast: Contrast | None) -> str:
    return NOTHING if contrast is None else number(contrast.p_value, 3)


def table(report: Report, group: Group) -> Table:
    """Return each method's gain over the default, in both scopes, and its distance from the best method."""
    found = report.findings_of(group)
    alike = {each.tuner: each for each in found.alike.to_default}
    best = {each.tuner: each for each in found.user.to_best}
    told = directed(gain(found.user.metric), found.user.metric)
    columns = (
        Column("tuner", lambda each: each.tuner),
        Column(f"{told} on these datasets", lambda each: each.text),
        Column("p", _p),
        Column(f"{told} on new rows of them", lambda each: alike[each.tuner].text if each.tuner in alike else NOTHING),
        Column("against the best", lambda each: best[each.tuner].text if each.tuner in best else "best"),
        Column("p of that", lambda each: _p(best.get(each.tuner))),
    )
    return Table.of(columns, found.user.to_default)


def draw(report: Report, group: Group) -> Figure | str:
    """Draw the gains over the default with their simultaneous intervals."""
    found = report.findings_of(group).user
    if not found.to_default:
        return "no method is compared with the untuned model here"
    rows = [
        (each.tuner, *units.read(each.mean, each.interval, each.metric))
        for each in sorted(found.to_default, key=lambda each: -each.mean)
    ]
    return figure(
        dots(rows, colours(report.tuners)), height=160 + 40 * len(rows),
        yaxis=methods_axis([tuner for tuner, *_ in rows]),
        xaxis=axis(f"{_title(found.metric)} (simultaneous 95 %)", zeroline=True),
    )  # fmt: skip


def _title(metric: str) -> str:
    return directed(f"{gain(metric)} over the default on the test rows, {unit(metric)}", metric)


def words(report: Report) -> list[str]:
    """Say why groups have no test or no interval, if so."""
    notes: dict[str, list[str]] = {}
    for group in report.groups:
        if note := report.findings_of(group).user.note:
            notes.setdefault(note, []).append(group.title)
    return [f"{', '.join(titles)}: {note}" for note, titles in notes.items()]


def rows(report: Report) -> Mapping[str, Any]:
    """Return the differences of all pairs in both scopes, unrounded."""
    found = {group.title: report.findings_of(group) for group in report.groups}
    return {
        "gains": {
            title: {"these datasets": asdict(each.user), "data like these": asdict(each.alike)}
            for title, each in found.items()
        }
    }


SECTION = Section(
    key="gains",
    title="Gain over the default",
    place=62,
    chapter=GAINS,
    table=table,
    chart=Chart(
        "Paired by problem; a method's value on a problem is its mean over repeats, and datasets weigh equally. "
        "Intervals hold for all methods together, on these datasets.",
        draw,
    ),
    words=words,
    rows=rows,
    extent="comment",
)
