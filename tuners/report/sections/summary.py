"""In short: the summary's sentences, first of all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuners.report.document import Report
from tuners.report.section import Block, Chapter, Section

TITLE = "In short"


def blocks(report: Report) -> list[Block]:
    """Return the sentences, if anything was measured."""
    return [Block(TITLE, notes=report.summary)] if report.summary else []


def rows(report: Report) -> Mapping[str, Any]:
    """Return the sentences."""
    return {"verdict": list(report.summary)}


SECTION = Section(
    key="verdict",
    title=TITLE,
    place=10,
    chapter=Chapter("verdict", "Verdict", TITLE, empty="nothing was measured"),
    blocks=blocks,
    rows=rows,
    rows_place=65,  # of the JSON report, whose keys had an order before sections had one
)
