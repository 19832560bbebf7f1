"""Grid search: scikit-learn's `GridSearchCV` over levels that fit the budget."""

from __future__ import annotations

from sklearn.model_selection import GridSearchCV

from tuners.objective import Objective
from tuners.spaces import grid


def tune(objective: Objective, seed: int) -> None:  # noqa: ARG001  nothing random
    """Evaluate the largest evenly spread grid within the budget."""
    objective.search(GridSearchCV(objective.estimator, grid(objective.space, objective.remaining)))
