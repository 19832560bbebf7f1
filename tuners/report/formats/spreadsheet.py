"""The rows of the evaluation table as CSV, for a spreadsheet."""

from __future__ import annotations

import csv
import dataclasses
import io

from tuners.report.document import Report
from tuners.text.printable import cell


def comma_separated(report: Report) -> str:
    """Write every row of the evaluation table, unrounded; intervals as two columns, no cell a formula."""
    rows = [
        {
            "model": group.model,
            "dataset": group.dataset or "",
            "metric": group.metric,
            "blocks": group.blocks,
        }
        | _flat(dataclasses.asdict(row))
        | {"positive": group.positive}
        for group in report.groups
        for row in group.rows
    ]
    out = io.StringIO()
    if rows:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(
            {name: cell(value) if isinstance(value, str) else value for name, value in row.items()} for row in rows
        )
    return out.getvalue()


def _flat(row: dict[str, object]) -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in row.items():
        if name.endswith("_interval"):
            low, high = value if isinstance(value, tuple) else (None, None)
            flat |= {f"{name}_low": low, f"{name}_high": high}
        else:
            flat[name] = value
    return flat
