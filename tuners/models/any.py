"""A choice among models of four kinds: one search tunes the algorithm and its hyperparameters together (CASH)."""

from __future__ import annotations

from typing import Any

from tuners.models import boosting, forest, logistic, ridge, svm
from tuners.models._spaces import decades, narrowed
from tuners.spaces import finite_values
from tuners.task.model import Model


def model(
    trees: tuple[int, int] = forest.TREES, iterations: tuple[int, int] = boosting.ITERATIONS, *, finite: bool = False
) -> Model:
    """Return the choice: a linear model (logistic regression, or ridge for numbers), svm, forest or boosting.

    `trees` and `iterations` are the fewest and the most of a forest and of boosting. `finite` lists 1,242 candidates,
    1,170 of the regressor: fewer of the linear model and of the forest than these have alone.
    """
    linear, regression = logistic.model(finite=finite), ridge.model(finite=finite).for_task("regression")
    grown = forest.model(trees)
    if finite:
        linear = narrowed(linear, C=decades(-4, 4, each=2))
        regression = narrowed(regression, alpha=decades(-4, 4, each=2))
        grown = narrowed(grown, **_fewer(grown))
    others = [svm.model(finite=finite), grown, boosting.model(iterations, finite=finite)]
    regressors = [regression, *(each.for_task("regression") for each in others)]
    return Model.choice("any", [linear, *others], regressor=Model.choice("any", regressors))


def _fewer(model: Model) -> dict[str, list[Any]]:
    """Return fewer values of a forest's hyperparameters, the default's and the guesses' among them."""
    counts = finite_values(model.space["n_estimators"]) or []
    return {
        "max_depth": [8, None],
        "min_samples_split": [2, 6],
        "n_estimators": [counts[0], counts[len(counts) // 2], counts[-1]],
    }
