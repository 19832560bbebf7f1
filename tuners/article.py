"""What the article's exercise does its own way; used by the `article` preset and by nothing else."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from ConfigSpace import Categorical, ConfigurationSpace, Float, Integer, OrdinalHyperparameter
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, StratifiedKFold, train_test_split
from sklearn.preprocessing import StandardScaler

from tuners.errors import TuningError
from tuners.methods._start import evaluate_start
from tuners.methods.grid import tune as grid_search
from tuners.models.forest import space as forest_space
from tuners.spaces import distributions, plain_params
from tuners.task.model import Model
from tuners.task.problem import Problem
from tuners.task.splits import Fold, Split
from tuners.task.validation import percent

if TYPE_CHECKING:
    from tuners.objective import Objective

GRID_STEPS = {
    "min_samples_leaf": (-2, 0, 2),
    "min_samples_split": (-3, 0, 3),
    "n_estimators": (-150, -100, 0, 100, 150),
}
"""The small grid around random search's best: 3 x 3 x 5 candidates."""
WHOLE = 125
"""Evaluations of the article's random search and its grid together."""
GRID_SIZE = 45


class ArticleProblem(Problem):
    """The article's split and folds, where features are standardised over all rows first.

    That leaks the test rows' mean and variance into training. Kept here, to reproduce its figures.
    """

    @cached_property
    def split(self) -> Split:
        """Standardise all rows, then split them unstratified."""
        X = StandardScaler().fit_transform(self.dataset.X)
        y = self.dataset.y
        train, test = train_test_split(np.arange(len(y)), test_size=self.protocol.test_size, random_state=self.seed)
        return Split(X[train], X[test], y[train], y[test], train, test)

    @cached_property
    def folds(self) -> list[Fold]:
        """Unshuffled folds, as `cv=4` means."""
        folds = StratifiedKFold(self.protocol.folds)
        return list(folds.split(self.split.X_train, self.split.y_train))

    @property
    def splitting(self) -> str:
        """Folds and test rows in words."""
        protocol = self.protocol
        tested = f"{percent(protocol.test_size)} test unstratified"
        return f"{protocol.words} unshuffled, {tested}, all rows, scaled before the split"

    def check(self) -> None:
        """Raise `TuningError` for a protocol that the article's way cannot have, and for what any problem raises."""
        protocol, data = self.protocol, self.dataset
        asked = {
            "--tuning-rows": protocol.rows is not None,
            "--tuning-reshuffle": protocol.reshuffle,
            f"--tuning-folds={protocol.validation}": protocol.holdout is not None or protocol.times > 1,
            **{f"{role} of {data.name!r}": getattr(data, role) is not None for role in ("groups", "time", "test")},
        }
        for what, given in asked.items():
            if given:
                message = (
                    f"the article's exercise has its own split and folds, whose number and test share alone can be "
                    f"chosen, got {what}: leave that out, or take another preset"
                )
                raise TuningError(message)
        super().check()

    @cached_property
    def estimator(self) -> Any:
        """The estimator bare: its features are standardised already."""
        return self._unprepared(self.model)


def forest() -> Model:
    """Return the forest of the article's day (10 trees by default), with a space for each method."""
    bayesian = ConfigurationSpace()
    bayesian.add(
        Categorical("criterion", ["gini", "entropy"]),
        OrdinalHyperparameter("max_depth", list(range(10, 1201, 10))),
        Categorical("max_features", ["sqrt", "log2", None]),
        Float("min_samples_leaf", (0.0, 0.5)),
        Float("min_samples_split", (0.0, 1.0)),
        Categorical("n_estimators", [10, 50, 300, 750, 1200]),
    )
    genetic = forest_space()
    narrowed = ConfigurationSpace()
    narrowed.add(
        *(genetic[name] for name in ("criterion", "max_depth", "max_features", "n_estimators")),
        OrdinalHyperparameter("min_samples_leaf", [4, 12]),
        OrdinalHyperparameter("min_samples_split", [5, 10]),
    )
    refined = ConfigurationSpace()
    refined.add(
        *(genetic[name] for name in ("criterion", "max_depth", "max_features")),
        Integer("min_samples_leaf", (1, 14)),
        Integer("min_samples_split", (2, 17)),
        Integer("n_estimators", (1, 1350)),
    )
    return Model(
        "forest",
        RandomForestClassifier(n_estimators=10, n_jobs=1),
        forest_space(),
        guesses=(
            {"n_estimators": 10},
            {"n_estimators": 200, "max_features": "log2", "min_samples_leaf": 20},
        ),
        spaces={"bayesian": bayesian, "genetic": narrowed, "grid": refined},
    )


def grid_around_random(objective: Objective, seed: int) -> None:
    """Search a small grid around the best of a random search, whose evaluations count as well.

    The grid has 45 of the article's 125 evaluations, and the same share of a smaller budget. A model without the
    forest's hyperparameters gets one grid over its space, as the article's network did.
    """
    if not set(GRID_STEPS) <= set(objective.space):
        grid_search(objective, seed)
        return
    evaluate_start(objective)
    budget = objective.remaining if objective.budget.stated else WHOLE
    size = min(GRID_SIZE, budget * GRID_SIZE // WHOLE)
    sampled = budget - size
    distribution = distributions(forest_space())
    objective.search(RandomizedSearchCV(objective.estimator, distribution, n_iter=sampled, random_state=seed))
    best = objective.incumbent
    if best is not None and size:
        objective.search(GridSearchCV(objective.estimator, around(best.params, size)))


def around(best: dict[str, Any], size: int = GRID_SIZE) -> dict[str, list[Any]]:
    """Return the grid around a point, of at most `size` candidates; values a forest would refuse are dropped."""
    least = {"min_samples_leaf": 1, "min_samples_split": 2, "n_estimators": 1}
    near = {
        name: [best[name] + step for step in steps if best[name] + step >= least[name]]
        for name, steps in GRID_STEPS.items()
    }
    while math.prod(map(len, near.values())) > size:
        longest = max(near, key=lambda name: len(near[name]))
        near[longest].remove(max(near[longest], key=lambda value: abs(value - best[longest])))
    return {name: [value] for name, value in plain_params(best).items()} | near


def genetic(objective: Objective, seed: int) -> None:
    """Evolve 24 individuals by 12 offspring for 5 generations, stopping early after 12."""
    from tuners.methods.genetic import begun, evolve  # noqa: PLC0415  TPOT loads when it is run

    evolve(objective, seed, first=begun(objective), initial=24, population=12, generations=6, early_stop=12)
