"""The untuned model: the base of every comparison."""

from __future__ import annotations

from tuners.objective import Objective


def tune(objective: Objective, seed: int) -> None:  # noqa: ARG001  nothing random
    """Evaluate the estimator with its own defaults, once."""
    objective({})


tune.deterministic = True  # type: ignore[attr-defined]  # its runs on a problem are all the same
