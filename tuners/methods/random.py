"""Random search: scikit-learn's `RandomizedSearchCV` (Bergstra and Bengio 2012)."""

from __future__ import annotations

import warnings

from sklearn.model_selection import RandomizedSearchCV

from tuners.objective import Objective
from tuners.spaces import distributions


def tune(objective: Objective, seed: int) -> None:
    """Evaluate as many random candidates as the budget holds."""
    with warnings.catch_warnings():
        # A finite space smaller than the budget is searched whole.
        warnings.filterwarnings("ignore", "The total space of parameters", UserWarning)
        objective.search(
            RandomizedSearchCV(
                objective.estimator,
                distributions(objective.space),
                n_iter=objective.remaining,
                random_state=seed,
            )
        )
