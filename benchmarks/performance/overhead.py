"""What the harness adds to a run, in ms per evaluation, beside a bare loop of the same library.

    python -m benchmarks.performance.overhead [EVALUATIONS] [ROUNDS]

Both sides fit a no-op model on the same folds with the same library and seed, interleaved; the harness
keeps its history. A second table has the cost of the copies and checks that keep cells apart,
each timed alone.
"""

from __future__ import annotations

import sys
import time
import timeit
from collections.abc import Callable
from typing import Any

import numpy as np
from hyperopt import Trials, fmin, hp, tpe
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, cross_val_score
from tabulate import tabulate

from tuners import Budget, Dataset, Model, Objective, Problem, Protocol
from tuners.catalog import TUNERS
from tuners.execution.measurement import Measurement, tuner_seed
from tuners.spaces import distributions, from_hyperopt, grid, restored, to_hyperopt
from tuners.task.metrics import in_range
from tuners.task.problem import own_rows, own_values

FOLDS = 4
ROWS = 500
REQUIRED_MS = 0.3
REQUIRED_COPIES_MS = 0.1


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
    """Return rows of nothing to learn; `ROWS` of them are for training."""
    X = np.random.default_rng(0).normal(size=(ROWS * 10 // 7 + 1, 4))
    guesses = tuple({"a": 0.25 * number, "b": number} for number in range(4))
    model = Model("noop", NoOp(), {"a": (0.0, 1.0), "b": (0, 1_000_000)}, guesses=guesses)
    return Problem(model, Dataset("noise", X, np.arange(len(X)) % 2), 0, Protocol(folds=FOLDS))


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


def harness(tuner: str, on: Problem, evaluations: int, clock: Callable[[], float] = time.perf_counter) -> float:
    """Time the search of a run, and the refit, by a clock of seconds; return milliseconds an evaluation."""
    measurement = Measurement(tuner, TUNERS.load(tuner), on, Budget(evaluations))
    measurement.prepare()
    began = clock()
    measurement.search()
    return 1000 * (clock() - began) / len(measurement.ledger.trials)


def copies_and_checks(on: Problem, calls: int = 5000) -> dict[str, float]:
    """Time each copy and check that an evaluation goes through, alone; return ms, the least of five."""
    objective = Objective(on, "timed", Budget(1))
    params = {"a": 0.5, "b": 7}
    objective(params)
    steps: dict[str, Callable[[], object]] = {
        "the space's own values for the record": lambda: restored(on.model.space, params),
        "copies of them for the estimator": lambda: own_values(params),
        "a copy of the incumbent for the tuner": lambda: objective.incumbent,
        "fold scores within the metric's range": lambda: [in_range("accuracy", 0.5) for _ in range(FOLDS)],
        "rows and labels, copied": lambda: (own_rows(on.split.X_train), own_rows(on.split.y_train)),
    }
    return {what: 1000 * min(timeit.repeat(step, number=calls, repeat=5)) / calls for what, step in steps.items()}


def bare(tuner: str, on: Problem, evaluations: int) -> float:
    """Time the bare loop."""
    began = time.perf_counter()
    BARE[tuner](on, evaluations)
    return 1000 * (time.perf_counter() - began) / evaluations


def main(evaluations: int = 200, rounds: int = 7) -> int:
    """Measure every method, interleaved, and the copies and checks; return 1 if what is required is exceeded."""
    on = problem()
    failed = False
    rows = []
    for tuner in BARE:
        # Whatever else the machine does adds to a figure: the least is what the code costs.
        sides = [(harness(tuner, on, evaluations), bare(tuner, on, evaluations)) for _ in range(rounds)]
        with_harness, without = (min(side) for side in zip(*sides, strict=True))
        failed |= with_harness - without >= REQUIRED_MS
        rows.append([tuner, f"{with_harness:.3f}", f"{without:.3f}", f"{with_harness - without:+.3f}"])
    headings = ["method", "harness, ms/evaluation", "bare loop, ms/evaluation", "added, ms/evaluation"]
    print(tabulate(rows, headings, tablefmt="pipe", disable_numparse=True))
    print(
        f"\n{evaluations} evaluations x {FOLDS} folds of {ROWS} rows, least of {rounds} interleaved rounds; "
        f"required < {REQUIRED_MS}\n"
    )
    steps = copies_and_checks(on)
    failed |= sum(steps.values()) >= REQUIRED_COPIES_MS
    steps["all"] = sum(steps.values())
    cells = [[what, f"{milliseconds:.4f}"] for what, milliseconds in steps.items()]
    print(tabulate(cells, ["copy or check", "ms/evaluation"], tablefmt="pipe", disable_numparse=True))
    print(f"\n{ROWS} rows of 4 features; required < {REQUIRED_COPIES_MS} in all")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
