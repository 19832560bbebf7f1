"""Reach: the time that a method needs to reach the best method's final cross-validation score.

It is the ratio of expected running times, total seconds over successes (Hansen et al., "COCO: a platform for comparing
continuous optimizers in a black-box setting", 2021).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tuners.analysis.anytime import span, steps
from tuners.analysis.levels import CONFIDENCE
from tuners.analysis.units import Interval
from tuners.results.run import Run

RESAMPLES = 2_000
"""Of the blocks, for an interval."""


@dataclass(frozen=True)
class Reach:
    """What a method needs to reach the best method's final cross-validation score, relative to that method."""

    tuner: str
    target: str
    """The best method's name."""
    ratio: float | None
    """Of expected running times; None if it was never reached."""
    interval: Interval | None
    """95 % bootstrap interval over blocks; None where a resample has no success."""
    reached: int
    blocks: int


def reach(runs: Sequence[Run], best: str) -> list[Reach]:
    """Return what each other method needs, block by block, to reach the best one's final cross-validation score."""
    blocks: dict[tuple[str, int], dict[str, Run]] = {}
    for run in runs:
        if run.record.failed or run.incumbents:
            blocks.setdefault((run.record.dataset, run.record.seed), {})[run.record.tuner] = run
    tuners = dict.fromkeys(run.record.tuner for run in runs)
    return [
        found
        for tuner in tuners
        if tuner != best
        and (
            found := _reach(tuner, best, [block for block in blocks.values() if tuner in block and _ended(block, best)])
        )
    ]


def _ended(block: Mapping[str, Run], tuner: str) -> bool:
    """Whether a method has a final score in a block."""
    return tuner in block and block[tuner].record.ok and bool(block[tuner].incumbents)


def _reach(tuner: str, best: str, blocks: Sequence[Mapping[str, Run]]) -> Reach | None:
    if not blocks:
        return None
    rows = []
    for block in blocks:
        x, y = steps(block[best], "seconds", "cv")
        mine, scores = steps(block[tuner], "seconds", "cv")
        hits = mine[scores >= y[-1]]
        spent = hits[0] if len(hits) else span(block[tuner], "seconds")  # of a failed run, too: it did not reach it
        rows.append((spent, float(len(hits) > 0), x[-1]))
    spent, success, target = np.array(rows).T
    if not target.all():
        return None  # a search whose clock stood still has no time to compare with
    reached = int(success.sum())
    if not reached:
        return Reach(tuner, best, None, None, 0, len(blocks))
    drawn = np.random.default_rng(0).integers(len(rows), size=(RESAMPLES, len(rows)))
    successes = success[drawn].sum(axis=1)
    interval = None
    if len(rows) > 2 and successes.all():
        ratios = spent[drawn].sum(axis=1) / successes / target[drawn].mean(axis=1)
        low, high = np.percentile(ratios, [50 * (1 - CONFIDENCE), 50 * (1 + CONFIDENCE)])
        interval = float(low), float(high)
    return Reach(tuner, best, float(spent.sum() / reached / target.mean()), interval, reached, len(blocks))
