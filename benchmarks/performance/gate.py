"""How often the gate fails a pull request that changes nothing, and how often it finds one that makes a method worse.

    python -m benchmarks.performance.gate [PULL_REQUESTS]

The tables are real: the cross-validation and test score of every forest in a space of 480, on 4 datasets x 20 seeds. So
are the searches: each method searches each table many times, by other random numbers each time, and what the gate
judges are records of these searches. A pull request that changes nothing but the random numbers compares, in every
dataset x seed, the means of some of them with those of others. One that changes a method to the very limit of what the
tolerance allows compares two methods, one of them shifted: its differences are as skewed as those of searches are. One
that makes a method worse compares searches with others after a drop of all scores. Same trials would be `identical`,
and never an alarm.
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
from tuners.catalog import DATASETS
from tuners.gate.expression import parse
from tuners.gate.judge import judge
from tuners.results.record import Record
from tuners.results.session import Session
from tuners.search import SharedGridSearchCV

SPACE: dict[str, list[Any]] = {
    "n_estimators": [5, 10, 20, 40],
    "max_depth": [1, 2, 3, 5, 8, None],
    "min_samples_leaf": [1, 2, 4, 8, 16],
    "max_features": [1, 2],
    "criterion": ["gini", "entropy"],
}
SOURCES = ("breast_cancer", "digits", "iris", "wine")
MOST_SEEDS = 20
DESIGNS = ((5, 1), (5, 10), (10, 1), (10, 10))
"""Seeds and repeats."""
SEARCHES = 30
"""Of each method on each table."""
BUDGET = 16
GATES = ("score:0%", "search:0%", "test:0%", "score:1%")
LIMIT = 0.01
"""Share of a score by which the gate at the limit allows a method to become worse."""
ALPHAS = (0.05, 0.01)
DROPS = (0.001, 0.0025, 0.005, 0.01, 0.02)
JOBS = 2
TRAINING, TEST = 210, 90
"""Rows, at most, of a problem."""

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
    """Return the winners' cross-validation and test scores on one table, (methods, searches, 2)."""
    scores, tests = table(dataset, seed)
    rng = np.random.default_rng([seed, len(dataset)])
    found = [[search(scores, rng) for _ in range(SEARCHES)] for search in METHODS.values()]
    winners: np.ndarray = np.array([scores, tests]).T[np.array(found)]
    return winners


def session(winners: np.ndarray, repeats: int, mark: str) -> Session:
    """Return a session's records: means of searches, of shape (datasets, seeds, methods, 2)."""
    records = [
        Record(
            "forest", SOURCES[place], tuner, seed, metric="accuracy", cv_score=float(winners[place, seed, method, 0]),
            test_score=float(winners[place, seed, method, 1]), repeats=repeats, train_rows=TRAINING, test_rows=TEST,
            trials_sha256=mark,
        )
        for place, seed in np.ndindex(winners.shape[:2])
        for method, tuner in enumerate(METHODS)
    ]  # fmt: skip
    return Session(tuple(records), {}, {})


