"""The evaluation table: what each method has reached and cost, on a model x dataset, and on a model over all datasets.

for each group of records that may be compared:
scores: paired within the blocks that all methods have (`blocks`, `pairs`)
costs: means over the method's own good cells
"""

from __future__ import annotations

import math
import statistics as plain_statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tuners.analysis.blocks import complete_blocks, score_matrix
from tuners.analysis.pairs import paired_columns
from tuners.analysis.remarks import remarks
from tuners.analysis.statistics import mean_interval, not_below_zero
from tuners.analysis.units import Interval
from tuners.results.record import Record

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
    return [_group(model, dataset, mine) for model, dataset, mine in grouped(records)]


def grouped(records: Sequence[Record]) -> list[tuple[str, str | None, list[Record]]]:
    """Return the records of each model x dataset in order of appearance, then of each model of several datasets."""
    groups: list[tuple[str, str | None, list[Record]]] = []
    for model in dict.fromkeys(record.model for record in records):
        mine = [record for record in records if record.model == model]
        datasets = list(dict.fromkeys(record.dataset for record in mine))
        groups += [(model, name, [record for record in mine if record.dataset == name]) for name in datasets]
        if len(datasets) > 1:
            groups.append((model, None, mine))
    return groups


def _group(model: str, dataset: str | None, records: list[Record]) -> Group:
    tuners = list(dict.fromkeys(record.tuner for record in records))
    scores = score_matrix(records)
    present, complete = complete_blocks(records, scores)
    metric = next((record.metric for record in records if record.metric), "")
    paired = paired_columns(complete, present, metric)
    optima = {(r.dataset, r.seed): r for r in records if r.tuner == OPTIMUM and r.ok and not r.timed_out}
    rows = tuple(
        _row(tuner, [r for r in records if r.tuner == tuner], paired.get(tuner, {}), optima) for tuner in tuners
    )
    datasets = complete.index.get_level_values("dataset")
    positives = {record.positive for record in records if record.ok}
    return Group(
        model,
        dataset,
        metric,
        blocks=len(datasets),
        datasets=len(set(datasets)),
        rows=rows,
        notes=tuple(remarks(records, present, list(optima.values()), blocks=len(scores), complete=len(complete))),
        positive=positives.pop() if len(positives) == 1 else "",
    )


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
