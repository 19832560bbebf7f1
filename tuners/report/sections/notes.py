"""What to mind when reading this report: what its marks mean, and what is unusual about it."""

from __future__ import annotations

from tuners.report.chapters import TABLE
from tuners.report.document import Report
from tuners.report.reasons import told
from tuners.report.section import Block, Section
from tuners.report.words import RECORDED

TITLE = "Notes"


def remarks(report: Report) -> list[str]:
    """Return the preset's note, then a sentence for each mark that a table has, then why cells and trials failed."""
    found = [report.note] if report.note else []
    rows = [row for group in report.groups for row in group.rows]
    if any(row.own_space for row in rows):
        found.append(
            "*: has a space of its own or evaluated points outside the model's, so that more than the method differs"
        )
    if any(row.regret is not None for row in rows):
        found.append(
            "regret in JSON and CSV: the optimum of the CV score in the space, which exhaustive search found, minus "
            "the method's; below 0 for what lies outside the space, such as the untuned model"
        )
    if any(row.failures for row in rows):
        found.append(
            "!: has failed cells; each counts as the default model's score; a method that never worked has none"
        )
    if any(row.contended for row in rows):
        found.append("~: cells ran side by side in several workers: their seconds are not the method's alone")
    recorded = sum(record.clock == "recorded" for record in report.records)
    if recorded:
        found.append(
            f"{RECORDED}: recorded clock, of {recorded} of {len(report.records)} cells: seconds recorded of the "
            "evaluations plus the method's own, which are measured"
        )
    earlier = sum(record.earlier for record in report.records)
    if earlier:
        found.append(
            f"seconds of {earlier} of {len(report.records)} cells were taken earlier, in the session that was resumed"
        )
    models = {group.model for group in report.groups}
    if len(models) > 1:
        found.append(
            f"{' and '.join(sorted(models))} are ranked apart: between them the model, its space, its budget and "
            "the cost of a fit differ, not only the method"
        )
    return found + told(report.failures)


def blocks(report: Report) -> list[Block]:
    """Return the remarks, if there are any."""
    found = remarks(report)
    return [Block(TITLE, notes=found)] if found else []


SECTION = Section(key="notes", title=TITLE, place=40, chapter=TABLE, blocks=blocks)
