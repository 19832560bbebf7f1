"""A shard: one of several sessions that share the cells of a comparison, and how the cells are shared out.

Each session works out the same division by itself, from what all of them know: nobody tells them.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

MOST = 10_000
"""Shards of one comparison."""


@dataclass(frozen=True, order=True)
class Shard:
    """Which share a session has: `number` of `of`, from 1."""

    number: int
    of: int

    @classmethod
    def read(cls, text: str) -> Shard:
        """Read `K/N`; raise `ValueError` that says what was expected."""
        found = re.fullmatch(r"\s*(\d{1,9})\s*/\s*(\d{1,9})\s*", text, re.ASCII)
        shard = cls(int(found[1]), int(found[2])) if found else cls(0, 0)
        if not 1 <= shard.number <= shard.of <= MOST:
            message = f"K/N, the share K of N, with K from 1 to N and N at most {MOST}"
            raise ValueError(message)
        return shard

    def __str__(self) -> str:
        """Return `K/N`."""
        return f"{self.number}/{self.of}"


@dataclass(frozen=True)
class Share:
    """What a shard's saved run says of the whole: enough to put all shards together, and to see what is missing."""

    number: int
    of: int
    cells: tuple[int, ...]
    """How many cells each shard has, the first one's first; a shard may have none."""
    division: str
    """SHA-256 of which cell is in which shard: shards of one comparison have the same."""
    places: Mapping[str, int] = field(default_factory=dict)
    """By the node ids of the tests of this shard: the test's place in the whole, from 0."""

    @property
    def shard(self) -> Shard:
        """Which share it is."""
        return Shard(self.number, self.of)

    @property
    def empty(self) -> bool:
        """Whether there are cells, and all of them are other shards'."""
        return not self.places and sum(self.cells) > 0

    @property
    def whole(self) -> str:
        """Say what is there when no cell of the shard is missing: of the comparison, that is a part."""
        return f"{self.cells[self.number - 1]} of {sum(self.cells)} cells, shard {self.shard}"

    def lacking(self, ended: int) -> str:
        """Say what is there of a shard in which cells are missing."""
        return f"{ended} of {self.cells[self.number - 1]} cells of shard {self.shard}"


def divided(seconds: Mapping[str, float], of: int) -> dict[str, int]:
    """Return the number of the shard, from 1, of each unit, by name; `seconds` are those it is expected to take.

    The longest unit goes first, each to the shard with the least so far (Graham 1969, "Bounds on multiprocessing timing
    anomalies": the fullest shard takes at most 4/3 of the best division's). Names decide between equals, so that
    the order in which units are given has no part in it.
    """
    loads = [(0.0, number) for number in range(1, of + 1)]
    found = {}
    for name in sorted(seconds, key=lambda name: (-seconds[name], name)):
        load, number = heapq.heappop(loads)
        found[name] = number
        heapq.heappush(loads, (load + seconds[name], number))
    return found
