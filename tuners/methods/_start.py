"""The default configuration as a search's first candidate."""

from __future__ import annotations

from tuners.objective import Objective


def evaluate_start(objective: Objective) -> None:
    """Evaluate where the search begins, for a library that cannot be told; nothing in a cold start."""
    if objective.start is not None:
        objective(objective.start)
