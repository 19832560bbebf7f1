"""Quality of 4,898 white wines as tasters grade it, 3 to 9, by 11 chemical measures.

Many rows; grades are whole numbers, 93 % of them 5, 6 or 7. 937 rows repeat an earlier one; all are kept.
UCI Wine Quality (white), doi:10.24432/C56S3T, CC BY 4.0.
"""

from __future__ import annotations

from pathlib import Path

from tuners.datasets._embedded import embedded
from tuners.task.dataset import Dataset


def load(path: Path | None = None) -> Dataset:  # noqa: ARG001  embedded: no file to read
    """Return the dataset."""
    return embedded(
        "wine_quality",
        "quality",
        "regression",
        source="UCI Wine Quality (white), doi:10.24432/C56S3T",
        licence="CC BY 4.0",
    )
