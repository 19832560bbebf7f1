"""German credit: which of 1,000 loan applications are bad risks, 30 %, by 7 numbers and 13 categories.

Noisy: a linear model does as well as a forest. Its donor counts a bad risk called good five times the opposite.
UCI Statlog (German Credit Data), doi:10.24432/C5NC77, CC BY 4.0; its codes are written out in words.
"""

from __future__ import annotations

from pathlib import Path

from tuners.datasets._embedded import embedded
from tuners.task.dataset import Dataset


def load(path: Path | None = None) -> Dataset:  # noqa: ARG001  embedded: no file to read
    """Return the dataset."""
    return embedded(
        "german_credit",
        "class",
        "classification",
        source="UCI Statlog (German Credit Data), doi:10.24432/C5NC77",
        licence="CC BY 4.0",
        positive="bad",
    )
