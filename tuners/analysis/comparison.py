"""The comparison with an earlier run: each method now and then, by paired differences of the cells that both have.

Cells whose scores cannot compare, such as those of another budget, are left out and told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tuners.analysis.blocks import effective_score
from tuners.analysis.statistics import mean_interval
from tuners.analysis.units import Interval
from tuners.results.record import Record
from tuners.results.scorers import ONE_CLASS


@dataclass(frozen=True)
class ComparisonRow:
    """One method on one model: this run against an earlier one. Differences are now minus then."""

    model: str
    tuner: str
    cells: int
    """Model x dataset x tuner x seed in both runs."""
    unpaired: int
    """In one of the two runs only."""
    unlike: tuple[str, ...]
    """What differs in cells of that name, so that their scores do not compare; such cells are left out."""
    identical: int
    """Cells whose trials have the same hash: the very same search."""
    score_then: float | None
    score_now: float | None
    score_difference: float | None
    score_interval: Interval | None
    seconds_then: float | None
    seconds_now: float | None
    seconds_difference: float | None
    seconds_interval: Interval | None
    failures_then: int
    failures_now: int


def compare(now: Sequence[Record], then: Sequence[Record]) -> list[ComparisonRow]:
    """Pair the cells of two runs and make a row a method, in order of appearance."""
    keys = dict.fromkeys((record.model, record.tuner) for record in [*now, *then])
    return [
        _row(
            model,
            tuner,
            {r.cell: r for r in now if (r.model, r.tuner) == (model, tuner)},
            {r.cell: r for r in then if (r.model, r.tuner) == (model, tuner)},
        )
        for model, tuner in keys
    ]


def _row(model: str, tuner: str, now: dict[str, Record], then: dict[str, Record]) -> ComparisonRow:
    named = [(now[cell], then[cell]) for cell in now if cell in then]
    pairs = [pair for pair in named if not unlike(*pair)]
    scores = _array([(effective_score(a), effective_score(b)) for a, b in pairs])
    timed = [(a, b) for a, b in pairs if a.ok and b.ok and a.evaluation == b.evaluation]
    seconds = _array([(a.seconds, b.seconds) for a, b in timed if not (a.contended or b.contended)])
    return ComparisonRow(
        model,
        tuner,
        cells=len(pairs),
        unpaired=len(now.keys() ^ then.keys()),
        unlike=tuple(dict.fromkeys(what for pair in named for what in unlike(*pair))),
        identical=sum(bool(a.trials_sha256) and a.trials_sha256 == b.trials_sha256 for a, b in pairs),
        score_then=_mean(scores[:, 1]),
        score_now=_mean(scores[:, 0]),
        score_difference=_mean(scores[:, 0] - scores[:, 1]),
        score_interval=mean_interval(scores[:, 0] - scores[:, 1]),
        seconds_then=_mean(seconds[:, 1]),
        seconds_now=_mean(seconds[:, 0]),
        seconds_difference=_mean(seconds[:, 0] - seconds[:, 1]),
        seconds_interval=mean_interval(seconds[:, 0] - seconds[:, 1]),
        failures_then=sum(record.failed for record in then.values()),
        failures_now=sum(record.failed for record in now.values()),
    )


def _positive(record: Record) -> str:
    """Return the class that the metric scores; records of before it was said have the last of the two labels."""
    of_one = record.metric in ONE_CLASS and len(record.classes) == 2
    return record.positive or (record.classes[-1] if of_one else "")


def unlike(now: Record, then: Record) -> list[str]:
    """Say what keeps two cells of one name from being the same comparison."""
    # A skipped cell, or one that failed before it began, has no figures that could mislead.
    if not (now.trials_sha256 and then.trials_sha256):
        return []
    told = bool(now.protocol and then.protocol) and now.protocol != then.protocol
    checks = {
        f"metric ({then.metric}, now {now.metric})": now.metric == then.metric,
        f"positive class ({_positive(then)}, now {_positive(now)})": _positive(now) == _positive(then),
        f"budget ({then.budget}, now {now.budget})": now.budget == then.budget,
        f"time budget ({then.time_budget}, now {now.time_budget})": now.time_budget == then.time_budget,
        f"start ({then.start}, now {now.start})": now.start == then.start,
        "the data": now.dataset_sha256 == then.dataset_sha256,
        f"protocol ({then.protocol}, now {now.protocol})": not told,
        "folds, test share, rows or space": told or now.setup_sha256 == then.setup_sha256,
    }
    return [what for what, same in checks.items() if not same]


def _array(pairs: Sequence[tuple[float | None, float | None]]) -> np.ndarray:
    whole = [pair for pair in pairs if None not in pair]
    return np.array(whole, dtype=float).reshape(len(whole), 2)


def _mean(values: np.ndarray) -> float | None:
    return float(values.mean()) if len(values) else None
