"""Judging a session: which methods a gate holds for, and which verdicts need no test.

the false alarms that are allowed are divided among the gates in which chance has a part
for each gate:
    methods = those of both sessions that the gate names
    skipped, new, missing, failed or unlike: a verdict at once
    the rest: what the gate's kind finds
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tuners.analysis.comparison import unlike
from tuners.errors import TuningError
from tuners.gate.cells import cells
from tuners.gate.expression import ALPHA, Gate, kind
from tuners.gate.kind import Finding, Method, Tolerance
from tuners.gate.verdict import Verdict
from tuners.results.record import Record
from tuners.results.session import Session


def judge(
    gates: Sequence[Gate], now: Session, then: Sequence[Session], alpha: float = ALPHA, *, strict: bool = False
) -> list[Verdict]:
    """Return a verdict for each method and gate; `then` are sessions of the earlier run, the one to compare first.

    With nothing changed, all gates together fail with a chance of at most `alpha`. `strict`: inconclusive fails, too.
    """
    parts = sum(kind(gate.kind).chance for gate in gates) or 1
    return [
        Verdict.of(gate.text, _of_several(found, parts), strict=strict)
        for gate in gates
        for found in _judged(gate, now, then, alpha / parts)
    ]


def _of_several(found: Finding, gates: int) -> Finding:
    """Return a finding with its p-value adjusted for the number of gates (Bonferroni)."""
    return found if found.p_value is None else replace(found, p_value=min(1.0, gates * found.p_value))


def _judged(gate: Gate, now: Session, then: Sequence[Session], alpha: float) -> list[Finding]:
    records = [*now.records, *then[0].records]
    methods = dict.fromkeys((r.model, r.tuner) for r in records if gate.tuner in (None, r.tuner))
    if not methods:
        message = f"gate {gate.text!r}: expected a method of this run, got {gate.tuner!r}: correct its name"
        raise TuningError(message)
    measured = {(r.model, r.tuner) for r in records if r.status != "skipped"}
    skipped = [method for method in methods if method not in measured]
    # Of all methods' gates, a method that is skipped in both runs is none; of its own, it is.
    found = [Finding(each, "not judged", "skipped in both runs") for each in skipped if gate.tuner is not None]
    rest = []
    for method in methods:
        if method in measured:
            at_once = _without_test(gate, method, now.records, then[0].records)
            if at_once is None:
                rest.append(method)
            else:
                found.append(at_once)
    return found + kind(gate.kind).test(Tolerance(gate.tolerance, gate.relative), rest, now, then, alpha)


def _without_test(gate: Gate, method: Method, now: Sequence[Record], then: Sequence[Record]) -> Finding | None:
    """Return what is found where cells are not there, have failed that had not, or do not compare."""
    new, old = cells(method, now), cells(method, then)
    if new and not old:
        return Finding(method, "new", "nothing to compare with")
    gone = [cell for cell in old if cell not in new]
    if gone:
        return Finding(method, "missing", f"{len(gone)} of {len(old)} cells, such as {gone[0]}")
    if not kind(gate.kind).pairs:
        return None
    broken = [r for cell, r in new.items() if r.failed and cell in old and not old[cell].failed]
    if broken:
        return Finding(method, "failed", f"{len(broken)} cells, such as {broken[0].cell}: {broken[0].reason}")
    differing = [what for cell in old for what in unlike(new[cell], old[cell])]
    if differing:
        return Finding(method, "not judged", f"the runs differ in {', '.join(dict.fromkeys(differing))}")
    return None
