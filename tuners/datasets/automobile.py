"""Prices of 201 cars of 1985, by 15 numbers and 10 categories.

Few rows for 25 columns, 51 gaps, rare categories, and prices with a long tail. UCI's 4 cars without a price are left
out. UCI Automobile, doi:10.24432/C5B01C, CC BY 4.0.
"""

from __future__ import annotations

from pathlib import Path

from tuners.datasets._embedded import embedded
from tuners.task.dataset import Dataset


def load(path: Path | None = None) -> Dataset:  # noqa: ARG001  embedded: no file to read
    """Return the dataset."""
    return embedded(
        "automobile",
        "price",
        "regression",
        source="UCI Automobile, doi:10.24432/C5B01C",
        licence="CC BY 4.0",
    )
