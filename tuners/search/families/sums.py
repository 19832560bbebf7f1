"""Sums of what the first trees of a forest predict, for many limits at once, each tree grown once.

The trees are grown in chunks. Within a chunk, a tree is looked for among those grown under wider
limits; limits that have the same trees so far have the same sum, too. Memory is bounded whatever the
number of candidates: a chunk's predictions by `CHUNK_BYTES`, the running sums by `RUNNING_BYTES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from tuners.search.families.starts import Start, Starts
from tuners.search.families.trees import UNLIMITED, Ground, Grown, Limits, Shape

CHUNK_TREES = 256
START_TREES = 64
"""Forests evaluated one by one are kept at every so many trees."""
CHUNK_BYTES = 64 * 2**20
"""What the trees of one chunk may hold, all limits together."""
RUNNING_BYTES = 64 * 2**20
"""What the running sums may hold, one for each of the limits."""

Sums = Iterator[tuple[list[Limits], int, NDArray[np.float64]]]
"""Limits under which the first so many trees are the same, how many, and the sum of what they predict."""


def grown(ground: Ground, shape: Shape, wanted: dict[Limits, set[int]], check: Callable[[], None]) -> Sums:
    """Grow all trees wanted, as many limits at a time as memory allows."""
    # From the least to the most restrictive: a tree is looked for among those grown under wider limits.
    order = sorted(wanted, key=lambda limits: (limits.min_samples_split, -limits.max_depth))
    bytes_each = 8 * int(ground.classes[0]) * max(1, len(ground.asked))
    at_once = max(1, RUNNING_BYTES // bytes_each)
    for first in range(0, len(order), at_once):
        some = order[first : first + at_once]
        trees = min(CHUNK_TREES, max(1, CHUNK_BYTES // (bytes_each * len(some))))
        yield from _grown_together(ground, shape, {limits: wanted[limits] for limits in some}, trees, check)


def _grown_together(
    ground: Ground, shape: Shape, wanted: dict[Limits, set[int]], chunk: int, check: Callable[[], None]
) -> Sums:
    last = {limits: max(sizes) for limits, sizes in wanted.items()}
    running = dict.fromkeys(wanted, np.zeros((len(ground.asked), int(ground.classes[0]))))
    for first in range(0, max(last.values()), chunk):
        here: dict[Limits, Grown] = {}
        alike: dict[tuple[int, int], list[Limits]] = {}
        for limits in wanted:
            if first < last[limits]:
                check()
                trees = range(first, min(first + chunk, last[limits]))
                here[limits] = _chunk(ground, shape, limits, trees, here)
                # Same trees added to the same sum. Both objects live on until the chunk ends.
                alike.setdefault((id(here[limits].values), id(running[limits])), []).append(limits)
        following: dict[Limits, NDArray[np.float64]] = {}
        for same in alike.values():
            values = here[same[0]].values
            sums = np.cumsum(np.concatenate([running[same[0]][np.newaxis], values]), axis=0)
            sizes = {size for limits in same for size in wanted[limits] if first < size <= first + len(values)}
            for size in sorted(sizes):
                yield [limits for limits in same if size in wanted[limits]], size, sums[size - first]
            following |= dict.fromkeys(same, sums[-1].copy())
        running = following


def continued(
    ground: Ground, starts: Starts, shape: Shape, wanted: tuple[Limits, int], check: Callable[[], None]
) -> Sums:
    """Grow one forest from the largest known start of it, and keep what it comes to."""
    limits, size = wanted
    start = starts.largest(shape, limits, size)
    if start is None:
        start = Start(limits, 0, np.zeros((len(ground.asked), int(ground.classes[0]))), UNLIMITED, -1)
    while start.trees < size:
        check()
        # To the next whole chunk, so that starts are found again whatever sizes are asked for.
        trees = range(start.trees, min(size, (start.trees // START_TREES + 1) * START_TREES))
        more = ground.grow(shape, limits, trees)
        total = np.cumsum(np.concatenate([start.total[np.newaxis], more.values]), axis=0)[-1].copy()
        smallest, deepest = int(more.smallest.min()), int(more.deepest.max())
        start = Start(limits, trees.stop, total, min(start.smallest, smallest), max(start.deepest, deepest))
        starts.add(shape, start)
    yield [limits], size, start.total


def _chunk(ground: Ground, shape: Shape, limits: Limits, trees: range, grown: dict[Limits, Grown]) -> Grown:
    """Grow some trees under these limits, but for those that were the same under wider ones."""
    missing = np.ones(len(trees), dtype=bool)
    found: list[tuple[NDArray[np.bool_], Grown]] = []
    for wider in _relatives(limits, grown):
        other = grown[wider]
        if len(other.values) < len(trees):
            continue
        same = (other.smallest[: len(trees)] >= limits.min_samples_split) & (
            other.deepest[: len(trees)] < limits.max_depth
        )
        if same.all():
            return other if len(other.values) == len(trees) else other.first(len(trees))
        found.append((same & missing, other))
        missing &= ~same
        if not missing.any():
            break
    numbers = [number for number, grow in zip(trees, missing, strict=True) if grow]
    if missing.all():
        return ground.grow(shape, limits, numbers)
    result = Grown.empty(len(trees), len(ground.asked), int(ground.classes[0]))
    if numbers:
        result.put(missing, ground.grow(shape, limits, numbers))
    for same, other in found:
        result.put(same, other.first(len(trees)).where(same))
    return result


def _relatives(limits: Limits, grown: dict[Limits, Grown]) -> list[Limits]:
    """Return wider limits whose trees are likeliest the same: the next ones, and the widest of the same split."""
    wider = [
        other
        for other in grown
        if other.min_samples_split <= limits.min_samples_split and other.max_depth >= limits.max_depth
    ]
    same_split = [other for other in wider if other.min_samples_split == limits.min_samples_split]
    same_depth = [other for other in wider if other.max_depth == limits.max_depth]
    return list(dict.fromkeys([*same_split[:1], *same_split[-1:], *same_depth[-1:]]))
