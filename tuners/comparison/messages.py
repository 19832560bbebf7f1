"""What the terminal says at the end of a session, besides the table."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Messages:
    """Lines, in the order in which they came up."""

    notes: list[str] = field(default_factory=list)
    """What one must know of the session."""
    errors: list[str] = field(default_factory=list)
    """What fails the session at its end."""

    def note(self, line: str) -> None:
        """Add a note, once."""
        if line not in self.notes:
            self.notes.append(line)

    def fail(self, line: str) -> None:
        """Add what fails the session."""
        self.errors.append(line)
