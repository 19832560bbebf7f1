"""Seconds of a run: in units of a reference workload that was timed beside it, with the session as the replicate.

All seconds of one session depend on the speed of the machine just then. They are divided by those of the reference
workload; what is left differs from session to session, so that several earlier sessions tell how much. This session is
judged by the prediction interval of a further one.

Of recorded runs, the method's own seconds are judged: those of its evaluations were looked up, and no change to the
method makes a fit slower.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tuners.analysis import units
from tuners.analysis.units import Interval
from tuners.gate.cells import cells, paired
from tuners.gate.kind import Finding, Kind, Method, Outcome, Tolerance
from tuners.results.record import CLOCKS, Record
from tuners.results.session import Session

RECORDED = CLOCKS[1]
LEAST_SESSIONS = 3
"""Sessions of the earlier run without which their spread is unknown."""


def read(text: str) -> Tolerance | None:
    """Read a percentage: seconds themselves say little on another machine."""
    found = Tolerance.read(text)
    return found if found and found.relative else None


def test(
    tolerance: Tolerance, methods: Sequence[Method], now: Session, then: Sequence[Session], alpha: float
) -> list[Finding]:
    """Judge the methods' mean log ratios of seconds; those that cannot be judged come first."""
    import numpy as np  # noqa: PLC0415  a kind's help text needs no library

    from tuners.analysis import changes  # noqa: PLC0415  it loads NumPy and SciPy
    from tuners.analysis.statistics import holm  # noqa: PLC0415  it loads NumPy and SciPy

    changed = _elsewhere(now, then[0])
    like = [session for session in then if not _elsewhere(then[0], session)]
    above = math.log1p(tolerance.value)
    findings: list[Finding] = []
    tested: list[tuple[Method, changes.Prediction]] = []
    for method in methods:
        ratios = [_log_ratios(paired(method, now.records, session.records)) for session in like]
        differences = [float(np.mean(each)) for each in ratios if each]
        if changed:
            findings.append(Finding(method, "not judged", f"other {changed}: seconds do not compare"))
        elif not differences:
            detail = "no seconds to compare: cells ran side by side, were evaluated otherwise, or lack a reference time"
            findings.append(Finding(method, "not judged", detail))
        elif len(differences) < LEAST_SESSIONS:
            detail = (
                f"{len(differences)} earlier session{'s' if len(differences) > 1 else ''} cannot tell how sessions "
                f"differ by themselves: save {LEAST_SESSIONS - len(differences)} more at that commit"
            )
            measured = float(np.expm1(np.mean(differences)))
            findings.append(Finding(method, "not judged", detail, difference=measured))
        else:
            tested.append((method, changes.predicted(differences, above, alpha)))
    adjusted = holm([prediction.p_value for _, prediction in tested])
    for (method, prediction), p in zip(tested, adjusted, strict=True):
        low, high = prediction.interval
        outcome: Outcome = "inconclusive"
        if p < alpha:
            outcome = "regressed"
        elif high < -above:
            outcome = "improved"
        elif high < above:
            outcome = "equivalent" if low > -above else "not worse"
        ends = float(np.expm1(low)), float(np.expm1(high))
        found = Finding(method, outcome, difference=float(np.expm1(prediction.mean)), interval=ends, p_value=p)
        findings.append(found)
    return [_worded_whose(each, now) for each in findings]


def _worded_whose(found: Finding, now: Session) -> Finding:
    """Return a finding that says whose seconds it is on, where they are not those of the whole run."""
    own = any(record.clock == RECORDED for record in cells(found.method, now.records).values())
    whose = ["of the method itself, since runs are recorded"] if own and found.difference is not None else []
    return replace(found, detail="; ".join([*whose, *filter(None, [found.detail])]))


def _log_ratios(pairs: Sequence[tuple[Record, Record]]) -> list[float]:
    """Return the log ratios of seconds, each in units of its reference workload, of cells whose seconds compare."""
    return [
        math.log(a / new.reference_seconds) - math.log(b / old.reference_seconds)
        for new, old in pairs
        if (a := _judged(new)) and (b := _judged(old)) and new.reference_seconds and old.reference_seconds
        and (new.evaluation, new.clock) == (old.evaluation, old.clock)
    ]  # fmt: skip


def _judged(record: Record) -> float | None:
    """Return the seconds that a change to the method changes; None where they are not its alone."""
    if not record.ok or record.contended:
        return None
    return record.search_seconds if record.clock == RECORDED else record.seconds


def _elsewhere(now: Session, then: Session) -> str:
    """Say in what two sessions differ on which seconds depend."""
    if _processor(now.machine) != _processor(then.machine):
        return "machine"
    changed = [name for name in then.libraries if then.libraries[name] != now.libraries.get(name)]
    return f"versions ({', '.join(changed[:3])})" if changed else ""


def _processor(machine: Mapping[str, Any]) -> tuple[Any, ...]:
    cpu = machine.get("cpu") or {}
    return (machine.get("node"), machine.get("machine"), cpu.get("brand_raw"), cpu.get("count"))


def worded(value: float, interval: Interval | None, metric: str) -> str:
    """Word a ratio of seconds, less 1, in percent."""
    del metric
    return units.percent(value, interval)


KIND = Kind(place=20, examples=("25%",), read=read, test=test, worded=worded)
