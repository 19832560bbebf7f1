"""The summary in sentences: who won, whether it is real, what it costs, and what to use."""

from __future__ import annotations

from collections.abc import Sequence

from tuners.analysis.blocks import BASE
from tuners.analysis.findings import Findings
from tuners.analysis.methods import Group, MethodRow
from tuners.analysis.overtuning import OvertuningRow
from tuners.report.words import counted, listed, number


def sentences(group: Group, found: Findings) -> list[str]:
    """Return the sentences on one model; group and findings are over all of its datasets."""
    where = f"on {group.dataset or counted(group.datasets, 'dataset')}"
    scored = [row for row in group.rows if row.tied]
    if not scored:
        return [f"{group.model}: no method has a score {where}"]
    best = next(row for row in scored if row.tied == "best")
    return [
        _winners(group, scored, best, where),
        *_against_default(scored, best, found),
        *([found.advice.sentence] if found.advice.best else []),
        *_overtuning(found.overtuning),
        *_failures(group),
    ]


def _winners(group: Group, scored: Sequence[MethodRow], best: MethodRow, where: str) -> str:
    blocks = counted(group.blocks, "dataset x seed block")
    score = f"{group.measured} {number(best.test_score)}"
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


def _against_default(scored: Sequence[MethodRow], best: MethodRow, found: Findings) -> list[str]:
    base = next((row for row in scored if row.tuner == BASE), None)
    if base is None or len(scored) == 1:
        return []
    if base.tied == "best":
        return ["tuning has not paid here: no method has a higher mean than the untuned model"]
    contrast = found.user.against_default(best.tuner)
    if contrast is None:
        return []
    change = f"{best.tuner} against the untuned model: {contrast.text}"
    return [
        {"behind": f"tuning pays: {change}", "tied": f"whether tuning pays is not shown: {change}"}.get(
            base.tied, change
        )
    ]


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
