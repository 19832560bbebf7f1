"""Change points: where a series changed its level, by a permutation test with a stated false alarm rate.

    statistic = the largest standardised difference between the means before and after a place (CUSUM)
    p = how often it is as large where the same values stand in random order
    where p is small enough: the place is a change, and both sides are looked at alike (binary segmentation)

The test is exact, whatever the values' distribution, as far as their order is random where nothing has changed (Phipson
and Smyth 2010, "Permutation p-values should never be zero"). What may be reordered depends on what varies by itself:

- `within_rows`: rows are problems, columns what was searched in turn. Each problem's values are reordered by
  themselves, so that a change that many problems share shows even between two columns: for these it is the sign flip
  test of paired differences.
- `as_wholes`: what makes one column larger makes it so in all rows, as the speed of a machine does. Columns are
  reordered as wholes, by the ranks of their means, so that single slow sessions weigh no more than others.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Draw = Callable[[int, int, np.random.Generator, int], Matrix]
"""Returns so many series of the columns from one place to another, in random order."""

ALLOWED = 5
"""Random orders are so many that as many of them less one may reach the statistic of what is a change."""
BLOCKS = 50
"""Of a row of more columns than twice these, so many blocks of neighbours are reordered, which is as exact and sooner
done; the oldest columns, where they fill no block, stay."""
LARGEST = 2_000_000
"""Numbers that are drawn at a time."""
EQUAL = 1e-9
"""Relative difference below which two statistics are equal to rounding."""


def statistics(series: Matrix) -> Matrix:
    """Return, a row a series, how much the mean changes at each place, in units in which all places are alike.

    The place before the second value is the first column.
    """
    count = series.shape[1]
    before = np.arange(1, count)
    sums = np.cumsum(series - series.mean(axis=1, keepdims=True), axis=1)[:, :-1]
    found: Matrix = np.abs(sums) / np.sqrt(before * (count - before) / count)
    return found


def within_rows(values: Matrix) -> tuple[Matrix, Draw]:
    """Return the series of weighted rows' sums, and what draws it where each row is in random order."""
    series: Matrix = values.sum(axis=0)

    def draw(first: int, end: int, generator: np.random.Generator, number: int) -> Matrix:
        length = max(1, (end - first) // BLOCKS)
        count = (end - first) // length
        begin = end - count * length
        drawn = np.zeros((number, count, length))
        for row in values[:, begin:end]:
            order = generator.permuted(np.broadcast_to(np.arange(count), (number, count)), axis=1)
            drawn += row.reshape(count, length)[order]
        kept = np.broadcast_to(series[first:begin], (number, begin - first))
        return np.concatenate([kept, drawn.reshape(number, count * length)], axis=1)

    return series, draw


def as_wholes(values: Matrix) -> tuple[Matrix, Draw]:
    """Return the series of the ranks of columns' sums, and what draws it in random order."""
    sums = values.sum(axis=0)
    ranks = (sums[:, None] > sums).sum(axis=1) + (sums[:, None] == sums).sum(axis=1) / 2

    def draw(first: int, end: int, generator: np.random.Generator, number: int) -> Matrix:
        drawn: Matrix = generator.permuted(np.broadcast_to(ranks[first:end], (number, end - first)), axis=1)
        return drawn

    return ranks, draw


def columns_needed(rows: int, kind: Callable[[Matrix], tuple[Matrix, Draw]], level: float) -> int:
    """Return how many columns the clearest change needs to be shown: with less, its p-value is above the level.

    Ranks of an odd number of columns show no more than one less: there the middle one may be on either side.
    """
    if kind is within_rows:
        return next(count for count in itertools.count(2) if 2 / math.comb(count, count // 2) ** rows <= level)
    return next(count for count in itertools.count(2, 2) if 2 / math.comb(count, count // 2) <= level)


def changes(values: Matrix, kind: Callable[[Matrix], tuple[Matrix, Draw]], level: float, seed: int) -> dict[int, float]:
    """Return the columns from which on the level is another one, in order, each with its p-value.

    Where nothing has changed, the chance that there is any is at most `level`.
    """
    series, draw = kind(values)
    found: dict[int, float] = {}
    waiting = [(0, len(series))]
    generator = np.random.default_rng(seed)
    while waiting:
        first, end = waiting.pop()
        if end - first < 2:
            continue
        p = _p_value(series[first:end], lambda number: draw(first, end, generator, number), len(values), level)  # noqa: B023  called here
        if p <= level:
            place = first + 1 + int(np.argmax(statistics(series[None, first:end])[0]))
            found[place] = p
            waiting += [(first, place), (place, end)]
    return dict(sorted(found.items()))


def _p_value(series: Matrix, draw: Callable[[int], Matrix], rows: int, level: float) -> float:
    """Return the p-value of a change; one above the level as soon as it cannot be below any more."""
    observed = float(statistics(series[None]).max())
    if observed <= EQUAL * float(np.abs(series).max()):
        return 1.0  # it is constant
    total = math.ceil(ALLOWED / level) - 1
    reached = drawn = 0
    size = 4 * ALLOWED
    while drawn < total:
        number = min(size, total - drawn, max(1, LARGEST // (rows * len(series))))
        reached += int((statistics(draw(number)).max(axis=1) >= observed * (1 - EQUAL)).sum())
        drawn += number
        if reached >= ALLOWED:
            break
        size *= 2
    return (
        (reached + 1) / (drawn + 1) if reached < ALLOWED else max((reached + 1) / (drawn + 1), math.nextafter(level, 1))
    )
