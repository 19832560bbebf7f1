"""Linear models by an elastic net: logistic regression for classes, least squares for numbers."""

from __future__ import annotations

from typing import Any

from sklearn.linear_model import ElasticNet, LogisticRegression

from tuners.models._spaces import chosen, decades
from tuners.task.model import Model
from tuners.task.standardised import StandardisedTarget

CLASSES: dict[str, Any] = {"C": (1e-4, 1e3, "log"), "l1_ratio": (0.0, 1.0)}
"""The hyperparameters of glmnet in Bischl et al. 2023, "Hyperparameter optimization: foundations, algorithms, best
practices, and open challenges", and in mlr3tuningspaces. `C` ends before their 1e4, where SAGA converges slowly."""
NUMBERS: dict[str, Any] = {"alpha": (1e-4, 1e1, "log"), "l1_ratio": (0.01, 1.0)}
"""The same of least squares. On a standardised target an `alpha` above 10 leaves no feature; scikit-learn does not
advise an `l1_ratio` below 0.01."""
RATIOS = [0.01, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
LISTED_CLASSES = {"C": decades(-4, 3, each=3), "l1_ratio": [0.0, *RATIOS[1:]]}
LISTED_NUMBERS = {"alpha": decades(-4, 1, each=4), "l1_ratio": RATIOS}


def model(*, finite: bool = False) -> Model:
    """Return the elastic net; `finite` lists 242 candidates, 231 of the regressor, in which the defaults lie."""
    return Model(
        "elastic_net",
        # Enough iterations for SAGA to converge on all embedded datasets.
        LogisticRegression(solver="saga", max_iter=20_000),
        chosen(CLASSES, LISTED_CLASSES, finite=finite),
        # What people try: half of each penalty, the lasso, and both stronger.
        guesses=(
            {"C": 1.0, "l1_ratio": 0.5},
            {"C": 1.0, "l1_ratio": 1.0},
            {"C": 0.1, "l1_ratio": 0.5},
            {"C": 0.1, "l1_ratio": 1.0},
        ),
        scale=True,
        regressor=Model(
            "elastic_net",
            StandardisedTarget(ElasticNet(max_iter=100_000)),
            chosen(NUMBERS, LISTED_NUMBERS, finite=finite),
            # What people try: weaker penalties than the default, the lasso among them.
            guesses=(
                {"alpha": 0.1, "l1_ratio": 0.5},
                {"alpha": 0.01, "l1_ratio": 0.5},
                {"alpha": 0.01, "l1_ratio": 1.0},
                {"alpha": 0.001, "l1_ratio": 0.5},
            ),
            scale=True,
        ),
    )
