"""Heart disease: whether one of 303 patients in Cleveland has it, 46 %, by 6 numbers and 7 categories.

Small, with 6 gaps in 2 columns. The target's four degrees of disease are one class, as is usual.
UCI Heart Disease (Cleveland), doi:10.24432/C52P4X, CC BY 4.0; its codes are written out in words.
"""

from __future__ import annotations

from pathlib import Path

from tuners.datasets._embedded import embedded
from tuners.task.dataset import Dataset


def load(path: Path | None = None) -> Dataset:  # noqa: ARG001  embedded: no file to read
    """Return the dataset."""
    return embedded(
        "heart_disease",
        "disease",
        "classification",
        source="UCI Heart Disease (Cleveland), doi:10.24432/C52P4X",
        licence="CC BY 4.0",
        positive="present",
    )
