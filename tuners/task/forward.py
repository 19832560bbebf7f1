"""Rows divided by time: what is tested is later than what is fitted on.

Rows of one time are never on two sides. Where there are groups, too, the earlier rows of a group that comes again later
are left out: its later rows are tested, and nothing of it is known then.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from sklearn.model_selection import TimeSeriesSplit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tuners.task.part import Part
    from tuners.task.validation import Validation

Fold = tuple["NDArray[np.intp]", "NDArray[np.intp]"]
"""Places in a part: of rows to fit on, and of later ones."""


def latest(part: Part, share: float) -> Fold | None:
    """Return the places of the earlier rows of a part and of the latest `share`; None where all have one time."""
    cuts = _cuts(part, [len(part) - math.ceil(share * len(part))])
    return None if cuts is None else _fold(part, cuts[0], len(part))


def folds(part: Part, validation: Validation) -> list[Fold] | None:
    """Return folds that go forward, as `TimeSeriesSplit` does; None where there are too few distinct times."""
    if validation.holdout is not None:
        found = latest(part, validation.holdout)
        return None if found is None else [found]
    if len(part) <= validation.folds:
        return None
    starts = [int(later[0]) for _, later in TimeSeriesSplit(validation.folds).split(part.rows)]
    cuts = _cuts(part, starts)
    return None if cuts is None else [_fold(part, *ends) for ends in zip(cuts, [*cuts[1:], len(part)], strict=True)]


def _cuts(part: Part, wanted: Sequence[int]) -> list[int] | None:
    """Return as many places where a new time begins, in order, each near the wanted one; None where there are fewer."""
    assert part.time is not None
    changes = np.flatnonzero(part.time[1:] != part.time[:-1]) + 1
    found: list[int] = []
    for number, place in enumerate(wanted):
        # Each of those that follow needs one, too.
        left = changes[: len(changes) - (len(wanted) - number - 1)]
        left = left[left > found[-1]] if found else left
        if not len(left):
            return None
        found.append(int(left[np.argmin(np.abs(left - place))]))
    return found


def _fold(part: Part, cut: int, end: int) -> Fold:
    earlier, later = np.arange(cut), np.arange(cut, end)
    if part.groups is not None:
        earlier = earlier[~np.isin(part.groups[:cut], part.groups[cut:end])]
    return earlier, later
