"""Rows of a dataset that are to be divided, with all that a division may look at: no feature is among it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tuners.task.dataset import Dataset


@dataclass(frozen=True, eq=False)
class Part:
    """Some rows of a dataset, by their numbers in it; arrays of shape (rows,)."""

    rows: NDArray[np.intp]
    labels: NDArray[Any] | None
    """Classes whose proportions each part is to keep; None where there are none."""
    groups: NDArray[Any] | None = None
    time: NDArray[Any] | None = None

    @classmethod
    def of(cls, dataset: Dataset, rows: NDArray[np.intp], *, stratified: bool) -> Part:
        """Take rows of a dataset, those of a dataset with time in its order."""
        groups, time = dataset.groups, dataset.time
        if time is not None:
            rows = rows[np.argsort(time[rows], kind="stable")]
        return cls(
            rows,
            dataset.y[rows] if stratified else None,
            None if groups is None else groups[rows],
            None if time is None else time[rows],
        )

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.rows)

    def at(self, places: Any) -> Part:
        """Return the rows at some places of this part, or where a mask is true."""
        return Part(self.rows[places], *(None if of is None else of[places] for of in self._others))

    @property
    def _others(self) -> tuple[NDArray[Any] | None, ...]:
        return self.labels, self.groups, self.time

    @property
    def codes(self) -> NDArray[np.intp]:
        """The class of each row, as a number from 0; 0 for all without classes."""
        if self.labels is None:
            return np.zeros(len(self.rows), dtype=np.intp)
        return np.unique(self.labels, return_inverse=True)[1]
