"""Glass of a scene of crime: which of 6 kinds each of 214 splinters is, by refraction and 8 oxides.

Small and imbalanced, 9 to 76 rows a class, with classes that overlap. The column of row numbers is left out.
UCI Glass Identification, doi:10.24432/C5WW2P, CC BY 4.0; classes are written out in words.
"""

from __future__ import annotations

from pathlib import Path

from tuners.datasets._embedded import embedded
from tuners.task.dataset import Dataset


def load(path: Path | None = None) -> Dataset:  # noqa: ARG001  embedded: no file to read
    """Return the dataset."""
    return embedded(
        "glass",
        "type",
        "classification",
        source="UCI Glass Identification, doi:10.24432/C5WW2P",
        licence="CC BY 4.0",
    )
