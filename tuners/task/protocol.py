"""How a problem is measured, the same for every tuner of a cell."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Protocol:
    """Metric, folds, split and rows of a problem."""

    metric: str = "accuracy"
    """One of scikit-learn's scorers, or one that was registered; larger is better. It steers every search."""
    folds: int = 4
    """Folds of the cross-validation that steers every search."""
    test_size: float = 0.3
    """Share of the rows that no tuner sees."""
    rows: int | None = None
    """Use at most this many rows, drawn by the seed in the classes' proportions; None uses all.

    A class so rare that its share could not be split gets as many rows as split and folds need.
    """
    positive: str | None = field(default=None, repr=False)
    """The class that `f1` and similar metrics score, where a dataset has it. It is not in the setup's hash, which is of
    this record's text: every record names the class by itself."""
    others: tuple[str, ...] = field(default=(), repr=False)
    """Further metrics, of which each run's winner is told on the test rows. Nothing is chosen by them: they are not in
    the setup's hash."""

    @property
    def metrics(self) -> tuple[str, ...]:
        """All metrics, the one that steers first."""
        return self.metric, *self.others
