"""Palmer penguins: which of 3 species each of 344 is, by 4 measures, island, sex and year.

Numbers and categories with 19 gaps; easy, so that methods have little room to differ.
Horst, Hill and Gorman (2020), palmerpenguins, doi:10.5281/zenodo.3960218, CC0 1.0.
"""

from __future__ import annotations

from pathlib import Path

from tuners.datasets._embedded import embedded
from tuners.task.dataset import Dataset


def load(path: Path | None = None) -> Dataset:  # noqa: ARG001  embedded: no file to read
    """Return the dataset."""
    return embedded(
        "penguins",
        "species",
        "classification",
        source="Horst, Hill and Gorman (2020), palmerpenguins, doi:10.5281/zenodo.3960218",
        licence="CC0 1.0",
    )
