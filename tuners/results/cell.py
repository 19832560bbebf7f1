"""A cell: one tuner on one problem, by name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tuners.text.printable import printable


@dataclass(frozen=True)
class Cell:
    """One tuner on one problem, by name."""

    model: str
    dataset: str
    tuner: str
    seed: int

    @property
    def id(self) -> str:
        """The cell in a test id."""
        return f"{self.model}-{dataset_name(self.dataset)}-{self.tuner}-{self.seed}"


def is_csv(dataset: str) -> bool:
    """Whether a dataset's name is of the form `path.csv:target`."""
    path, _, target = dataset.rpartition(":")
    return bool(target) and path.lower().endswith(".csv")


def dataset_name(dataset: str) -> str:
    """Return the name under which a dataset's cells are listed: a CSV's stem, else its own."""
    return printable(Path(dataset.rpartition(":")[0]).stem if is_csv(dataset) else dataset)
