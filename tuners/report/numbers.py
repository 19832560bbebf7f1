"""The numbers behind the charts, as tables: for those who do not see charts, and for formats that have none."""

from __future__ import annotations

from tuners.analysis.costs import overtuning, times
from tuners.analysis.methods import Group
from tuners.report import columns
from tuners.report.document import Report, Section, Table
from tuners.report.summary import widest


def ranks(report: Report, group: Group) -> Table:
    """Return the average ranks of a model's methods, over all of its datasets."""
    rows = next((each.rows for each in report.rankings if each.model == group.model), ())
    return Table.of(columns.RANKS, rows)


def seconds(report: Report, group: Group) -> Table:
    """Return where each method's seconds went."""
    return Table.of(columns.TIMES, times(report.runs_of(group)))


def lost(report: Report, group: Group) -> Table:
    """Return what each method lost by overtuning."""
    return Table.of(columns.OVERTUNING, overtuning(report.runs_of(group)))


def numbers(report: Report) -> list[Section]:
    """Return a section for each of these tables that has rows, of each model over all of its datasets."""
    found = [
        Section(f"{title}: {group.title}", [make(report, group)], folded=True)
        for group in widest(report.groups)
        for title, make in (
            ("Average ranks over all datasets", ranks),
            ("Where the seconds went", seconds),
            ("Overtuning", lost),
        )
    ]
    return [section for section in found if section.tables[0].rows]
