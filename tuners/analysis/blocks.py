"""Blocks: which scores are compared with which.

A block is a dataset x seed, on which all methods have the same split.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from tuners.results.record import BASE, Record


def effective_score(record: Record) -> float | None:
    """Return the test score, or the default model's for a failed run; None for a skipped one."""
    if record.failed:
        return record.default_test_score
    return record.test_score


def score_matrix(records: Sequence[Record]) -> pd.DataFrame:
    """Return test scores, blocks x tuners; the default model is there even where it was not a method."""
    # A method that never worked has no score: the default model's, in its place, could rank as best.
    working = {record.tuner for record in records if record.ok}
    scored = [(r.dataset, r.seed, r.tuner, effective_score(r)) for r in records if r.tuner in working]
    have = {(r.dataset, r.seed) for r in records if r.tuner == BASE}
    bases = {(r.dataset, r.seed): r.default_test_score for r in records if r.default_test_score is not None}
    scored += [(*block, BASE, score) for block, score in bases.items() if block not in have]
    frame = pd.DataFrame(scored, columns=["dataset", "seed", "tuner", "value"]).dropna()
    return frame.pivot_table(index=["dataset", "seed"], columns="tuner", values="value")


def complete_blocks(records: Sequence[Record], scores: pd.DataFrame) -> tuple[list[str], pd.DataFrame]:
    """Return the methods to be ranked, and the blocks of a `score_matrix` that all of them and the default have.

    A method that was skipped where another has a score takes no block from the others: it is not ranked.
    """
    skipped = skipped_beside_others(records)
    present = [tuner for tuner in dict.fromkeys(r.tuner for r in records) if tuner in scores and tuner not in skipped]
    return present, scores[[*present, *({BASE} & set(scores) - set(present))]].dropna()


def skipped_beside_others(records: Sequence[Record]) -> dict[str, int]:
    """Return the methods that were skipped in blocks in which another has a score, with the number of these blocks."""
    scored = {(record.dataset, record.seed) for record in records if record.ok}
    skipped = [r.tuner for r in records if r.status == "skipped" and (r.dataset, r.seed) in scored]
    return {tuner: skipped.count(tuner) for tuner in dict.fromkeys(skipped)}
