"""Which test measures which cell, and the record of its last attempt."""

from __future__ import annotations

from collections.abc import Iterable

from tuners.errors import TuningError
from tuners.results.record import Record


class Attempts:
    """The records of a session, one a cell, however often its test is run."""

    def __init__(self, tests: Iterable[str]) -> None:
        """Begin without records; `tests` are node ids in the order in which the tests are written."""
        self._ranks = {test: rank for rank, test in enumerate(tests)}
        self._records: dict[str, Record] = {}
        self._tests: dict[str, str] = {}
        """By cell: the node id of the test that measures it."""
        self._cells: dict[str, str] = {}
        """By node id: the cell."""

    @property
    def records(self) -> list[Record]:
        """The records so far, in the order in which their tests are written, whatever the order in which they ran."""
        return sorted(self._records.values(), key=lambda record: self.rank(self._tests[record.cell]))

    @property
    def ended(self) -> int:
        """How many cells have a record."""
        return len(self._records)

    def rank(self, test: str) -> int:
        """Return how many tests that ask for `tune` are written before one, by its node id."""
        return self._ranks.get(test, len(self._ranks))

    def claim(self, cell: str, test: str) -> None:
        """Note which test measures a cell; raise `TuningError` if another does."""
        other = self._tests.setdefault(cell, test)
        if other != test:
            message = f"two tests measure {cell}, {other} and {test}: give their models or datasets other names"
            raise TuningError(message)
        self._cells[test] = cell

    def keep(self, record: Record, test: str) -> None:
        """Keep the record of a test's cell. Raises `TuningError` if another test measures it."""
        self.claim(record.cell, test)
        self._records[record.cell] = record

    def record_of(self, test: str) -> Record | None:
        """Return the record of a test's cell, if it is there already."""
        return self._records.get(self._cells.get(test, ""))

    def forget(self, test: str) -> str | None:
        """Drop what an earlier attempt of a test has left; return its cell, or None if there was none."""
        cell = self._cells.pop(test, None)
        if cell is not None:
            self._tests.pop(cell, None)
            self._records.pop(cell, None)
        return cell
