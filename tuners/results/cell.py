"""A cell: one tuner on one problem, by name."""

from __future__ import annotations

import re
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


FILES = (
    ".csv", ".tsv", ".tab", ".txt", ".data", ".dat", ".parquet", ".pq", ".feather", ".arrow", ".xlsx", ".xlsm",
)  # fmt: skip
"""Suffixes of files of tables."""
PACKED = (".gz", ".bz2", ".xz", ".zip")
"""Suffixes that one of text may have behind its own."""
_FILE = re.compile(
    rf"(?P<path>.+?(?:{'|'.join(map(re.escape, FILES))})(?:{'|'.join(map(re.escape, PACKED))})?):(?P<target>.+)",
    re.IGNORECASE | re.DOTALL,
)


def file_and_target(dataset: str) -> tuple[str, str] | None:
    """Return path and target of a dataset's name of the form `path.csv:target`; None for another name.

    The path ends at the first known suffix with a colon behind it; a target may have colons, and quotes around it.
    """
    found = _FILE.fullmatch(dataset)
    if found is None:
        return None
    return found["path"], unquoted(found["target"])


def unquoted(name: str) -> str:
    """Return a name without the quotes that a person has put around it."""
    return name[1:-1] if len(name) > 2 and name[0] == name[-1] and name[0] in "\"'" else name


OPENML, OPENML_SUITE = "openml:", "openml-suite:"
"""How the names of OpenML's datasets and suites begin."""


def is_elsewhere(dataset: str) -> bool:
    """Whether a dataset's name is of a file or of OpenML, and not of one that is registered."""
    return dataset.startswith((OPENML, OPENML_SUITE)) or file_and_target(dataset) is not None


def dataset_name(dataset: str) -> str:
    """Return the name under which a dataset's cells are listed: of a file, its name without suffixes; else its own."""
    file = file_and_target(dataset)
    return printable(stem(file[0]) if file else dataset)


def stem(path: str) -> str:
    """Return a file's name without the suffixes of `FILES` and `PACKED`."""
    name = Path(path).name
    for suffixes in (PACKED, FILES):
        suffix = next((each for each in suffixes if name.lower().endswith(each)), "")
        name = name[: len(name) - len(suffix)]
    return name
