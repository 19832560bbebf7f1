"""L2-penalised logistic regression, a classifier; it has no regressor, for which there is `ridge`."""

from __future__ import annotations

from typing import Any

from sklearn.linear_model import LogisticRegression

from tuners.models._spaces import PENALTY, chosen, decades
from tuners.task.model import Model

SPACE: dict[str, Any] = {"C": PENALTY}
LISTED = {"C": decades(-4, 4, each=25)}


def model(*, finite: bool = False) -> Model:
    """Return logistic regression; `finite` lists 201 values of the penalty."""
    return Model(
        "logistic",
        # Enough iterations for L-BFGS to converge on all embedded datasets.
        LogisticRegression(max_iter=10_000),
        chosen(SPACE, LISTED, finite=finite),
        # What people try: a stronger penalty, then a weaker one, by powers of ten.
        guesses=tuple({"C": penalty} for penalty in (0.1, 10.0, 0.01, 100.0)),
        # Listed values have no slope: the one method that follows it has the range that they lie in.
        spaces={"gradient": SPACE} if finite else None,
        scale=True,
    )
