"""Rungs: the fidelities that a candidate climbs, each ETA times the one before, up to 1 (Jamieson and Talwalkar 2016).

Few go up from each rung: the best in ETA of those seen there. So a budget of full-fit equivalents sees several times as
many candidates as it could evaluate in full.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.base import is_classifier

from tuners.errors import NotApplicableError

if TYPE_CHECKING:
    from tuners.objective import Objective

ETA = 3
"""Of Hyperband's authors (Li et al. 2018, section 2.6)."""
MOST = 3
"""Rungs: 1/9, 1/3 and 1. On the small data that comparisons are made on, less than a ninth says little."""
SHARES = tuple(ETA**-above for above in range(MOST - 1, 0, -1))
"""The fidelities below 1, rising."""
ROWS_A_CLASS = 4
"""Rows of each class, or of numbers, that a fit on a share of the rows is to have at the least, in the mean."""


def rungs(objective: Objective) -> list[float]:
    """Return the fidelities, rising; fewer where the budget holds no bracket of all, or the rows are too few."""
    count = 1
    while count < MOST and count < objective.remaining and _enough(objective, ETA ** -float(count)):
        count += 1
    return [ETA ** -float(above) for above in reversed(range(count))]


def check_rows(objective: Objective) -> None:
    """Raise `NotApplicableError` where the rows are too few for any rung but the last.

    A method without rungs is another one, such as random search: it is not to be compared by this name.
    """
    if _enough(objective, 1 / ETA):
        return
    rows, classes = _rows(objective), _classes(objective)
    target = f"{classes} classes" if classes > 1 else "numbers"
    message = (
        f"too few rows to evaluate candidates in part: expected at least {ETA * ROWS_A_CLASS * classes} to fit on in "
        f"each fold, for {target}, got {rows}: take more rows, or a model with a resource of its own, such as trees"
    )
    raise NotApplicableError(message)


def _enough(objective: Objective, fidelity: float) -> bool:
    """Whether a fidelity leaves a fit what it needs: of a resource that is not rows, it always does."""
    if objective.resource.parameter:
        return True
    return fidelity * _rows(objective) >= ROWS_A_CLASS * _classes(objective)


def _rows(objective: Objective) -> int:
    """Return how many rows the fold with the fewest is fitted on."""
    return min(len(train) for train, _ in objective.folds_of(objective.start or {}))


def _classes(objective: Objective) -> int:
    """Return how many classes the rows have; numbers count as one."""
    return len(np.unique(objective.y)) if is_classifier(objective.estimator) else 1


def cost(objective: Objective, fidelities: list[float], entered: int) -> float:
    """Return the full-fit equivalents of a bracket that so many candidates enter at its lowest rung."""
    spent, before = 0.0, 0.0
    for above, fidelity in enumerate(fidelities):
        spent += (fidelity - before) * -(-entered // ETA**above)
        before = fidelity if objective.resource.continued else 0.0
    return spent
