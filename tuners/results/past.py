"""Saved runs as a history needs them: few fields of each cell, with the commit, the machine and the libraries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PastCell:
    """Some of a record's fields, by their names in it; those of another benchmark have no model."""

    model: str = ""
    dataset: str = ""
    tuner: str = ""
    seed: int = 0
    schema: int = 0
    status: str = "ok"
    metric: str = ""
    positive: str = ""
    test_score: float | None = None
    regret: float | None = None
    seconds: float | None = None
    search_seconds: float | None = None
    reference_seconds: float | None = None
    contended: bool = False
    clock: str = "wall"
    evaluation: str = ""
    start: str = ""
    budget: int | None = None
    time_budget: float | None = None
    protocol: str = ""
    dataset_sha256: str = ""
    setup_sha256: str = ""
    trials_sha256: str = ""


@dataclass(frozen=True)
class Commit:
    """The commit that a run was saved at, as far as it is known."""

    id: str = ""
    """Empty where the run was saved outside a repository."""
    time: str = ""
    """In ISO 8601's form; empty where only the repository knows it, and it is not here."""
    branch: str = ""
    dirty: bool = False
    """Whether there were changes beside it."""
    message: str = ""
    """The first line; empty where the repository is not here."""


@dataclass(frozen=True)
class PastRun:
    """One saved run."""

    name: str
    cells: Sequence[PastCell]
    commit: Commit = Commit()
    date: str = ""
    """When it was saved, in ISO 8601's form."""
    processor: str = ""
    """Brand, architecture and number of processors: seconds of others do not compare, though normalised."""
    libraries: Mapping[str, str] = field(default_factory=dict)
    """Versions by name, Python's included."""
