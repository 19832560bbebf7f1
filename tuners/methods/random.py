"""Random search: scikit-learn's `RandomizedSearchCV` (Bergstra and Bengio 2012)."""

from __future__ import annotations

import warnings
from typing import Any

from sklearn.model_selection import RandomizedSearchCV

from tuners.methods._start import evaluate_start
from tuners.objective import Objective
from tuners.spaces import cardinality, distributions, without

LISTED = 100_000
"""Points of the largest finite space in which the start is not drawn again; in a larger one it would hardly be."""


def tune(objective: Objective, seed: int) -> None:
    """Evaluate as many random candidates as the budget holds."""
    evaluate_start(objective)
    drawn: Any = distributions(objective.space)
    listed = all(isinstance(values, list) for values in drawn.values())
    if objective.start is not None and listed and cardinality(objective.space) <= LISTED:
        drawn = without(drawn, objective.start)
    if drawn == [] or not objective.remaining:
        return
    with warnings.catch_warnings():
        # A finite space smaller than the budget is searched whole.
        warnings.filterwarnings("ignore", "The total space of parameters", UserWarning)
        objective.search(
            RandomizedSearchCV(
                objective.estimator,
                drawn,
                n_iter=objective.remaining,
                random_state=seed,
            )
        )
