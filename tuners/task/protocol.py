"""How a problem is measured, the same for every tuner of a cell."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tuners.errors import TuningError
from tuners.task.validation import Validation


@dataclass(frozen=True)
class Protocol:
    """Metric, folds, split and rows of a problem.

    Raises `TuningError`, one line, for what no rows can be divided by.
    """

    metric: str = "accuracy"
    """A scikit-learn scorer; larger is better."""
    folds: int = 4
    """Folds of the cross-validation that steers every search; with `holdout`, not used."""
    test_size: float = 0.3
    """Share of the rows that no tuner sees; not used for a dataset with a test set of its own."""
    rows: int | None = None
    """Use at most this many rows, drawn by the seed in the classes' proportions; None uses all.

    A class so rare that its share could not be split gets as many rows as split and folds need. Of a dataset with
    groups whole groups are drawn, of one with time the latest rows, of one with a test set of its own training rows.
    """
    positive: str | None = field(default=None, repr=False)
    """The class that `f1` and similar metrics score, where a dataset has it. It is not in the setup's hash, which is of
    this record's text: every record names the class by itself."""
    # What follows is in the record's text, and so in the setup's hash, where it is not the default.
    times: int = field(default=1, repr=False, kw_only=True)
    """How often the training rows are divided, each time shuffled anew."""
    holdout: float | None = field(default=None, repr=False, kw_only=True)
    """Instead of folds: the share of the training rows that candidates are validated on."""
    reshuffle: bool = field(default=False, repr=False, kw_only=True)
    """Whether each candidate has folds of its own (Nagler et al. 2024, "Reshuffling resampling splits can improve
    generalization of hyperparameter optimization")."""

    def __post_init__(self) -> None:
        """Check the numbers."""
        if not 0 < self.test_size < 1:
            message = f"protocol: expected a test_size above 0 and below 1, got {self.test_size!r}"
            raise TuningError(message)
        if self.rows is not None and self.rows < 1:
            message = f"protocol: expected rows of at least 1, or None for all, got {self.rows!r}"
            raise TuningError(message)
        self.validation.check()

    @property
    def validation(self) -> Validation:
        """How the training rows are divided."""
        return Validation(self.folds, self.times, self.holdout)

    def validated(self, validation: Validation) -> Protocol:
        """Return the protocol with another division of the training rows."""
        return replace(self, folds=validation.folds, times=validation.times, holdout=validation.holdout)

    @property
    def setup(self) -> str:
        """The protocol as text, but for the metric, which records name: what is equal compares."""
        added = [
            f"{name}={value!r}"
            for name, value, usual in (
                ("times", self.times, 1),
                ("holdout", self.holdout, None),
                ("reshuffle", self.reshuffle, False),
            )
            if value != usual
        ]
        return ", ".join([repr(replace(self, metric="")), *added])

    @property
    def words(self) -> str:
        """The division of the training rows, as in `4 folds` or `3 holdouts of 25%`."""
        own = ", drawn anew for each candidate" if self.reshuffle else ""
        return f"{self.validation.words}{own}"

    @property
    def rows_in_words(self) -> str:
        """How many rows are used."""
        return "all rows" if self.rows is None else f"at most {self.rows} rows"
