"""Ranking: average ranks with intervals over datasets and seeds, and which methods cannot be told apart.

Groups of methods without a significant difference are those of a critical difference diagram (Demsar, "Statistical
comparisons of classifiers over multiple data sets", JMLR 2006, section 3.2), by Wilcoxon's test over datasets in place
of Nemenyi's.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from tuners.analysis.blocks import complete_blocks, score_matrix
from tuners.analysis.general import LEAST_DATASETS
from tuners.analysis.inference import Layout, step_down
from tuners.analysis.levels import ALPHA, CONFIDENCE
from tuners.analysis.statistics import (
    LEAST_BLOCKS,
    Matrix,
    average_ranks,
    tied_ranks,
)
from tuners.analysis.units import Interval
from tuners.results.record import Record

RESAMPLES = 2_000
DIGITS = 9
"""After the point, to which differences are equal."""


@dataclass(frozen=True)
class RankRow:
    """One method: 1 is best."""

    tuner: str
    rank: float
    interval: Interval | None
    """95 % bootstrap interval: datasets are drawn anew, then the seeds of each; None for fewer than 3 blocks."""


@dataclass(frozen=True)
class Ranking:
    """The methods of one model, best first, over all of its datasets."""

    model: str
    rows: tuple[RankRow, ...]
    datasets: int
    blocks: int
    cliques: tuple[tuple[str, ...], ...] = ()
    """Methods whose differences are not significant (Wilcoxon's test over datasets, adjusted for all pairs)."""
    note: str = ""
    """Why there are no cliques."""


def rankings(records: Sequence[Record]) -> list[Ranking]:
    """Rank the methods of each model that has two or more with a score, on the blocks that all of them have."""
    found = []
    for model in dict.fromkeys(record.model for record in records):
        mine = [record for record in records if record.model == model]
        listed, scores = complete_blocks(mine, score_matrix(mine))
        scores = scores[listed]
        if len(listed) < 2 or scores.empty:
            continue
        datasets = [str(name) for name in scores.index.get_level_values("dataset")]
        found.append(_ranking(model, listed, scores.to_numpy(float), datasets))
    return found


def _ranking(model: str, tuners: list[str], scores: Matrix, datasets: list[str]) -> Ranking:
    ranks = average_ranks(scores)
    intervals = bootstrap(tied_ranks(scores), datasets)
    order = sorted(range(len(tuners)), key=lambda index: ranks[index])
    rows = tuple(RankRow(tuners[index], float(ranks[index]), intervals[index]) for index in order)
    names = list(dict.fromkeys(datasets))
    means = np.array([scores[[each == name for each in datasets]].mean(axis=0) for name in names])
    if len(names) < LEAST_DATASETS:
        note = (
            f"no critical difference diagram: Wilcoxon's test needs {LEAST_DATASETS} datasets for any "
            f"difference to be significant, and here {'is' if len(names) == 1 else 'are'} {len(names)}"
        )
        return Ranking(model, rows, len(names), len(scores), note=note)
    joined = cliques([tuners[index] for index in order], _p_values(tuners, means))
    return Ranking(model, rows, len(names), len(scores), joined)


def bootstrap(ranks: Matrix, datasets: Sequence[str]) -> list[Interval | None]:
    """Return an interval of each method's mean rank; `ranks` are blocks x methods, `datasets` one a block."""
    blocks, methods = ranks.shape
    if blocks < LEAST_BLOCKS:
        return [None] * methods
    groups = [np.flatnonzero([each == name for each in datasets]) for name in dict.fromkeys(datasets)]
    generator = np.random.default_rng(0)
    chosen = generator.integers(len(groups), size=(RESAMPLES, len(groups)))
    sums, drawn = np.zeros((RESAMPLES, methods)), np.zeros((RESAMPLES, 1))
    for index, group in enumerate(groups):
        for resamples in (np.flatnonzero(column == index) for column in chosen.T):
            seeds = generator.choice(group, size=(len(resamples), len(group)))
            sums[resamples] += ranks[seeds].sum(axis=1)
            drawn[resamples] += len(group)
    means = sums / drawn
    low, high = np.percentile(means, [50 * (1 - CONFIDENCE), 50 * (1 + CONFIDENCE)], axis=0)
    return [(float(one), float(other)) for one, other in zip(low, high, strict=True)]


def _p_values(tuners: Sequence[str], means: Matrix) -> dict[frozenset[str], float]:
    """Return Wilcoxon's p-value of each pair over datasets x methods, adjusted for all pairs (`step_down`)."""
    pairs = list(itertools.combinations(range(len(tuners)), 2))
    columns = np.array([signed_ranks(means[:, one] - means[:, other]) for one, other in pairs]).T
    adjusted = step_down(columns, Layout.of(["datasets"] * len(means)))
    return {frozenset((tuners[a], tuners[b])): p for (a, b), p in zip(pairs, adjusted, strict=True)}


def signed_ranks(differences: Matrix) -> Matrix:
    """Return Wilcoxon's signed ranks: equal sizes share one, and zeros count for none (Pratt 1959)."""
    rounded = differences.round(DIGITS)
    return np.asarray(np.sign(rounded) * stats.rankdata(np.abs(rounded)))


def cliques(order: Sequence[str], p_values: Mapping[frozenset[str], float]) -> tuple[tuple[str, ...], ...]:
    """Return the longest runs of neighbours in rank of which no pair differs significantly (Demsar 2006)."""
    found: list[tuple[str, ...]] = []
    for first in range(len(order)):
        last = first
        while last + 1 < len(order) and all(
            p_values[frozenset((order[last + 1], order[other]))] >= ALPHA for other in range(first, last + 1)
        ):
            last += 1
        clique = tuple(order[first : last + 1])
        if len(clique) > 1 and not any(set(clique) <= set(other) for other in found):
            found.append(clique)
    return tuple(found)
