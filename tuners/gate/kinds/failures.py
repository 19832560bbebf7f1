"""Failed cells: how many a method may have."""

from __future__ import annotations

from collections.abc import Sequence

from tuners.analysis.units import Interval
from tuners.gate.cells import cells
from tuners.gate.kind import Finding, Kind, Method, Tolerance
from tuners.results.session import Session


def read(text: str) -> Tolerance | None:
    """Read a whole number of cells."""
    found = Tolerance.read(text)
    return found if found and not found.relative and found.value.is_integer() else None


def test(
    tolerance: Tolerance, methods: Sequence[Method], now: Session, then: Sequence[Session], alpha: float
) -> list[Finding]:
    """Count each method's failed cells of this session; there is no chance in it."""
    del then, alpha
    return [_counted(tolerance, method, now) for method in methods]


def _counted(tolerance: Tolerance, method: Method, now: Session) -> Finding:
    failed = [record for record in cells(method, now.records).values() if record.failed]
    if len(failed) > tolerance.value:
        return Finding(method, "regressed", f"{len(failed)} cells failed, such as {failed[0].cell}: {failed[0].reason}")
    return Finding(method, "equivalent", f"{len(failed)} cells failed")


def worded(value: float, interval: Interval | None, metric: str) -> str:
    """Word a difference of counts."""
    del interval, metric
    return f"{value:+g} cells"


KIND = Kind(place=30, examples=("0",), read=read, test=test, worded=worded, chance=False, pairs=False)