def drawn(winners: np.ndarray, seeds: int, repeats: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return means over some searches, and over others, of some seeds.

    `winners` are of shape (datasets, seeds, methods, searches, 2).
    """
    some = winners[:, rng.choice(winners.shape[1], seeds, replace=False)]
    order = rng.permuted(np.broadcast_to(np.arange(SEARCHES), some.shape[:-1]), axis=-1)[..., None]
    then, now = (np.take_along_axis(some, order[..., at : at + repeats, :], axis=3).mean(axis=3) for at in (0, repeats))
    return then, now


def failed(then: np.ndarray, now: np.ndarray, gate: str, repeats: int) -> np.ndarray:
    """Return whether the gate fails the whole pull request, and whether for its first method, at each alpha."""
    sessions = session(now, repeats, "now"), [session(then, repeats, "then")]
    verdicts = [judge([parse(gate)], *sessions, alpha) for alpha in ALPHAS]
    return np.array([[any(v.fails for v in found), found[0].fails] for found in verdicts])


def unchanged(winners: np.ndarray, design: tuple[int, int], gate: str, number: int) -> np.ndarray:
    """Return whether the gate fails a pull request in which only the random numbers differ."""
    then, now = drawn(winners, *design, np.random.default_rng([number, *design]))
    return failed(then, now, gate, design[1])


def at_the_limit(winners: np.ndarray, design: tuple[int, int], number: int) -> np.ndarray:
    """Return whether the gate fails one in which each method is the next one, shifted to the limit of the tolerance."""
    true = winners.mean(axis=3)
    change = np.roll(true, -1, axis=2) - true
    # On each dataset: one that lies beyond the limit while others make up for it is to be found.
    shift = -(change + LIMIT * true).mean(axis=1, keepdims=True)
    then, _ = drawn(winners, *design, np.random.default_rng([number, *design]))
    _, changed = drawn(np.roll(winners, -1, axis=2), *design, np.random.default_rng([number, *design]))
    return failed(then, changed + shift, f"score:{LIMIT:.0%}", design[1])


def dropped(winners: np.ndarray, design: tuple[int, int], gate: str, drop: float, number: int) -> np.ndarray:
    """Return whether the gate finds that the first method has become worse."""
    then, now = drawn(winners, *design, np.random.default_rng([number, *design]))
    now[:, :, 0] -= drop
    return failed(then, now, gate, design[1])


def main(pull_requests: int = 500) -> int:
    """Simulate; return 1 if there are more false alarms than promised."""
    parallel = Parallel(n_jobs=JOBS)
    blocks = [(dataset, seed) for dataset in SOURCES for seed in range(MOST_SEEDS)]
    winners = np.array(parallel(delayed(searched)(*block) for block in blocks))
    winners = winners.reshape(len(SOURCES), MOST_SEEDS, *winners.shape[1:])

    def rate(simulate: Callable[..., np.ndarray], *arguments: Any, number: int = pull_requests) -> np.ndarray:
        found = parallel(delayed(simulate)(winners, *arguments, each) for each in range(number))
        return np.asarray(np.mean(found, axis=0))

    alarms, missed = [], False
    cases = [(gate, design, rate(unchanged, design, gate)) for gate in GATES for design in DESIGNS]
    cases += [(f"score:{LIMIT:.0%}, at the limit", design, rate(at_the_limit, design)) for design in DESIGNS]
    for gate, (seeds, repeats), found in cases:
        whole = found[:, 0]
        # Of so many simulated rates, some lie two standard errors above the true one by chance.
        promised = [alpha + 3 * np.sqrt(alpha * (1 - alpha) / pull_requests) for alpha in ALPHAS]
        missed |= "limit" not in gate and bool((whole > promised).any())
        alarms.append([gate, str(seeds), str(repeats), *(f"{each:.1%}" for each in whole)])
    headings = ["gate", "seeds", "repeats", *(f"false alarms, alpha {alpha:g}" for alpha in ALPHAS)]
    print(tabulate(alarms, headings, tablefmt="pipe", disable_numparse=True), end="\n\n")
    rows = [
        [gate, str(design[0]), str(design[1])]
        + [f"{rate(dropped, design, gate, drop, number=pull_requests // 5)[0, 1]:.0%}" for drop in DROPS]
        for gate in GATES
        for design in DESIGNS
    ]
    headings = ["gate", "seeds", "repeats", *(f"{100 * drop:g} points" for drop in DROPS)]
    print("Found, of true drops of both scores of one method (alpha 0.05):\n")
    print(tabulate(rows, headings, tablefmt="pipe", disable_numparse=True))
    print(
        f"\n{pull_requests:,} pull requests a line ({pull_requests // 5} with a drop), {len(METHODS)} methods "
        f"({', '.join(METHODS)}) of {BUDGET} evaluations; {', '.join(SOURCES)}; {machine('scikit-learn', 'hyperopt')}"
    )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
