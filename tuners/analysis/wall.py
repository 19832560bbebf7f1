"""The wall's clock beside the recorded one: runs that were made for real, and what the recorded clock made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tuners.results.record import Record


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
    alike: bool = True
    """Whether both made the same trials, as one seed should."""

    @property
    def ratio(self) -> float | None:
        """The recorded clock's seconds by the wall's; None for a run of no time."""
        return self.recorded / self.wall if self.wall else None


def walls(records: Sequence[Record]) -> list[Wall]:
    """Return the runs that were made for real beside recorded ones."""
    return [
        Wall(r.model, r.dataset, r.tuner, r.seed, r.real.evaluations, r.real.wall, r.real.recorded, r.real.alike)
        for r in records
        if r.real is not None
    ]
