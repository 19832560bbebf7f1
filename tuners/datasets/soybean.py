"""Soybean diseases: which of 19 a plant has, 683 plants by 35 categories.

Many classes of 8 to 92 plants, 2,337 gaps in 34 columns, and no numbers at all. UCI's two files in one.
UCI Soybean (Large), doi:10.24432/C5JG6Z, CC BY 4.0.
"""

from __future__ import annotations

from pathlib import Path

from tuners.datasets._embedded import embedded
from tuners.task.dataset import Dataset


def load(path: Path | None = None) -> Dataset:  # noqa: ARG001  embedded: no file to read
    """Return the dataset."""
    return embedded(
        "soybean",
        "class",
        "classification",
        source="UCI Soybean (Large), doi:10.24432/C5JG6Z",
        licence="CC BY 4.0",
    )
