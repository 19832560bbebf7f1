"""The rows of the evaluation table as CSV, for a spreadsheet."""

from __future__ import annotations

import csv
import dataclasses
import io
from typing import Any

from tuners.analysis.methods import MethodRow
from tuners.report.document import Report
from tuners.results.scorers import is_loss, spoken
from tuners.text.printable import cell


def comma_separated(report: Report) -> str:
    """Write every row of the evaluation table, unrounded; intervals as two columns, no cell a formula.

    Losses and their differences are written as people read them, positive and the lower the better.
    """
    rows = [
        {
            "model": group.model,
            "dataset": group.dataset or "",
            "metric": spoken(group.metric),
            "blocks": group.blocks,
        }
        | _flat(dataclasses.asdict(_read(row, group.metric)))
        | {"positive": group.positive, "better": "lower" if is_loss(group.metric) else "higher"}
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


def _read(row: MethodRow, metric: str) -> MethodRow:
    """Return a row whose scores and differences are as people read them."""
    if not is_loss(metric):
        return row
    named = ("test_score", "cv_score", "difference")
    turned: dict[str, Any] = {name: None if (value := getattr(row, name)) is None else 0.0 - value for name in named}
    if row.difference_interval is not None:
        low, high = row.difference_interval
        turned["difference_interval"] = (-high, -low)
    return dataclasses.replace(row, **turned)


def _flat(row: dict[str, object]) -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in row.items():
        if name.endswith("_interval"):
            low, high = value if isinstance(value, tuple) else (None, None)
            flat |= {f"{name}_low": low, f"{name}_high": high}
        else:
            flat[name] = value
    return flat
