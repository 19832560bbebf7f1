"""The evaluation table's rows: a method on a model x dataset, and on a model over all its datasets."""

from __future__ import annotations

import itertools
import math
import statistics as plain_statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from tuners.analysis.statistics import (
    ALPHA,
    Matrix,
    average_ranks,
    enough_blocks,
    holm,
    mean_interval,
    not_below_zero,
    sign_flip,
    within_intervals,
)
from tuners.analysis.units import Interval, has_percentages
from tuners.results.record import Record

BASE = "default"
OPTIMUM = "exhaustive"
"""The method whose cross-validation score is the best there is in the space."""


@dataclass(frozen=True)
class MethodRow:
    """One method in one group. None where there is nothing to say."""

    tuner: str
    own_space: bool
    cells: int
    """Dataset x seed pairs that it was run on."""
    failures: int
    """Of these, failed; each counts as the default model's score, which is what its user is left with."""
    test_score: float | None = None
    test_interval: Interval | None = None
    """95 % within-block interval."""
    change: float | None = None
    """Of the mean test score against default's, in percent of it; None for a metric that has no percentages."""
    change_interval: Interval | None = None
    """95 % t interval of the paired differences to default, in percent of its mean score."""
    difference: float | None = None
    """Mean paired difference of test scores to default, in the metric's unit."""
    difference_interval: Interval | None = None
    """Its 95 % t interval."""
    cv_score: float | None = None
    regret: float | None = None
    """The optimum of the cross-validation score minus the method's, mean over the blocks where it is known."""
    rank: float | None = None
    """Mean rank of the test scores within a block."""
    behind: float | None = None
    """Mean paired difference of test scores to the best method of the group."""
    behind_interval: Interval | None = None
    p_value: float | None = None
    """Of the sign-flip test against the best, Holm-adjusted over all pairs; None for the best or too few cells."""
    tied: str = ""
    """`best`, `tied`, `behind`, or `too few cells`."""
    seconds: float | None = None
    seconds_interval: Interval | None = None
    search_seconds: float | None = None
    search_share: float | None = None
    """Search seconds as a share of all seconds."""
    evaluations: float | None = None
    budget: int | None = None
    failed_trials: int = 0
    timed_out: bool = False
    """Whether the time budget ended a search."""
    contended: bool = False
    """Whether cells ran side by side, so that their seconds are not the method's alone."""
    memory_growth: int | None = None
    """Bytes by which a run made the process grow, at the most."""


@dataclass(frozen=True)
class Group:
    """The methods that may be compared with each other: one model, one dataset or all."""

    model: str
    dataset: str | None
    """None: over all datasets."""
    metric: str
    blocks: int
    """Dataset x seed pairs on which all methods have a score."""
    datasets: int
    """Datasets of these blocks."""
    rows: tuple[MethodRow, ...]
    notes: tuple[str, ...] = field(default=())
    positive: str = ""
    """The class that the metric scores; empty for a metric of all classes, or of another in each dataset."""

    @property
    def measured(self) -> str:
        """The metric, with the class that it scores."""
        return f"{self.metric} of class {self.positive}" if self.positive else self.metric

    @property
    def title(self) -> str:
        """The group's heading."""
        return f"{self.model} on {self.dataset or 'all datasets'}"


def evaluate(records: Sequence[Record]) -> list[Group]:
    """Make the groups: each model x dataset in order of appearance, then each model over all."""
    models = dict.fromkeys(record.model for record in records)
    groups = []
    for model in models:
        mine = [record for record in records if record.model == model]
        datasets = list(dict.fromkeys(record.dataset for record in mine))
        groups += [_group(model, name, [r for r in mine if r.dataset == name]) for name in datasets]
        if len(datasets) > 1:
            groups.append(_group(model, None, mine))
    return groups


def effective_score(record: Record) -> float | None:
    """Return the test score, or the default model's for a failed run; None for a skipped one."""
    if record.failed:
        return record.default_test_score
    return record.test_score


