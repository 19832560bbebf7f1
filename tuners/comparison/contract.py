"""The contract of a session: what a comparison needs of whoever began it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tuners.comparison.messages import Messages
    from tuners.comparison.session_journal import SessionJournal
    from tuners.plan import Plan
    from tuners.results.budget import Budget
    from tuners.results.cell import Cell
    from tuners.results.trial import Trial
    from tuners.store.journal import Journal
    from tuners.store.journal_contents import Entry


class Progress(Protocol):
    """Is told how far a session is."""

    def begin(self, cell: str) -> None:
        """Start a cell."""
        ...

    def repeat(self, number: int, of: int) -> None:
        """Start a repeat of the cell, by its number from 0."""
        ...

    def trial(self, spent: float, best: Trial | None, budget: Budget, metric: str = "") -> None:
        """Show where the running search is: the evaluations so far, and the best trial."""
        ...

    def tables(self, done: int, total: int, left: float | None) -> None:
        """Show how many candidates are recorded, and about how many seconds the rest takes, before any cell runs."""
        ...

    def end(self) -> None:
        """Leave the screen to others."""
        ...


class Session(Protocol):
    """A session, of pytest's or of another caller's."""

    @property
    def plan(self) -> Plan:
        """What is compared."""
        ...

    @property
    def cells(self) -> Sequence[Cell]:
        """The cells that are known, in order."""
        ...

    @property
    def whole(self) -> Sequence[Cell]:
        """The cells of the whole comparison; a session may have a part of them, where others have the rest."""
        ...

    @property
    def progress(self) -> Progress:
        """Is told how far it is."""
        ...

    @property
    def messages(self) -> Messages:
        """What is said at its end."""
        ...

    @property
    def journal(self) -> SessionJournal:
        """Its journal, whether it is begun or not."""
        ...

    def begin_journal(self) -> Journal | None:
        """Return the journal, begun when it is first asked for; None where it cannot be written at all."""
        ...

    def finished(self) -> Mapping[str, Entry]:
        """Return the runs of the interrupted session that this one resumes, by cell."""
        ...
