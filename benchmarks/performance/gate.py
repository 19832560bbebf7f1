"""How often the gate fails a pull request that changes nothing, and how often it finds one that makes a method worse.

    python -m benchmarks.performance.gate [PULL_REQUESTS]

The tables are real: the cross-validation and test score of every forest in a space of 480, on 4 datasets x 20 seeds. So
are the searches: each method searches each table many times, by other random numbers each time. A pull request that
changes nothing but the random numbers compares, in every dataset x seed, two of these searches; one that makes a method
worse compares them after a drop of its test scores. Same trials would be `identical`, and never an alarm.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from hyperopt import Trials, anneal, fmin, hp, tpe
from joblib import Parallel, delayed
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import ParameterGrid
from tabulate import tabulate

from benchmarks.performance.measure import machine
from tuners import Model, Problem, Protocol
from tuners.analysis.changes import drops
from tuners.catalog import DATASETS
from tuners.search import SharedGridSearchCV

SPACE: dict[str, list[Any]] = {
    "n_estimators": [5, 10, 20, 40],
    "max_depth": [1, 2, 3, 5, 8, None],
    "min_samples_leaf": [1, 2, 4, 8, 16],
    "max_features": [1, 2],
    "criterion": ["gini", "entropy"],
}
SOURCES = ("breast_cancer", "digits", "iris", "wine")
SEEDS = (5, 10, 20)
REPEATS = 12
"""Searches of each method on each table."""
BUDGET = 16
TOLERANCES = (0.0, 0.01)
ALPHAS = (0.05, 0.01)
DROPS = (0.005, 0.01, 0.02, 0.05)
JOBS = 2

Table = tuple[np.ndarray, np.ndarray]
"""Cross-validation and test score of each candidate."""


def table(dataset: str, seed: int) -> Table:
    """Evaluate every candidate on the folds, and on the test rows."""
    model = Model("forest", RandomForestClassifier(n_jobs=1), SPACE)
    problem = Problem(model, DATASETS.load(dataset)(None), seed, Protocol(folds=3, rows=300))
    X, y = problem.split.X_train, problem.split.y_train
    scores = SharedGridSearchCV(problem.estimator, SPACE, cv=problem.folds, refit=False).fit(X, y)
    everything = np.concatenate([X, problem.split.X_test]), np.concatenate([y, problem.split.y_test])
    split = [(np.arange(len(X)), np.arange(len(X), len(everything[0])))]
    tests = SharedGridSearchCV(problem.estimator, SPACE, cv=split, refit=False).fit(*everything)
    return scores.cv_results_["mean_test_score"], tests.cv_results_["mean_test_score"]


CANDIDATES = {tuple(sorted(params.items(), key=str)): at for at, params in enumerate(ParameterGrid(SPACE))}


def sampled(budget: int, scores: np.ndarray, rng: np.random.Generator) -> int:
    """Search at random; return the winner."""
    chosen = rng.choice(len(scores), budget, replace=False)
    return int(chosen[np.argmax(scores[chosen])])


def suggested(algorithm: Any, budget: int, scores: np.ndarray, rng: np.random.Generator) -> int:
    """Search by one of hyperopt's algorithms; return the winner."""
    seen: list[int] = []

    def loss(point: dict[str, Any]) -> float:
        seen.append(CANDIDATES[tuple(sorted(point.items(), key=str))])
        return -float(scores[seen[-1]])

    space = {name: hp.choice(name, values) for name, values in SPACE.items()}
    fmin(loss, space, algorithm, budget, trials=Trials(), rstate=rng, show_progressbar=False)
    return max(seen, key=lambda at: scores[at])


def climbed(budget: int, scores: np.ndarray, rng: np.random.Generator) -> int:
    """Start at random and change one hyperparameter of the best at a time; return the winner."""
    shape = [len(values) for _, values in sorted(SPACE.items())]
    best = int(rng.integers(len(scores)))
    for _ in range(budget - 1):
        place = list(np.unravel_index(best, shape))
        axis = int(rng.integers(len(shape)))
        place[axis] = rng.integers(shape[axis])
        other = int(np.ravel_multi_index(place, shape))
        best = other if scores[other] > scores[best] else best
    return best


