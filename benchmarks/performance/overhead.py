"""What the harness adds to a run, in ms per evaluation, beside a bare loop of the same library.

    python -m benchmarks.performance.overhead [EVALUATIONS] [ROUNDS]

Both sides fit a no-op model on the same folds with the same library and seed, interleaved; the harness
keeps its history. Prints a Markdown table of medians over the rounds, in CPU time, since machines are busy.
A second table has what the copies and checks cost that keep cells apart: the harness as it is, and with functions in
their place that hand everything on.
"""

from __future__ import annotations

import contextlib
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any
from unittest import mock

import numpy as np
from hyperopt import Trials, fmin, hp, tpe
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, cross_val_score
from tabulate import tabulate

from tuners import Budget, Dataset, Model, Objective, Problem, Protocol
from tuners.catalog import TUNERS
from tuners.run import Execution, tuner_seed
from tuners.spaces import distributions, from_hyperopt, grid, plain_params, to_hyperopt

FOLDS = 4
ROWS = 500
REQUIRED_MS = 0.5
REQUIRED_COPIES_MS = 0.1
COPIES_AND_CHECKS = {
    "tuners.ledger.own_rows": lambda data: data,
    "tuners.ledger.own_values": lambda params: params,
    "tuners.ledger.restored": lambda space, params, **how: plain_params(params),  # noqa: ARG005  the same
    "tuners.objective.own_rows": lambda data: data,
    "tuners.objective._own": lambda trial: trial,
    "tuners.problem.own_rows": lambda data: data,
    "tuners.problem.own_values": lambda params: params,
    "tuners.metrics.in_range": lambda metric, score: True,  # noqa: ARG005  the signature of what it stands in for
}
"""What is handed on instead."""


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
    model = Model("noop", NoOp(), {"a": (0.0, 1.0), "b": (0, 1_000_000)})
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


def calls(objective: Objective, seed: int) -> None:
    """Evaluate candidates and look at what was found, as a tuner of a user's own does."""
    random = np.random.default_rng(seed)
    while objective.remaining:
        objective({"a": random.uniform(), "b": int(random.integers(1_000_000))})
        assert objective.incumbent is not None


def harness(tuner: str, on: Problem, evaluations: int) -> float:
    """Time the search of a run, and the refit; return milliseconds an evaluation."""
    tune = calls if tuner == "calls" else TUNERS.load(tuner)
    execution = Execution(tuner, tune, on, Budget(evaluations))
    began = time.process_time()
    execution.search()
    return 1000 * (time.process_time() - began) / len(execution.ledger.trials)


def unguarded(tuner: str, on: Problem, evaluations: int) -> float:
    """Time the same without copies and checks."""
    with contextlib.ExitStack() as stack:
        for name, stand_in in COPIES_AND_CHECKS.items():
            stack.enter_context(mock.patch(name, stand_in))
        return harness(tuner, on, evaluations)


def bare(tuner: str, on: Problem, evaluations: int) -> float:
    """Time the bare loop."""
    began = time.process_time()
    BARE[tuner](on, evaluations)
    return 1000 * (time.process_time() - began) / evaluations


def compared(
    tuner: str, other: Callable[[str, Problem, int], float], on: Problem, evaluations: int, rounds: int
) -> tuple[float, float, float]:
    """Return the medians of the harness, of the other side and of the difference, in ms an evaluation."""
    sides = [(harness(tuner, on, evaluations), other(tuner, on, evaluations)) for _ in range(rounds)]
    first, second = zip(*sides, strict=True)
    return statistics.median(first), statistics.median(second), statistics.median(a - b for a, b in sides)


def main(evaluations: int = 200, rounds: int = 7) -> int:
    """Measure every method, interleaved; return 1 if one exceeds what is required."""
    on = problem()
    failed = False
    for other, what, tuners, required in (
        (bare, "bare loop", list(BARE), REQUIRED_MS),
        (unguarded, "without copies and checks", ["calls", *BARE], REQUIRED_COPIES_MS),
    ):
        rows = []
        for tuner in tuners:
            with_it, without, added = compared(tuner, other, on, evaluations, rounds)
            failed |= added >= required
            rows.append([tuner, f"{with_it:.3f}", f"{without:.3f}", f"{added:+.3f}"])
        headings = ["method", "harness, ms/evaluation", f"{what}, ms/evaluation", "added, ms/evaluation"]
        print(tabulate(rows, headings, tablefmt="pipe", disable_numparse=True))
        print(
            f"\n{evaluations} evaluations x {FOLDS} folds of {ROWS} rows, medians of {rounds} interleaved rounds; "
            f"required < {required}\n"
        )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
