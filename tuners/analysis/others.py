"""Further metrics of the winners, which nobody chose by: means on the test rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from tuners.analysis import units
from tuners.results.record import Record
from tuners.results.scorers import ONE_CLASS, spoken


@dataclass(frozen=True)
class Other:
    """One metric, in which methods are not compared."""

    metric: str
    positive: str
    """The class that it scores; empty for a metric of all classes, or of another in each dataset."""
    means: Mapping[str, float]
    """By method, the mean of its datasets' means; not of methods that it could not score everywhere."""

    @property
    def measured(self) -> str:
        """The metric as people read it, with the class that it scores."""
        return f"{spoken(self.metric)} of class {self.positive}" if self.positive else spoken(self.metric)


def others(records: Sequence[Record]) -> tuple[Other, ...]:
    """Return the further metrics of one model's good records, in their order.

    Of several datasets only shares have a mean: other scores are of unlike scale.
    """
    good = [record for record in records if record.ok]
    names = dict.fromkeys(name for record in good for name in record.other_scores or ())
    several = len({record.dataset for record in good}) > 1
    found = [_other(name, good) for name in names if units.is_share(name) or not several]
    return tuple(each for each in found if each.means)


def _other(metric: str, records: Sequence[Record]) -> Other:
    positives = {record.other_positive for record in records} if metric in ONE_CLASS else set()
    means = {}
    for tuner in dict.fromkeys(record.tuner for record in records):
        by_dataset: dict[str, list[float | None]] = {}
        for record in records:
            if record.tuner == tuner:
                by_dataset.setdefault(record.dataset, []).append((record.other_scores or {}).get(metric))
        scores = [[score for score in each if score is not None] for each in by_dataset.values()]
        if all(len(known) == len(each) for known, each in zip(scores, by_dataset.values(), strict=True)):
            means[tuner] = fmean(map(fmean, scores))
    return Other(metric, positives.pop() if len(positives) == 1 else "", means)
