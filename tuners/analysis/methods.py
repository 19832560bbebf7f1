"""The evaluation table: what each method has reached and cost, on a model x dataset, and on a model over all datasets.

for each group of records that may be compared:
scores: paired within the blocks that all methods have (`blocks`, `contrasts`)
costs: means over the method's own good cells
"""

from __future__ import annotations

import math
import statistics as plain_statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tuners.analysis.blocks import complete_blocks, score_matrix
from tuners.analysis.contrasts import Contrasts, Standing, contrasts
from tuners.analysis.observed import test_values
from tuners.analysis.remarks import remarks
from tuners.analysis.statistics import Matrix, average_ranks, mean_interval, not_below_zero
from tuners.analysis.units import Interval
from tuners.results.record import Record
from tuners.results.scorers import direction, is_loss, spoken

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
    """Mean of the datasets' means; None for datasets whose scores are of unlike scale."""
    test_interval: Interval | None = None
    """None since intervals are of differences: beside a mean they made readers compare overlaps."""
    change: float | None = None
    """None since gains are in the metric's unit: a percentage of a score is of another size on each dataset."""
    change_interval: Interval | None = None
    """None, as `change`."""
    difference: float | None = None
    """Mean paired difference of test scores to default, in the metric's unit; None for datasets of unlike scale."""
    difference_interval: Interval | None = None
    """At 95 % for all methods together."""
    cv_score: float | None = None
    regret: float | None = None
    """The optimum of the cross-validation score minus the method's, mean over the blocks where it is known."""
    rank: float | None = None
    """Mean rank of the test scores within a block."""
    behind: float | None = None
    """Mean paired difference of test scores to the best method of the group; None as `difference`."""
    behind_interval: Interval | None = None
    """At 95 % for all pairs of methods together."""
    p_value: float | None = None
    """Of the step-down test against the best, adjusted for all pairs; None for the best or too few cells."""
    tied: Standing | Literal[""] = ""
    """What the test says; empty for a method that is not compared."""
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
        """The metric as people read it, with the class that it scores; of a loss, that lower is better."""
        of = f" of class {self.positive}" if self.positive else ""
        return f"{spoken(self.metric)}{of}{f', {direction(self.metric)}' if is_loss(self.metric) else ''}"

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
    paired = _paired(records, complete.to_numpy(float)[:, : len(present)], present)
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


def _paired(records: Sequence[Record], scores: Matrix, listed: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return, for each listed method, what comes from comparing it within blocks."""
    found = contrasts(test_values(records))
    if not found.means:
        return {}
    ranks = average_ranks(scores)
    return {
        tuner: {
            "test_score": mean if found.what == "test" else None,
            "rank": float(rank),
            **_against(found, tuner),
        }
        for tuner, mean, rank in zip(listed, found.means, ranks, strict=True)
    }


def _against(found: Contrasts, tuner: str) -> dict[str, Any]:
    """Return what the contrasts say of a method; differences of ranks are no differences of scores."""
    base, best = found.against_default(tuner), found.against_best(tuner)
    columns: dict[str, Any] = {
        "tied": found.standing(tuner),
        "p_value": None if best is None or tuner in found.best else best.p_value,
    }
    if found.what != "test":
        return columns
    if base is not None:
        columns |= {"difference": base.mean, "difference_interval": base.interval}
    if best is None:
        return columns | {"behind": 0.0}
    return columns | {"behind": best.turned().mean, "behind_interval": best.turned().interval}


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
