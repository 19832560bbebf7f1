"""Compressive strength of 1,030 samples of concrete in MPa, by 7 ingredients in kg/m3 and age in days.

All numbers; far from linear, so that models differ. 25 rows repeat an earlier one; all are kept.
UCI Concrete Compressive Strength, doi:10.24432/C5PK67, CC BY 4.0.
"""

from __future__ import annotations

from pathlib import Path

from tuners.datasets._embedded import embedded
from tuners.task.dataset import Dataset


def load(path: Path | None = None) -> Dataset:  # noqa: ARG001  embedded: no file to read
    """Return the dataset."""
    return embedded(
        "concrete",
        "strength",
        "regression",
        source="UCI Concrete Compressive Strength, doi:10.24432/C5PK67",
        licence="CC BY 4.0",
    )