METHODS: dict[str, Callable[[np.ndarray, np.random.Generator], int]] = {
    "random": partial(sampled, BUDGET),
    "random, half the budget": partial(sampled, BUDGET // 2),
    "random, twice the budget": partial(sampled, 2 * BUDGET),
    "TPE": partial(suggested, tpe.suggest, BUDGET),
    "annealing": partial(suggested, anneal.suggest, BUDGET),
    "hill climbing": partial(climbed, BUDGET),
}


def searched(dataset: str, seed: int) -> np.ndarray:
    """Return the winners' test scores on one table, (methods, repeats)."""
    scores, tests = table(dataset, seed)
    rng = np.random.default_rng([seed, len(dataset)])
    return np.array([[tests[search(scores, rng)] for _ in range(REPEATS)] for search in METHODS.values()])


def pull_request(winners: np.ndarray, seeds: int, number: int, drop: float, tolerance: float) -> np.ndarray:
    """Return the gate's p-value of each method; the first has become worse by `drop`.

    `winners` are of shape (datasets, seeds, methods, repeats).
    """
    rng = np.random.default_rng([number, seeds])
    datasets, _, methods, repeats = winners.shape
    chosen = rng.permuted(np.broadcast_to(np.arange(repeats), (datasets, seeds, methods, repeats)), axis=-1)[..., :2]
    then, now = np.moveaxis(np.take_along_axis(winners[:, :seeds], chosen, axis=-1), -1, 0)
    differences = (now - then).reshape(-1, methods).T.copy()
    differences[0] -= drop
    limits = tolerance * then.reshape(-1, methods).mean(axis=0)
    return np.array(drops([d + limit for d, limit in zip(differences, limits, strict=True)]))


def main(pull_requests: int = 1000) -> int:
    """Simulate; return 1 if there are more false alarms than promised."""
    parallel = Parallel(n_jobs=JOBS)
    blocks = [(dataset, seed) for dataset in SOURCES for seed in range(max(SEEDS))]
    winners = np.array(parallel(delayed(searched)(*block) for block in blocks))
    winners = winners.reshape(len(SOURCES), max(SEEDS), len(METHODS), REPEATS)
    alarms, failed = [], False
    for tolerance in TOLERANCES:
        for seeds in SEEDS:
            p = np.array(
                parallel(delayed(pull_request)(winners, seeds, n, 0.0, tolerance) for n in range(pull_requests))
            )
            rates = [float((p.min(axis=1) < alpha).mean()) for alpha in ALPHAS]
            failed |= any(rate >= alpha for rate, alpha in zip(rates, ALPHAS, strict=True))
            alarms.append([f"score:{tolerance:.0%}", str(seeds), *(f"{rate:.1%}" for rate in rates)])
    headings = ["gate", "seeds", *(f"false alarms, alpha {alpha:g}" for alpha in ALPHAS)]
    print(tabulate(alarms, headings, tablefmt="pipe", disable_numparse=True), end="\n\n")
    found = []
    for seeds in SEEDS:
        for tolerance in TOLERANCES:
            row = [f"score:{tolerance:.0%}", str(seeds)]
            for drop in DROPS:
                runs = (delayed(pull_request)(winners, seeds, n, drop, tolerance) for n in range(pull_requests // 4))
                row.append(f"{(np.array(parallel(runs))[:, 0] < ALPHAS[0]).mean():.0%}")
            found.append(row)
    headings = ["gate", "seeds", *(f"{100 * drop:g} points" for drop in DROPS)]
    print("Found, of true drops of one method (alpha 0.05):\n")
    print(tabulate(found, headings, tablefmt="pipe", disable_numparse=True))
    print(
        f"\n{pull_requests:,} pull requests a line ({pull_requests // 4} with a drop), {len(METHODS)} methods "
        f"({', '.join(METHODS)}) of {BUDGET} evaluations; {', '.join(SOURCES)}; {machine('scikit-learn', 'hyperopt')}"
    )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
