"""Ridge regression, and its classifier, which regresses on -1 and 1 for each class."""

from __future__ import annotations

from typing import Any

from sklearn.linear_model import Ridge, RidgeClassifier

from tuners.models._spaces import PENALTY, chosen, decades
from tuners.task.model import Model

SPACE: dict[str, Any] = {"alpha": PENALTY}
LISTED = {"alpha": decades(-4, 4, each=25)}


def model(*, finite: bool = False) -> Model:
    """Return ridge regression; `finite` lists 201 values of the penalty."""
    return Model(
        "ridge",
        RidgeClassifier(),
        chosen(SPACE, LISTED, finite=finite),
        # What people try: a stronger penalty, then a weaker one, by powers of ten.
        guesses=tuple({"alpha": penalty} for penalty in (10.0, 0.1, 100.0, 0.01)),
        # Listed values have no slope: the one method that follows it has the range that they lie in.
        spaces={"gradient": SPACE} if finite else None,
        scale=True,
        regressor=Ridge(),
    )
