"""The figures of all sections, and the records, as JSON."""

from __future__ import annotations

import json
from typing import Any

from tuners.report.document import Report
from tuners.report.section import Section
from tuners.report.sections import in_order

SCHEMA = 1
SCORES = "larger is better: losses, whose metrics' names begin with neg_, are negated"
"""What must be known of scores, differences and landmarks."""


def json_text(report: Report) -> str:
    """Write what the report is of, the rows of each section, and the records, unrounded; scores as they are kept."""
    document: dict[str, Any] = {"schema": SCHEMA, "header": list(report.header), "note": report.note}
    for section in sorted(in_order(), key=_place):
        document |= section.rows(report)
    document["scores"] = SCORES
    document["runs"] = [record.as_dict() for record in report.records]
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def _place(section: Section) -> int:
    return section.place if section.rows_place is None else section.rows_place