def _group(model: str, dataset: str | None, records: list[Record]) -> Group:
    tuners = list(dict.fromkeys(record.tuner for record in records))
    scores = score_matrix(records)
    present, complete = complete_blocks(records, scores)
    notes = []
    if len(complete) < len(scores):
        notes.append(f"paired figures use the {len(complete)} of {len(scores)} blocks that all methods have")
    working = {record.tuner for record in records if record.ok}
    notes += [
        f"{tuner} is not ranked: skipped in {count} block{'' if count == 1 else 's'} in which others have a score"
        for tuner, count in skipped_beside_others(records).items()
        if tuner in working
    ]
    if any(record.failed for record in records):
        notes.append(_without_failures(records, present))
    metric = next((record.metric for record in records if record.metric), "")
    paired = _paired_columns(complete, present, metric)
    optima = {(r.dataset, r.seed): r for r in records if r.tuner == OPTIMUM and r.ok and not r.timed_out}
    if optima:
        notes.append(_tied_optima(list(optima.values())))
    rows = tuple(
        _row(tuner, [r for r in records if r.tuner == tuner], paired.get(tuner, {}), optima) for tuner in tuners
    )
    blocks = complete.index.get_level_values("dataset")
    positives = {record.positive for record in records if record.ok}
    positive = positives.pop() if len(positives) == 1 else ""
    return Group(model, dataset, metric, len(blocks), len(set(blocks)), rows, tuple(notes), positive)


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


def _without_failures(records: list[Record], methods: list[str]) -> str:
    """Say how the ranking reads on the blocks in which no method failed."""
    failed = {(record.dataset, record.seed) for record in records if record.failed}
    whole = score_matrix([record for record in records if (record.dataset, record.seed) not in failed])
    if not methods or not set(methods) <= set(whole) or whole[methods].dropna().empty:
        return "no block is without a failed cell: there is no ranking without them"
    scores = whole[methods].dropna().to_numpy(float)
    ranks = sorted(zip(average_ranks(scores), methods, strict=True))
    blocks = f"{len(scores)} block{'' if len(scores) == 1 else 's'}"
    return f"ranks on the {blocks} without a failed cell: {', '.join(f'{name} {rank:.2f}' for rank, name in ranks)}"


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


def _paired_columns(scores: pd.DataFrame, listed: list[str], metric: str) -> dict[str, dict[str, Any]]:
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


def _tied_optima(optima: list[Record]) -> str:
    """Say how many candidates tie at the optimum."""
    ties = sorted(record.ties for record in optima)
    counts = str(ties[0]) if ties[0] == ties[-1] else f"{ties[0]} to {ties[-1]}"
    candidates = " or ".join(map(str, sorted({record.evaluations for record in optima})))
    blocks = f" (in {len(ties)} blocks)" if len(ties) > 1 else ""
    return f"{counts} of {candidates} candidates tie at the optimum of the CV score{blocks}"


def _row(
    tuner: str, records: list[Record], paired: dict[str, Any], optima: Mapping[tuple[str, int], Record]
) -> MethodRow:
    run = [record for record in records if record.status != "skipped"]
    good = [record for record in run if record.ok]
    total = sum(record.seconds or 0.0 for record in good)
    searching = sum(record.search_seconds or 0.0 for record in good)
    costs: dict[str, Any] = {}
    if good:
        costs = {
            "cv_score": _mean([r.cv_score for r in good]),
            "regret": _regret(good, optima),
            "seconds": _mean([r.seconds for r in good]),
            "seconds_interval": not_below_zero(mean_interval([r.seconds for r in good if r.seconds is not None])),
            "search_seconds": searching / len(good),
            "search_share": searching / total if total else None,
            "evaluations": _mean([r.evaluations for r in good]),
            # None, of a search that only the time ends, is more than any number.
            "budget": max((record.budget for record in good), key=lambda n: math.inf if n is None else n),
            "timed_out": any(record.timed_out for record in good),
            "contended": any(record.contended for record in good),
            "memory_growth": max(record.memory_growth or 0 for record in good),
        }
    return MethodRow(
        tuner,
        own_space=any(record.own_space for record in records),
        cells=len(run),
        failures=sum(record.failed for record in run),
        failed_trials=sum(record.failed_trials for record in run),
        **{**paired, **costs},
    )


def _regret(records: Sequence[Record], optima: Mapping[tuple[str, int], Record]) -> float | None:
    found = [
        optimum.cv_score - record.cv_score
        for record in records
        if (optimum := optima.get((record.dataset, record.seed))) is not None
        and optimum.cv_score is not None
        and record.cv_score is not None
    ]
    return plain_statistics.fmean(found) if found else None


def _mean(values: Sequence[float | None]) -> float:
    return plain_statistics.fmean(value for value in values if value is not None)
