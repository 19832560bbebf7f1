"""Whole groups divided into parts, each with its share of the rows of every class.

    repeat, until a division is good or enough were tried, of which the best is taken
        in random order, put each group where rows of its classes are lacking most

scikit-learn's `StratifiedGroupKFold` comes as near to the shares, but orders groups by their sizes, so that its
shuffling moves equal ones alone: a few groups of unlike sizes have the same folds at every seed, and reshuffled. It
cannot set a share apart, either; `GroupShuffleSplit`, which can, counts groups, not rows, and knows no classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tuners.task.part import Part

TRIED = 20
"""Divisions that are tried at most."""
TIE = 1e-9
"""The weight of rows of any class, which decides where those of the group's own classes lack alike."""
GOOD = 0.1
"""How far the rows of a class in a part may be from its share, as a part of that."""


def divided(
    part: Part, shares: Sequence[float], random: np.random.RandomState, *, most: int | None = None
) -> NDArray[np.intp]:
    """Return the number of the part that each row is in, (rows,); `shares` of the rows sum to 1.

    The first part gets at most `most` rows. A part without a row of a class is possible where groups with it are few,
    and one without any where there are fewer groups than parts.
    """
    groups, counts = _counts(part)
    wanted = np.asarray(shares)[:, None] * counts.sum(axis=0)
    best, least = np.zeros(len(counts), dtype=np.intp), (np.inf, np.inf)
    for _ in range(TRIED):
        places, found = _tried(counts, wanted, random, most)
        off = np.abs(found - wanted) / np.maximum(wanted, 1)
        # What lacks a row of a class is worse than any other proportion.
        distance = (float((found < 1).sum()), float(off.max()))
        if distance < least:
            best, least = places, distance
        if distance <= (0, GOOD):
            break
    return best[groups]


def _counts(part: Part) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the group of each row as a number from 0, and the rows of each class, (groups, classes)."""
    assert part.groups is not None
    groups = np.unique(part.groups, return_inverse=True)[1]
    codes = part.codes
    counts = np.zeros((groups.max() + 1, codes.max() + 1))
    np.add.at(counts, (groups, codes), 1)
    return groups, counts


def _tried(
    counts: NDArray[np.float64], wanted: NDArray[np.float64], random: np.random.RandomState, most: int | None
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return one division, and the rows of each class in each part, (parts, classes)."""
    places = np.zeros(len(counts), dtype=np.intp)
    lacking = wanted.copy()
    weights = counts / counts.sum(axis=0)
    total = counts.sum(axis=0)
    room = np.inf if most is None else most
    empty = np.ones(len(wanted), dtype=bool)
    for number, group in enumerate(random.permutation(len(counts))):
        # The sum of squared distances from the shares, each class as a whole, shrinks most there.
        gain = (lacking / total) @ weights[group] + TIE * lacking.sum(axis=1) / total.sum()
        size = counts[group].sum()
        fits = np.array([size <= room, *[True] * (len(wanted) - 1)])
        if empty.sum() >= len(counts) - number and (fits & empty).any():
            fits &= empty  # the last ones: no part is left without a group
        gain[~fits] = -np.inf
        place = int(np.argmax(gain))
        room -= size if place == 0 else 0
        places[group], empty[place] = place, False
        lacking[place] -= counts[group]
    return places, wanted - lacking
