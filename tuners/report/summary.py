"""The summary in sentences: who won, whether it is real, what it costs, and what to use."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from tuners.analysis import units
from tuners.analysis.blocks import BASE
from tuners.analysis.costs import OvertuningRow
from tuners.analysis.methods import Group, MethodRow
from tuners.analysis.reach import Reach
from tuners.analysis.statistics import enough_blocks
from tuners.report.words import NOTHING, counted, duration, interval, listed, number


def sentences(group: Group, reaches: Sequence[Reach], overtuned: Sequence[OvertuningRow]) -> list[str]:
    """Return the sentences on one model; `group` is over all of its datasets."""
    where = f"on {group.dataset or counted(group.datasets, 'dataset')}"
    scored = [row for row in group.rows if row.test_score is not None]
    if not scored:
        return [f"{group.model}: no method has a score {where}"]
    best = next(row for row in scored if row.tied == "best")
    return [
        _winners(group, scored, best, where),
        *_against_default(scored, best, group.metric),
        *_reached(reaches),
        *_advice(group, scored),
        *_overtuning(overtuned),
        *_failures(group),
    ]


def _winners(group: Group, scored: Sequence[MethodRow], best: MethodRow, where: str) -> str:
    blocks = counted(group.blocks, "dataset x seed block")
    score = f"{group.measured} {number(best.test_score)} {interval(best.test_interval)}".removesuffix(f" {NOTHING}")
    first = [row.tuner for row in scored if row.tied == "best"]
    tied = [row.tuner for row in scored if row.tied == "tied"]
    behind = [f"{row.tuner} ({number(-(row.behind or 0.0), sign=True)})" for row in scored if row.tied == "behind"]
    unknown = [row.tuner for row in scored if row.tied == "too few cells"]
    if len(scored) == 1:
        return f"{group.model} {where}: {best.tuner} reaches {score} in {blocks}; nothing is compared with it"
    if unknown:
        return (
            f"{group.model} {where}: {listed(first)} {'has' if len(first) == 1 else 'have'} the highest mean, {score}, "
            f"in {blocks}: too few to tell it from luck"
        )
    if len(first) + len(tied) > 1:
        text = f"{listed([*first, *tied])} are tied best: the highest mean is {best.tuner}'s, {score}, in {blocks}"
    else:
        text = f"{best.tuner} is best: {score}, in {blocks}"
    rest = f"; behind by more than luck: {', '.join(behind)}" if behind else ""
    return f"{group.model} {where}: {text}{rest}"


def _change(row: MethodRow, metric: str) -> str:
    """Return the difference to the untuned model, in percent where there are percentages; empty where there is none."""
    if row.change is not None:
        change = f"{number(row.change, 2, sign=True)} % {interval(row.change_interval, digits=2, sign=True)}"
        return change.removesuffix(f" {NOTHING}")
    return "" if row.difference is None else units.difference(row.difference, row.difference_interval, metric)


def _against_default(scored: Sequence[MethodRow], best: MethodRow, metric: str) -> list[str]:
    base = next((row for row in scored if row.tuner == BASE), None)
    if base is None or len(scored) == 1:
        return []
    if base.tied == "best":
        return ["tuning has not paid here: no method has a higher mean than the untuned model"]
    change = _change(best, metric)
    if not change:
        return [f"tuning pays: {best.tuner} is better than the untuned model"] if base.tied == "behind" else []
    if base.tied == "behind":
        return [f"tuning pays: {best.tuner} changes the untuned model's score by {change}"]
    if base.tied == "tied":
        return [f"whether tuning pays is not shown: {best.tuner} changes the untuned model's score by {change}"]
    return [f"{best.tuner} changes the untuned model's score by {change}"]


def _reached(reaches: Sequence[Reach]) -> list[str]:
    compared = [each for each in reaches if each.tuner != BASE]
    found: list[str] = []
    for each in compared:
        if each.ratio is not None:
            ratio = f"{number(each.ratio, 1)}x {interval(each.interval, digits=1)}".removesuffix(f" {NOTHING}")
            said = ratio if found else f"needs {ratio} the time to reach {each.target}'s cross-validation score"
            found.append(f"{each.tuner} {said} (in {each.reached} of {each.blocks} blocks)")
    found = [", ".join(found)] if found else []
    never = [each.tuner for each in compared if each.ratio is None]
    if never:
        reach = "reaches" if len(never) == 1 else "reach"
        found.append(f"{listed(never)} never {reach} {compared[0].target}'s cross-validation score")
    return ["; ".join(found)] if found else []


def _advice(group: Group, scored: Sequence[MethodRow]) -> list[str]:
    good = [row for row in scored if row.tied in {"best", "tied"} and row.seconds is not None and not row.failures]
    if any(row.tied == "too few cells" for row in scored):
        pairs = math.comb(len(scored), 2)
        least = next(count for count in itertools.count(1) if enough_blocks(count, pairs))
        told = f"{len(scored)} methods can be told apart in {least} blocks or more, and here are {group.blocks}"
        return [f"nothing to advise yet: {told}: give more seeds or datasets"]
    if len(scored) < 2 or not good:
        return []
    cheapest = min(good, key=lambda row: row.seconds or 0.0)
    cost = f"{duration(cheapest.seconds)} s {interval(cheapest.seconds_interval, duration)} a run".replace(
        f" {NOTHING} a", " a"
    )
    if len(good) == 1:
        return [f"use {cheapest.tuner}: {cost}"]
    return [f"use {cheapest.tuner}: of those that cannot be told from the best it takes the least time, {cost}"]


def _overtuning(rows: Sequence[OvertuningRow]) -> list[str]:
    rows = [row for row in rows if row.tuner != BASE]  # whose only trial has none before it
    runs, overtuned = sum(row.runs for row in rows), sum(row.overtuned for row in rows)
    if not overtuned:
        return []
    worst = max(rows, key=lambda row: row.largest)
    text = (
        f"overtuning: in {overtuned} of {runs} runs an earlier incumbent did better on the test rows than the winner; "
        f"by {number(worst.largest)} at the most ({worst.tuner})"
    )
    return [text]


def _failures(group: Group) -> list[str]:
    broken = [f"{row.tuner} {row.failures} of {row.cells}" for row in group.rows if row.failures]
    return [f"failed cells: {', '.join(broken)}"] if broken else []
