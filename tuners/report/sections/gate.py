"""The gate's verdicts, those that do not let the session pass last."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from tuners.gate.verdict import power
from tuners.report.chapters import TABLE
from tuners.report.document import Report
from tuners.report.section import Block, Section


def blocks(report: Report) -> list[Block]:
    """Return what the gates can find, and a line a verdict."""
    in_order = sorted(report.verdicts, key=lambda verdict: verdict.fails)
    lines = [*power(report.verdicts), *map(str, in_order)]
    return [Block(f"gate against {report.baseline}", notes=lines)]


def rows(report: Report) -> Mapping[str, Any]:
    """Return the verdicts, unrounded."""
    return {"verdicts": [dataclasses.asdict(verdict) | {"fails": verdict.fails} for verdict in report.verdicts]}


SECTION = Section(
    key="gate",
    title="Gate",
    place=60,
    chapter=TABLE,
    shown=lambda report: bool(report.verdicts),
    blocks=blocks,
    rows=rows,
)
