"""The k nearest neighbours: a vote, or a mean, of the training rows that are nearest."""

from __future__ import annotations

from typing import Any

from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from tuners.models._spaces import chosen
from tuners.task.model import Model

MOST = 50
"""The most neighbours; with fewer rows to fit on, a candidate of more fails."""


def _space(most: int) -> dict[str, Any]:
    """Return the hyperparameters and ranges of mlr3tuningspaces; `p` is the power of Minkowski's distance.

    They are those of Bischl et al. 2023, "Hyperparameter optimization: foundations, algorithms, best practices, and
    open challenges", with scikit-learn's two kinds of weights for their kernels.
    """
    return {"n_neighbors": (1, most, "log"), "weights": ["uniform", "distance"], "p": (1.0, 5.0)}


def _listed(most: int) -> dict[str, list[Any]]:
    counts = [*range(1, 16), *range(17, 30, 2), 35, 40, 45, 50]
    return {
        "n_neighbors": [count for count in counts if count <= most],
        "weights": ["uniform", "distance"],
        "p": [1.0, 1.5, 2.0, 3.0, 5.0],
    }


def model(most: int = MOST, *, finite: bool = False) -> Model:
    """Return the neighbours, at most `most` of them; `finite` lists 260 candidates, in which the default lies."""
    usual = {"n_neighbors": 5, "weights": "uniform", "p": 2.0}
    return Model(
        "neighbours",
        KNeighborsClassifier(n_jobs=1),
        chosen(_space(most), _listed(most), finite=finite),
        # What people try: other numbers of neighbours, then nearer ones counting more, then another distance.
        guesses=(
            {**usual, "n_neighbors": 3},
            {**usual, "n_neighbors": 9},
            {**usual, "n_neighbors": 1},
            {**usual, "weights": "distance"},
            {**usual, "p": 1.0},
        ),
        scale=True,
        regressor=KNeighborsRegressor(n_jobs=1),
    )
