"""The default configuration as a search's first candidate."""

from __future__ import annotations

from collections.abc import Iterator

from tuners.objective import Objective
from tuners.spaces import Params, same, samples


def evaluate_start(objective: Objective) -> None:
    """Evaluate where the search begins, for a library that cannot be told; nothing in a cold start."""
    if objective.start is not None:
        objective(objective.start)


def drawn(objective: Objective, seed: int) -> Iterator[Params]:
    """Yield random points of the space, without the start, which has been evaluated."""
    start = objective.start
    return (point for point in samples(objective.space, seed) if start is None or not same(point, start))
