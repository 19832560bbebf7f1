"""Further metrics of the winners on the test rows: nothing was chosen by them, and no method is judged by them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuners.analysis.methods import Group
from tuners.report.chapters import TABLE
from tuners.report.document import Report
from tuners.report.section import Block, Section
from tuners.report.standing import standings
from tuners.report.tables import Column, Table
from tuners.report.words import directed, score

TITLE = "Further metrics"
NOTE = (
    "Of each winner, on the test rows: means over seeds, datasets weighing equally; of several repeats, of the one "
    "that is shown. Searches did not see them. Metrics that are no shares have no mean over several datasets."
)


def table(report: Report, group: Group) -> Table:
    """Return each method's scores by the further metrics, in the order of the evaluation table."""
    found = report.findings_of(group)

    def column(place: int) -> Column:
        other = found.others[place]
        return Column(
            directed(other.measured, other.metric), lambda each: score(other.means.get(each.tuner), other.metric)
        )

    columns = (Column("tuner", lambda each: each.name), *map(column, range(len(found.others))))
    listed = [each for each in standings(group, found) if any(each.tuner in other.means for other in found.others)]
    return Table.of(columns, listed)


def blocks(report: Report) -> list[Block]:
    """Return a block a group that has further metrics."""
    found = [(group, table(report, group)) for group in report.groups if report.findings_of(group).others]
    return [Block(f"{TITLE}: {group.title}", [each], [NOTE]) for group, each in found]


def rows(report: Report) -> Mapping[str, Any]:
    """Return the means of each group, unrounded, larger is better."""
    return {"others": report.found_by_group(lambda found: found.others)}


SECTION = Section(
    key="others",
    title=TITLE,
    place=25,
    chapter=TABLE,
    shown=lambda report: any(found.others for found in report.findings),
    blocks=blocks,
    rows=rows,
    extent="verbose",
)
