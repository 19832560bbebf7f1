"""Miles per gallon of 398 cars of 1970 to 1982, by 6 numbers and their origin.

Small and smooth, with 6 gaps in horsepower. The car's name, nearly one for each row, is left out.
UCI Auto MPG, doi:10.24432/C5859H, CC BY 4.0; origins are written out in words.
"""

from __future__ import annotations

from pathlib import Path

from tuners.datasets._embedded import embedded
from tuners.task.dataset import Dataset


def load(path: Path | None = None) -> Dataset:  # noqa: ARG001  embedded: no file to read
    """Return the dataset."""
    return embedded(
        "auto_mpg",
        "mpg",
        "regression",
        source="UCI Auto MPG, doi:10.24432/C5859H",
        licence="CC BY 4.0",
    )
