"""The wall's clock beside the recorded one: runs that were made for real, and what the recorded clock made of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wall:
    """One run, made for real with plain evaluation, and looked up in the problem's table."""

    model: str
    dataset: str
    tuner: str
    seed: int
    evaluations: int
    wall: float
    """Seconds that it took."""
    recorded: float
    """Seconds that the recorded clock gives the same run."""

    @property
    def ratio(self) -> float | None:
        """The recorded clock's seconds by the wall's; None for a run of no time."""
        return self.recorded / self.wall if self.wall else None
