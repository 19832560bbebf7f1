"""The history as JSON: commits, series and changes, with plain, unrounded values."""

from __future__ import annotations

import json
from dataclasses import asdict

from tuners.analysis.history import History

SCHEMA = 1


def json_text(found: History) -> str:
    """Return the history as JSON; places in `at` are positions among the commits, the oldest first."""
    content = {
        "schema": SCHEMA,
        "alpha": found.alpha,
        "tested_series": found.tested,
        "notes": list(found.notes),
        "commits": [
            {
                **asdict(point.commit),
                "runs": [{"name": run.name, "date": run.date, "processor": run.processor} for run in point.runs],
            }
            for point in found.points
        ],
        "series": [asdict(each) for each in found.series],
        "changes": [
            {**asdict(each), "series": found.series.index(each.series), "commit": found.points[each.at].commit.id}
            for each in found.changes
        ],
    }
    return json.dumps(content, indent=1, allow_nan=False) + "\n"
