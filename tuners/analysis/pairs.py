"""What comes of comparing methods within blocks: means with intervals, ranks, and which are behind by more than luck.

Intervals are within blocks (Cousineau 2005; Morey 2008). Methods are told from the best by a sign-flip permutation
test of their paired differences, adjusted for all pairs of methods (Holm 1979).
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd

from tuners.analysis.blocks import BASE
from tuners.analysis.levels import ALPHA
from tuners.analysis.statistics import (
    Matrix,
    average_ranks,
    enough_blocks,
    holm,
    mean_interval,
    sign_flip,
    within_intervals,
)
from tuners.analysis.units import has_percentages


def paired_columns(scores: pd.DataFrame, listed: list[str], metric: str) -> dict[str, dict[str, Any]]:
    """Return, for each listed method, what comes from comparing it within blocks.

    The default model may be a column of `scores` beyond the listed methods.
    """
    if scores.empty or not listed:
        return {}
    values = scores[listed].to_numpy(float)
    means = values.mean(axis=0)
    intervals = within_intervals(scores.to_numpy(float))
    ranks = average_ranks(values)
    best = int(np.argmax(means))
    p_values = _against(best, values)
    base = scores[BASE].to_numpy(float) if BASE in scores else None
    columns: dict[str, dict[str, Any]] = {}
    for index, tuner in enumerate(listed):
        behind = values[:, best] - values[:, index]
        is_best = bool(means[index] == means[best])
        p_value = None if is_best else p_values.get(index)
        columns[tuner] = {
            "test_score": float(means[index]),
            "test_interval": intervals[index],
            "rank": float(ranks[index]),
            "behind": float(behind.mean()),
            "behind_interval": mean_interval(behind),
            "p_value": p_value,
            "tied": _tied(is_best, p_value),
        }
        if base is not None and tuner != BASE:
            difference = values[:, index] - base
            columns[tuner] |= {
                "difference": float(difference.mean()),
                "difference_interval": mean_interval(difference),
            }
            if base.mean() and has_percentages(metric):
                # Of its size: some metrics are negative, and a rise is a gain all the same.
                change = 100 * difference / abs(base.mean())
                columns[tuner] |= {"change": float(change.mean()), "change_interval": mean_interval(change)}
    return columns


def _against(best: int, values: Matrix) -> dict[int, float]:
    """Return the p-value of each method against the best; none where the blocks are too few.

    Adjusted for every pair of methods, because the same scores choose the best.
    """
    pairs = list(itertools.combinations(range(values.shape[1]), 2))
    if not pairs or not enough_blocks(len(values), len(pairs)):
        return {}
    adjusted = holm([sign_flip(values[:, one] - values[:, other]) for one, other in pairs])
    found = dict(zip(pairs, adjusted, strict=True))
    return {one + other - best: p for (one, other), p in found.items() if best in (one, other)}


def _tied(is_best: bool, p_value: float | None) -> str:
    if is_best:
        return "best"
    if p_value is None:
        return "too few cells"
    return "tied" if p_value >= ALPHA else "behind"
