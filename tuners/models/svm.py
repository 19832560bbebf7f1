"""A support vector machine: LIBSVM's, by a linear, radial or polynomial kernel."""

from __future__ import annotations

from typing import Any

from sklearn.svm import SVC, SVR

from tuners.models._spaces import chosen, decades
from tuners.spaces import when
from tuners.task.model import Model
from tuners.task.standardised import StandardisedTarget

SPACE: dict[str, Any] = {
    "C": (1e-3, 1e3, "log"),
    "kernel": ["rbf", "linear", "poly"],
    "gamma": when((1e-4, 1e1, "log"), kernel=["rbf", "poly"]),
    "degree": when((2, 5), kernel="poly"),
}
"""The hyperparameters and conditions of Bischl et al. 2023, "Hyperparameter optimization: foundations, algorithms, best
practices, and open challenges", and of mlr3tuningspaces, without the sigmoid kernel, which is seldom positive definite.
Their ranges go to 1e4, where LIBSVM takes minutes for a fit that is seldom the best. The scikit-learn default
`gamma="scale"`, one over the number of standardised features, is a number of the range by another name."""
LISTED: dict[str, list[Any]] = {
    "C": decades(-3, 3, each=2),
    "kernel": ["rbf", "linear", "poly"],
    "gamma": ["scale", *decades(-4, 1, each=2)],
    "degree": [2, 3],
}


def model(*, finite: bool = False) -> Model:
    """Return the machine; `finite` lists 481 candidates, in which the default lies."""
    usual = {"C": 1.0, "kernel": "rbf", "gamma": 0.1}
    return Model(
        "svm",
        SVC(),
        chosen(SPACE, LISTED, finite=finite),
        # What people try: a weaker penalty, a narrower or wider kernel, no kernel.
        guesses=(
            {**usual, "C": 10.0},
            {**usual, "C": 100.0, "gamma": 0.01},
            {**usual, "C": 10.0, "gamma": 0.01},
            {"C": 1.0, "kernel": "linear"},
            {"C": 0.1, "kernel": "linear"},
            {**usual, "C": 10.0, "kernel": "poly", "degree": 2},
        ),
        scale=True,
        regressor=StandardisedTarget(SVR()),
    )
