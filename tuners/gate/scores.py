"""Judging scores: paired by problem, stratified by dataset, with Holm's correction for methods and scores.

for each method that searched otherwise, and each score:
    pair its means over repeats, now and then, by problem
    four one-sided tests: worse than the tolerance allows, not so; better than the tolerance, not so
    regressed, improved, equivalent, not worse or inconclusive: what the tests leave
for each method: the worst of its scores speaks

That a method is worse is tested over all datasets and, so that a collapse on one of them shows, on each
(`tuners.analysis.stratified`). Equivalence is two one-sided tests (Schuirmann 1987).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from tuners.analysis import units
from tuners.gate.cells import paired
from tuners.gate.kind import Finding, Method, Outcome, Tolerance
from tuners.gate.measured import TEST, Measured, Score, measured
from tuners.results.record import Record
from tuners.results.session import Session

MOST_SEEDS = 1_000
"""Of those that would settle a verdict; beyond these the number is not told."""
WORST_FIRST: tuple[Outcome, ...] = ("not judged", "regressed", "inconclusive", "not worse", "equivalent", "improved")
"""Of a method's scores, the one that comes first here speaks; but better in one and no worse in the other is better."""


def judged(
    tolerance: Tolerance,
    methods: Sequence[Method],
    now: Session,
    then: Sequence[Session],
    alpha: float,
    *,
    scores: Sequence[Score],
) -> list[Finding]:
    """Judge the methods' scores; those with the same trials and scores come first, they need no test."""
    found: list[Finding] = []
    tested: list[Measured] = []
    for method in methods:
        pairs = paired(method, now.records, then[0].records)
        if all(_same(*pair) for pair in pairs):
            found.append(Finding(method, "identical", f"the same trials in {len(pairs)} cells"))
            continue
        mine = [each for score in scores if (each := measured(method, score, pairs, tolerance)) is not None]
        if not mine:
            found.append(Finding(method, "not judged", "no cell has a score in both runs"))
        tested += mine
    scored = _scored(tested, alpha)
    by_method = {each.method: [one for one in scored if one.method == each.method] for each in scored}
    return [*found, *map(_together, by_method.values())]


def _same(new: Record, old: Record) -> bool:
    alike = new.trials_sha256 and new.trials_sha256 == old.trials_sha256
    return bool(alike) and TEST.of(new) == TEST.of(old)


def _scored(tested: Sequence[Measured], alpha: float) -> list[Finding]:
    """Return what the tests leave of each score of each method."""
    from tuners.analysis.statistics import holm  # noqa: PLC0415  it loads NumPy and SciPy

    lowest = [each.differences.shifted(each.tolerances) for each in tested]
    highest = [each.differences.shifted([-one for one in each.tolerances]) for each in tested]
    drops = [each.drop() for each in lowest]
    tests = {
        "worse": holm([drop.p_value for drop in drops]),
        "not worse": holm([each.turned().overall.below() for each in lowest]),
        "better": holm([each.turned().overall.below() for each in highest]),
        "not better": holm([each.overall.below() for each in highest]),
    }
    at_all = holm([each.differences.drop().p_value for each in tested])
    findings = []
    for index, (each, drop) in enumerate(zip(tested, drops, strict=True)):
        shown = {name for name, p_values in tests.items() if p_values[index] < alpha}
        overall = each.differences.overall
        found = Finding(
            each.method, _outcome(shown), difference=overall.mean, interval=overall.interval(alpha),
            p_value=tests["worse"][index], metric=each.metric, score=each.score, design=each.design,
            detectable=each.detectable(alpha / len(tested)), worse=at_all[index] < alpha,
        )  # fmt: skip
        findings.append(_explained(found, each, drop.dataset, alpha / len(tested)))
    return findings


def _outcome(shown: set[str]) -> Outcome:
    if "worse" in shown:
        return "regressed"
    if "better" in shown:
        return "improved"
    if "not worse" in shown:
        return "equivalent" if "not better" in shown else "not worse"
    return "inconclusive"


def _explained(found: Finding, measured: Measured, alone: int | None, alpha: float) -> Finding:
    """Return a finding with what explains it: where the drop is, what it would take to tell, or why nothing can be."""
    if found.detectable is None:
        return _not_judged(found, "one problem does not tell how problems vary")
    if found.outcome == "regressed":
        return _placed(found, measured, alone)
    if found.outcome == "inconclusive" and units.is_share(measured.metric) and found.detectable > measured.level:
        return _not_judged(found, f"even a drop to 0 would not be found with {measured.design}")
    if found.outcome in ("inconclusive", "not worse"):
        return replace(found, detail=_more_seeds(found, measured, alpha))
    return found


def _not_judged(found: Finding, why: str) -> Finding:
    return replace(found, outcome="not judged", detail=f"{why}: run more seeds")


def _placed(found: Finding, measured: Measured, alone: int | None) -> Finding:
    """Return a drop with the dataset where it is largest; `alone` is the one that shows it by itself, if one does."""
    means = measured.differences.means
    if len(means) == 1:
        return found
    place = means.index(min(means)) if alone is None else alone
    where, drop = measured.datasets[place], units.difference(means[place], None, measured.metric)
    how = f"most on {where} ({drop})" if alone is None else f"on {where} by itself ({drop})"
    return replace(found, dataset=where, detail=how)


def _more_seeds(found: Finding, measured: Measured, alpha: float) -> str:
    """Say what it would take to come to the nearest outcome there is, if what was measured is what there is."""
    mean, tolerance = measured.differences.overall.mean, measured.tolerance
    nearest: Outcome
    if found.outcome == "not worse":
        nearest = "improved" if mean > tolerance else "equivalent"
        distance = abs(mean - tolerance)
    else:
        nearest = "regressed" if mean < -tolerance else "not worse"
        distance = abs(mean + tolerance)
    seeds = measured.differences.problems / len(measured.datasets)
    more = seeds * (measured.differences.more_problems(distance, alpha) - 1)
    least = max(1, math.ceil(more)) if more <= MOST_SEEDS else MOST_SEEDS
    number = f"{'about' if more <= MOST_SEEDS else 'over'} {least:,} more seed{'' if least == 1 else 's'}"
    return f"{number} would tell whether it is {nearest}"


def _together(found: Sequence[Finding]) -> Finding:
    """Return what is said of a method by its scores: the worst of them, and how the other one is."""
    outcomes = {each.outcome for each in found}
    spoken = "improved" if outcomes <= {"improved", "equivalent", "not worse"} and "improved" in outcomes else None
    spoken = spoken or min(outcomes, key=WORST_FIRST.index)
    first = next(each for each in found if each.outcome == spoken)
    others = [
        f"{each.score} score {units.difference(each.difference or 0.0, each.interval, each.metric)} {each.outcome}"
        for each in found
        if each is not first
    ]
    return replace(first, detail="; ".join(filter(None, [first.detail, *others])))
