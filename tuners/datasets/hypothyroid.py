"""Hypothyroidism: 151 of 3,163 patients, 4.8 %, by 7 numbers and 18 categories.

Imbalanced, and full of gaps: a level that was not measured is missing, TBG in 92 % of rows; all columns are kept.
UCI Thyroid Disease (its file `hypothyroid.data`), doi:10.24432/C5D010, CC BY 4.0.
"""

from __future__ import annotations

from pathlib import Path

from tuners.datasets._embedded import embedded
from tuners.task.dataset import Dataset


def load(path: Path | None = None) -> Dataset:  # noqa: ARG001  embedded: no file to read
    """Return the dataset."""
    return embedded(
        "hypothyroid",
        "class",
        "classification",
        source="UCI Thyroid Disease, doi:10.24432/C5D010",
        licence="CC BY 4.0",
        positive="hypothyroid",
    )
