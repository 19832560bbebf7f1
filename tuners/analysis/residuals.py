"""Residuals: what a winner's predictions of numbers miss, true less predicted, on the test rows that a record has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SHARES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
"""Of the rows, whose quantiles are told."""


@dataclass(frozen=True)
class Residuals:
    """The errors of one winner, in the target's unit."""

    true: tuple[float, ...]
    """In order."""
    predicted: tuple[float, ...]

    @classmethod
    def of(cls, predictions: Sequence[Sequence[float]]) -> Residuals:
        """Take the pairs of a record."""
        true, predicted = zip(*predictions, strict=True)
        return cls(tuple(map(float, true)), tuple(map(float, predicted)))

    @property
    def errors(self) -> tuple[float, ...]:
        """True less predicted: above 0 where the prediction is too low."""
        return tuple(true - predicted for true, predicted in zip(self.true, self.predicted, strict=True))

    @property
    def quantiles(self) -> tuple[float, ...]:
        """Of the errors, at `SHARES`."""
        return tuple(map(float, np.quantile(self.errors, SHARES)))

    @property
    def above(self) -> float:
        """The share of the rows whose prediction is too low."""
        return float(np.mean(np.array(self.errors) > 0))
