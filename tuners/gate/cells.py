"""A method's cells in a session."""

from __future__ import annotations

from collections.abc import Sequence

from tuners.gate.kind import Method
from tuners.results.record import Record


def cells(method: Method, records: Sequence[Record]) -> dict[str, Record]:
    """Return the records of a method by cell, without skipped ones."""
    return {r.cell: r for r in records if (r.model, r.tuner) == method and r.status != "skipped"}


def paired(method: Method, now: Sequence[Record], then: Sequence[Record]) -> list[tuple[Record, Record]]:
    """Return the records, now and then, of a method's cells that are in both sessions."""
    new, old = cells(method, now), cells(method, then)
    return [(new[cell], old[cell]) for cell in old if cell in new]
