"""Folds of each candidate's own, which follow from the problem's seed and from the candidate's parameters.

Not from its position: all tuners see the same score of the same candidate, whenever they come to it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tuners.results.params import plain, plain_params
from tuners.task import splits
from tuners.text.shown import shown

if TYPE_CHECKING:
    from tuners.task.part import Part
    from tuners.task.protocol import Protocol
    from tuners.task.splits import Fold


class Reshuffled:
    """Makes the folds of candidates of one problem; holds nothing of its test rows."""

    def __init__(self, training: Part, protocol: Protocol, seed: int, own: Mapping[str, Any]) -> None:
        """Take the training rows, and the untuned estimator's `own` parameters."""
        self._training = training
        self._protocol = protocol
        self._seed = seed
        self._own = own

    def of(self, params: Mapping[str, Any]) -> list[Fold]:
        """Return the folds of a candidate: row numbers of the training part, (train, validation) for each."""
        return splits.folds(self._training, self._protocol, self._seed_of(params))

    def _seed_of(self, params: Mapping[str, Any]) -> int:
        """Return a seed of 32 bits: the same for parameters that say what the untuned estimator has anyway."""
        differing = [
            (name, shown(value))
            for name, value in plain_params(params).items()
            if name not in self._own or shown(value) != shown(plain(self._own[name]))
        ]
        return int.from_bytes(hashlib.sha256(f"{self._seed} {differing!r}".encode()).digest()[:4], "big")
