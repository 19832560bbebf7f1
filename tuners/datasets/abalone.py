"""Abalone: how many rings a shell has, which tells its age, 4,177 shells by sex and 7 measures.

Many rows; measures that say nearly the same, so that no model explains much more than half. Rings are 1 to 29.
UCI Abalone, doi:10.24432/C55C7W, CC BY 4.0.
"""

from __future__ import annotations

from pathlib import Path

from tuners.datasets._embedded import embedded
from tuners.task.dataset import Dataset


def load(path: Path | None = None) -> Dataset:  # noqa: ARG001  embedded: no file to read
    """Return the dataset."""
    return embedded(
        "abalone",
        "rings",
        "regression",
        source="UCI Abalone, doi:10.24432/C55C7W",
        licence="CC BY 4.0",
    )
