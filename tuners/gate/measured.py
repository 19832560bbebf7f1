"""One score of one method, now and then: paired by problem, by dataset, with tolerance and finest step of each."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tuners.analysis import units
from tuners.gate.kind import Method, Tolerance
from tuners.results.landmarks import EQUAL
from tuners.results.record import Record

if TYPE_CHECKING:
    import numpy as np

    from tuners.analysis.stratified import Differences

Pairs = Sequence[tuple[Record, Record]]
"""A method's records now and then, of the same problems."""


@dataclass(frozen=True)
class Score:
    """One of the scores that a record has."""

    name: str
    of: Callable[[Record], float | None]
    """Its value; of a failed run, what its user is left with."""
    rows: Callable[[Record], int]
    """The rows it is of; 0 where that is not known."""


def _found(record: Record) -> float | None:
    if record.failed:
        return record.landmarks.default if record.landmarks else None
    return record.cv_score


def _tested(record: Record) -> float | None:
    from tuners.analysis.blocks import effective_score  # noqa: PLC0415  it loads pandas

    return effective_score(record)


def _test_rows(record: Record) -> int:
    """Return the test rows; of records of before, as the confusion matrix counts them."""
    return record.test_rows or sum(map(sum, record.confusion_matrix or ()))


SEARCH = Score("cross-validation", _found, lambda record: record.train_rows)
TEST = Score("test", _tested, _test_rows)


@dataclass(frozen=True)
class Measured:
    """One score of one method, now and then."""

    method: Method
    score: str
    metric: str
    """Whose unit the differences have."""
    datasets: tuple[str, ...]
    differences: Differences
    tolerances: tuple[float, ...]
    """Of each dataset, in the unit of the differences."""
    level: float
    """The mean score then; a share can fall by no more."""
    repeats: int

    @property
    def tolerance(self) -> float:
        """Of the mean over datasets."""
        return sum(self.tolerances) / len(self.tolerances)

    def detectable(self, alpha: float) -> float | None:
        """Return the drop that the gate finds in 8 of 10 runs, as these vary; None where that is not known."""
        found = self.tolerance + self.differences.reach(alpha)
        return None if math.isnan(found) else found

    @property
    def design(self) -> str:
        """What was compared: `4 datasets x 5 problems x 10 repeats`."""
        sizes = sorted({len(each) for each in self.differences.values})
        problems = " to ".join(dict.fromkeys((str(sizes[0]), str(sizes[-1]))))
        parts = [_counted(str(len(self.datasets)), "dataset"), _counted(problems, "problem")]
        design = " x ".join([*parts, _counted(str(self.repeats), "repeat")] if self.repeats > 1 else parts)
        return f"{design} (no dataset can be judged by itself)" if sizes == [1] and len(self.datasets) > 1 else design


def _counted(number: str, what: str) -> str:
    return f"{number} {what}{'' if number == '1' else 's'}"


def measured(method: Method, score: Score, pairs: Pairs, tolerance: Tolerance) -> Measured | None:
    """Return a score of the pairs that have it in both runs; None if none has."""
    from tuners.analysis.stratified import Differences  # noqa: PLC0415  it loads NumPy and SciPy

    scored = [pair for pair in pairs if None not in map(score.of, pair)]
    if not scored:
        return None
    metric = scored[0][1].metric
    repeats = min(record.repeats for pair in scored for record in pair)
    by_dataset = {old.dataset: [pair for pair in scored if pair[1].dataset == old.dataset] for _, old in scored}
    # Errors of datasets of unlike scale, each in its own unit, have no mean: shares of the earlier ones have.
    unlike = tolerance.relative and len(by_dataset) > 1 and not units.is_share(metric) and units.has_percentages(metric)
    levels = [_means(score, each)[1] for each in by_dataset.values()]
    scales = [abs(level) if unlike and level else 1.0 for level in levels]
    floors = [_finest(score, each, repeats) / scale for each, scale in zip(by_dataset.values(), scales, strict=True)]
    allowed = [tolerance.value * (abs(level) if tolerance.relative else 1.0) for level in levels]
    return Measured(
        method,
        score.name,
        f"{units.EARLIER}{metric}" if unlike else metric,
        tuple(by_dataset),
        Differences(
            tuple(_differences(score, each) / scale for each, scale in zip(by_dataset.values(), scales, strict=True)),
            tuple(floors),
        ),
        tuple(most / scale for most, scale in zip(allowed, scales, strict=True)),
        level=sum(levels) / len(levels),
        repeats=repeats,
    )


def _values(score: Score, pairs: Pairs) -> np.ndarray:
    """Return the scores now and then, a row a pair."""
    import numpy as np  # noqa: PLC0415  a kind's help text needs no library

    return np.array([[score.of(record) for record in pair] for pair in pairs], dtype=float)


def _means(score: Score, pairs: Pairs) -> list[float]:
    means: list[float] = _values(score, pairs).mean(axis=0).tolist()
    return means


def _differences(score: Score, pairs: Pairs) -> np.ndarray:
    """Return now minus then of each pair; what is rounding is none."""
    now, then = _values(score, pairs).T
    differences: np.ndarray = now - then
    differences[abs(differences) <= EQUAL] = 0.0
    return differences


def _finest(score: Score, pairs: Pairs, repeats: int) -> float:
    """Return the least spread between problems that is believed: what half a row makes, and never less than rounding.

    Of a mean over repeats it is less by their root, as is the spread itself.
    """
    rounding = EQUAL * abs(_means(score, pairs)[1])
    rows = min(score.rows(record) for pair in pairs for record in pair)
    if not rows or not units.is_share(pairs[0][1].metric):
        return rounding
    return max(rounding, 0.5 / rows / math.sqrt(repeats))
