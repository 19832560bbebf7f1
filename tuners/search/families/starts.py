"""The starts of forests grown before, from which a later candidate goes on."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuners.search.families.trees import Limits, Shape

KEPT_BYTES = 64 * 2**20
"""What one fold may keep; the ones least recently used go first."""


class Start(NamedTuple):
    """The first trees of a forest, summed."""

    limits: Limits
    trees: int
    total: NDArray[np.float64]
    """(rows asked, classes): the sum of what they predict."""
    smallest: int
    """Rows of the smallest node at which any of them attempted a split."""
    deepest: int
    """Depth of the deepest such node."""

    def serves(self, limits: Limits) -> bool:
        """Whether these trees are the same under other limits."""
        if self.limits == limits:
            return True
        wider = self.limits.min_samples_split <= limits.min_samples_split and self.limits.max_depth >= limits.max_depth
        return wider and self.smallest >= limits.min_samples_split and self.deepest < limits.max_depth


class Starts:
    """What one fold keeps of its forests, within `KEPT_BYTES`."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: OrderedDict[tuple[Shape, Limits, int], Start] = OrderedDict()
        self._bytes = 0

    def largest(self, shape: Shape, limits: Limits, trees: int) -> Start | None:
        """Return the largest start of the forest with so many trees under these limits."""
        serving = [
            (start.trees, key)
            for key, start in self._kept.items()
            if key[0] == shape and start.trees <= trees and start.serves(limits)
        ]
        if not serving:
            return None
        _, key = max(serving, key=lambda found: found[0])
        self._kept.move_to_end(key)
        return self._kept[key]

    def add(self, shape: Shape, start: Start) -> None:
        """Keep a start."""
        key = (shape, start.limits, start.trees)
        if key in self._kept:
            return
        self._kept[key] = start
        self._bytes += start.total.nbytes
        while self._bytes > KEPT_BYTES and len(self._kept) > 1:
            _, gone = self._kept.popitem(last=False)
            self._bytes -= gone.total.nbytes
