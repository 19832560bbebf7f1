"""Test scores: paired by cell, tested by sign flips beyond the tolerance, with Holm's correction for the methods.

Four tests decide: that a method is worse than the tolerance allows, that it is not, and the same two for better
(equivalence is two one-sided tests, Schuirmann 1987).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tuners.analysis import units
from tuners.gate.cells import paired
from tuners.gate.kind import Finding, Kind, Method, Outcome, Tolerance
from tuners.results.record import Record
from tuners.results.session import Session

if TYPE_CHECKING:
    import numpy as np

MOST_SEEDS = 1_000
"""Of those that would settle a verdict; beyond these the number is not told."""


@dataclass(frozen=True)
class _Measured:
    """The differences of one method's scores, and the tolerance in their unit."""

    method: Method
    differences: np.ndarray
    tolerance: float
    datasets: int
    metric: str


def test(
    tolerance: Tolerance, methods: Sequence[Method], now: Session, then: Sequence[Session], alpha: float
) -> list[Finding]:
    """Judge the methods' scores; those with the same trials and scores come first, they need no test."""
    import numpy as np  # noqa: PLC0415  a kind's help text needs no library

    from tuners.analysis.blocks import effective_score  # noqa: PLC0415  it loads pandas

    def same(new: Record, old: Record) -> bool:
        alike = new.trials_sha256 and new.trials_sha256 == old.trials_sha256
        return bool(alike) and effective_score(new) == effective_score(old)

    found: list[Finding] = []
    measured: list[_Measured] = []
    for method in methods:
        pairs = paired(method, now.records, then[0].records)
        if all(same(*pair) for pair in pairs):
            found.append(Finding(method, "identical", f"the same trials in {len(pairs)} cells"))
            continue
        scores = [(effective_score(new), effective_score(old)) for new, old in pairs]
        whole = np.array([pair for pair in scores if None not in pair], dtype=float).reshape(-1, 2)
        if not len(whole):
            found.append(Finding(method, "not judged", "no cell has a score in both runs"))
            continue
        scale = abs(float(whole[:, 1].mean())) if tolerance.relative else 1.0
        datasets = len({record.dataset for record, _ in pairs})
        measured.append(
            _Measured(method, whole[:, 0] - whole[:, 1], tolerance.value * scale, datasets, pairs[0][0].metric)
        )
    return [*found, *_tested(measured, alpha)]


def _tested(measured: Sequence[_Measured], alpha: float) -> list[Finding]:
    from tuners.analysis import changes  # noqa: PLC0415  it loads NumPy and SciPy
    from tuners.analysis.statistics import holm, sign_flip  # noqa: PLC0415  it loads NumPy and SciPy

    worse = changes.drops([each.differences + each.tolerance for each in measured])
    not_worse = holm([sign_flip(each.differences + each.tolerance, "greater") for each in measured])
    better = holm([sign_flip(each.differences - each.tolerance, "greater") for each in measured])
    not_better = holm([sign_flip(each.differences - each.tolerance, "less") for each in measured])
    findings = []
    for each, p, against_worse, against_same, against_better in zip(
        measured, worse, not_worse, better, not_better, strict=True
    ):
        blocks = len(each.differences)
        figures: dict[str, Any] = {
            "difference": float(each.differences.mean()), "interval": changes.interval(each.differences, alpha),
            "p_value": p, "metric": each.metric,
        }  # fmt: skip
        outcome: Outcome
        detail = ""
        if len(measured) * 2.0**-blocks >= alpha:
            needed = math.floor(math.log2(len(measured) / alpha)) + 1
            outcome = "not judged"
            detail = f"{blocks} cells are too few for {len(measured)} methods: {needed} are needed, so run more seeds"
        elif p < alpha:
            outcome = "regressed"
        elif against_same < alpha:
            outcome = "improved"
        elif against_worse < alpha and against_better < alpha:
            outcome = "equivalent"
        else:
            outcome = "inconclusive"
            needed_blocks = changes.blocks_needed(each.differences, each.tolerance, alpha / len(measured))
            detail = _more_seeds((needed_blocks - blocks) / each.datasets)
        findings.append(Finding(each.method, outcome, detail, **figures))
    return findings


def _more_seeds(number: float) -> str:
    if number > MOST_SEEDS:
        return f"over {MOST_SEEDS:,} more seeds would settle it"
    return f"about {max(1, math.ceil(number))} more seeds would settle it"


KIND = Kind(place=10, examples=("1%", "0.01"), read=Tolerance.read, test=test, worded=units.difference)
