"""What the harness adds to a run, in ms per evaluation, beside a bare loop of the same library.

    python -m benchmarks.performance.overhead [EVALUATIONS] [ROUNDS]

Both sides fit a no-op model on the same folds with the same library and seed, interleaved; the harness
keeps its history. Prints a Markdown table of medians over the rounds.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from hyperopt import Trials, fmin, hp, tpe
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, cross_val_score
from tabulate import tabulate

from tuners import Budget, Dataset, Model, Problem, Protocol
from tuners.catalog import TUNERS
from tuners.run import Execution, tuner_seed
from tuners.spaces import distributions, from_hyperopt, grid, to_hyperopt

FOLDS = 4
REQUIRED_MS = 0.5


class NoOp(ClassifierMixin, BaseEstimator):
    """Learns nothing and always predicts class 0."""

    def __init__(self, a: float = 0.0, b: int = 0, random_state: int | None = None) -> None:
        """Keep the parameters."""
        self.a = a
        self.b = b
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> NoOp:
        """Note the classes."""
        self.classes_ = np.array([0, 1])
        return self

    def predict(self, X: Any) -> Any:
        """Predict zeros."""
        return np.zeros(len(X), dtype=int)


def problem() -> Problem:
    """Return 100 rows of nothing to learn."""
    X = np.random.default_rng(0).normal(size=(100, 4))
    model = Model("noop", NoOp(), {"a": (0.0, 1.0), "b": (0, 1_000_000)})
    return Problem(model, Dataset("noise", X, np.arange(100) % 2), 0, Protocol(folds=FOLDS))


def bare_random(on: Problem, evaluations: int) -> None:
    """Search as a user of scikit-learn would."""
    RandomizedSearchCV(
        on.estimator, distributions(on.model.space), n_iter=evaluations, random_state=tuner_seed(0, "random"),
        cv=on.folds, scoring=on.scorer, refit=False,
    ).fit(on.split.X_train, on.split.y_train)  # fmt: skip


def bare_grid(on: Problem, evaluations: int) -> None:
    """Search as a user of scikit-learn would."""
    GridSearchCV(on.estimator, grid(on.model.space, evaluations), cv=on.folds, scoring=on.scorer, refit=False).fit(
        on.split.X_train, on.split.y_train
    )


def bare_bayesian(on: Problem, evaluations: int) -> None:
    """Search as a user of hyperopt would."""

    def loss(point: dict[str, Any]) -> float:
        estimator = on.estimator.set_params(**from_hyperopt(on.model.space, point))
        scores = cross_val_score(estimator, on.split.X_train, on.split.y_train, cv=on.folds, scoring=on.scorer)
        return -float(scores.mean())

    fmin(
        loss, to_hyperopt(on.model.space, hp), algo=tpe.suggest, max_evals=evaluations, trials=Trials(),
        rstate=np.random.default_rng(tuner_seed(0, "bayesian")), show_progressbar=False,
    )  # fmt: skip


BARE: dict[str, Callable[[Problem, int], None]] = {
    "random": bare_random,
    "grid": bare_grid,
    "bayesian": bare_bayesian,
}


def harness(tuner: str, on: Problem, evaluations: int) -> tuple[float, int]:
    """Time the search of a run without the refit; return seconds and evaluations."""
    execution = Execution(tuner, TUNERS.load(tuner), on, Budget(evaluations))
    began = time.perf_counter()
    execution.search()
    return time.perf_counter() - began, len(execution.objective.trials)


def main(evaluations: int = 200, rounds: int = 7) -> int:
    """Measure every method, interleaved; return 1 if one exceeds the requirement."""
    on = problem()
    rows = []
    failed = False
    for tuner, bare in BARE.items():
        sides: list[tuple[float, float]] = []
        for _ in range(rounds):
            seconds, done = harness(tuner, on, evaluations)
            began = time.perf_counter()
            bare(on, evaluations)
            sides.append((1000 * seconds / done, 1000 * (time.perf_counter() - began) / done))
        with_harness, without = (statistics.median(side) for side in zip(*sides, strict=True))
        added = statistics.median(a - b for a, b in sides)
        failed |= added >= REQUIRED_MS
        rows.append([tuner, f"{with_harness:.3f}", f"{without:.3f}", f"{added:+.3f}"])
    headings = ["method", "harness, ms/evaluation", "bare loop, ms/evaluation", "added, ms/evaluation"]
    print(tabulate(rows, headings, tablefmt="pipe", disable_numparse=True))
    print(
        f"\n{evaluations} evaluations x {FOLDS} folds, medians of {rounds} interleaved rounds; required < {REQUIRED_MS}"
    )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
