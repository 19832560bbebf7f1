"""The gate on kept tables: which pull requests it finds that make a method worse, and how long it takes to judge one.

    python -m benchmarks.performance.gate_tables [PULL_REQUESTS]

A pull request changes the code of a method of this project, as a mistake would. Each problem's table is recorded once;
then the method, as it was and as it is changed, searches the table many times, each time by other random numbers. A
pull request compares, on every problem, the mean of some of these searches with that of others: as a session with
`--tuning-repeats` does, and by the gate that judges sessions. One that changes nothing but the random numbers is a
false alarm where it fails. What a whole pull request takes is timed apart: all its searches, and its verdict.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import mean
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import hyperopt
import numpy as np
from hyperopt.pyll import base
from joblib import Parallel, delayed
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import ParameterGrid
from tabulate import tabulate

from benchmarks.performance.measure import machine
from tuners import Budget, Model, Problem, Protocol
from tuners.catalog import DATASETS
from tuners.evaluation.recording import recording_of
from tuners.execution.here import measure
from tuners.gate.expression import parse
from tuners.gate.judge import judge
from tuners.methods import bayesian
from tuners.methods import random as random_search
from tuners.results.record import Record
from tuners.results.repeats import aggregated
from tuners.results.session import Session
from tuners.spaces import distributions
from tuners.store.journal_folder import FOLDER

SOURCES = ("breast_cancer", "digits", "iris", "wine")
SPACE: dict[str, Any] = {
    "criterion": ["gini", "entropy"],
    "max_depth": [2, 3, 5, 8, 12, None],
    "max_features": ["sqrt", "log2", None],
    "min_samples_leaf": [1, 2, 4, 8],
    "n_estimators": range(10, 101, 10),
}
PROTOCOL = Protocol(folds=4, rows=400)
DESIGNS = ((5, 10),)
"""Seeds and repeats."""
SEARCHES = 30
"""Of each method on each problem."""
BUDGET = 80
GATES = ("search:0%", "score:0%", "search:0.1%")
JOBS = 2
LEAST_FOUND, MOST_ALARMS, MOST_SECONDS = 0.95, 0.05, 180.0
METHODS: dict[str, Any] = {"bayesian": bayesian.tune, "random": random_search.tune}
TABLES = Path(FOLDER, "tables")


@dataclass(frozen=True)
class Change:
    """A pull request's change to a method."""

    method: str
    applied: Callable[[], AbstractContextManager[Any]] = nullcontext
    required: bool = True
    """Whether it makes the method worse by enough to be found."""


def a_quarter() -> AbstractContextManager[Any]:
    """Make TPE end after a quarter of its budget."""

    def fmin(*arguments: Any, max_evals: int, **options: Any) -> Any:
        # The start is one more.
        return hyperopt.fmin(*arguments, max_evals=max_evals // 4 - 1, **options)

    return patch.object(bayesian, "fmin", fmin)


def other_guess(place: Callable[[np.ndarray], int]) -> AbstractContextManager[Any]:
    """Make TPE propose another of its guesses than the one that promises most; `place` takes their promise."""

    def chosen(samples: Any, below: np.ndarray, above: np.ndarray) -> list[Any]:
        return [samples[place(below - above)]] * len(samples) if len(samples) else []

    # The module's own, in whatever process this runs: an object of this script would travel there as a copy.
    return patch.dict(base.scope._impls, broadcast_best=chosen)  # noqa: SLF001  hyperopt has no other way


def no_guess() -> AbstractContextManager[Any]:
    """Make TPE draw at random all that it proposes."""
    drawing = partial(hyperopt.tpe.suggest, n_startup_jobs=BUDGET)
    return patch.object(bayesian, "tpe", SimpleNamespace(suggest=drawing))


def half_of(name: str, side: slice) -> AbstractContextManager[Any]:
    """Make random search leave out half of the values of a hyperparameter."""

    def drawn(space: Any) -> dict[str, Any]:
        whole = distributions(space)
        return {**whole, name: whole[name][side]}

    return patch.object(random_search, "distributions", drawn)


CHANGES = {
    "TPE: other random numbers": Change("bayesian"),
    "random: other random numbers": Change("random"),
    "TPE cut from 80 to 20 evaluations": Change("bayesian", a_quarter),
    "TPE proposes its worst guess": Change("bayesian", lambda: other_guess(lambda promise: int(np.argmin(promise)))),
    "TPE proposes random draws": Change("bayesian", no_guess, required=False),
    "TPE proposes its first guess": Change("bayesian", lambda: other_guess(lambda _: 0), required=False),
    "random search in half of the space": Change("random", lambda: half_of("min_samples_leaf", slice(2, None))),
}
UNCHANGED = {"bayesian": "TPE: other random numbers", "random": "random: other random numbers"}


@contextmanager
def _changed(name: str) -> Iterator[Change]:
    with CHANGES[name].applied():
        yield CHANGES[name]


def problem_of(dataset: str, seed: int) -> Problem:
    """Return a problem: forests of up to 100 trees on up to 400 rows."""
    model = Model("forest", RandomForestClassifier(n_jobs=1), SPACE)
    return Problem(model, DATASETS.load(dataset)(None), seed, PROTOCOL)


def recorded(dataset: str, seed: int) -> float:
    """Record the whole table of a problem; return the seconds that it took."""
    began = time.perf_counter()
    recording = recording_of(problem_of(dataset, seed), TABLES)
    missing = recording.missing(recording.candidates or [])
    if missing:
        recording.add(missing, lambda _: True)
    return time.perf_counter() - began


def searched(dataset: str, seed: int, name: str, searches: range) -> list[Record]:
    """Return the records of searches of one problem's table, each by random numbers of its own."""
    problem = problem_of(dataset, seed)
    with _changed(name) as change:
        tune, budget = METHODS[change.method], Budget(BUDGET)

        def run(number: int) -> Record:
            def other(objective: Any, seed: int) -> None:
                tune(objective, seed + number)

            return measure(
                change.method, other, problem, budget, evaluation="recorded", start="default", tables=TABLES
            ).record

        return [run(number) for number in searches]


Pool = dict[tuple[str, str, int], list[Record]]
"""Searches by name of the change, dataset and seed."""


def session(pool: Pool, name: str, seeds: int, chosen: Callable[[int], np.ndarray]) -> Session:
    """Return a session whose cells have some searches as their repeats; `chosen` takes the place of the problem."""
    keys = [(name, dataset, seed) for seed in range(seeds) for dataset in SOURCES]
    repeats = [[pool[key][at] for at in chosen(place)] for place, key in enumerate(keys)]
    return Session(tuple(aggregated(records, len(records)) for records in repeats), {}, {})


def found(pool: Pool, name: str, design: tuple[int, int], gate: str, number: int) -> bool:
    """Return whether the gate fails a pull request."""
    seeds, repeats = design
    rng = np.random.default_rng([number, seeds])
    order = rng.permuted(np.tile(np.arange(SEARCHES), (seeds * len(SOURCES), 1)), axis=1)
    then = session(pool, UNCHANGED[CHANGES[name].method], seeds, lambda place: order[place, :repeats])
    now = session(pool, name, seeds, lambda place: order[place, repeats : 2 * repeats])
    return any(verdict.fails for verdict in judge([parse(gate)], now, [then]))


def timed(name: str, design: tuple[int, int]) -> float:
    """Return the seconds of a whole pull request, tables kept: its searches, and its verdict."""
    seeds, repeats = design
    began = time.perf_counter()
    keys = [(name, dataset, seed) for seed in range(seeds) for dataset in SOURCES]
    records = Parallel(n_jobs=JOBS)(delayed(searched)(dataset, seed, name, range(repeats)) for _, dataset, seed in keys)
    pool = dict(zip(keys, records, strict=True))
    now = session(pool, name, seeds, lambda _: np.arange(repeats))
    judge([parse(GATES[0])], now, [replace(now, records=tuple(replace(r, trials_sha256="then") for r in now.records))])
    return time.perf_counter() - began


def main(pull_requests: int = 100) -> int:
    """Simulate; return 1 if too few are found, too many are false alarms, or one takes too long."""
    seeds = max(most for most, _ in DESIGNS)
    parallel = Parallel(n_jobs=JOBS)
    building = parallel(delayed(recorded)(dataset, seed) for seed in range(seeds) for dataset in SOURCES)
    keys = [(name, dataset, seed) for name in CHANGES for seed in range(seeds) for dataset in SOURCES]
    searches = parallel(delayed(searched)(d, seed, name, range(SEARCHES)) for name, d, seed in keys)
    pool: Pool = dict(zip(keys, searches, strict=True))
    rows, missed = [], 0
    for name, change in CHANGES.items():
        before = UNCHANGED[change.method]
        drop = mean(
            mean(r.cv_score or 0 for r in pool[name, d, seed]) - mean(r.cv_score or 0 for r in pool[before, d, seed])
            for d in SOURCES
            for seed in range(seeds)
        )
        for design in DESIGNS:
            rates = [mean(found(pool, name, design, gate, n) for n in range(pull_requests)) for gate in GATES]
            if name in UNCHANGED.values():
                missed += max(rates) > MOST_ALARMS
            elif change.required:
                missed += rates[0] < LEAST_FOUND
            rows.append([name, f"{100 * drop:+.2f}", *map(str, design), *(f"{rate:.0%}" for rate in rates)])
    headings = ["pull request", "true change, points", "seeds", "repeats", *GATES]
    print("Failed, of pull requests:\n")
    print(tabulate(rows, headings, tablefmt="pipe", disable_numparse=True), end="\n\n")
    seconds = [timed(UNCHANGED["bayesian"], design) for design in DESIGNS]
    missed += seconds[0] > MOST_SECONDS
    costs = [[*map(str, design), f"{each:.0f}"] for design, each in zip(DESIGNS, seconds, strict=True)]
    print(tabulate(costs, ["seeds", "repeats", "s to judge TPE"], tablefmt="pipe", disable_numparse=True), end="\n\n")
    print(
        f"Tables of {len(ParameterGrid(SPACE)):,} forests, {mean(building):.1f} s each. "
        f"{pull_requests} pull requests a line, {len(SOURCES)} datasets ({', '.join(SOURCES)}), {BUDGET} evaluations; "
        f"required: {LEAST_FOUND:.0%} found by {GATES[0]}, at most {MOST_ALARMS:.0%} false alarms, "
        f"{MOST_SECONDS:.0f} s; {machine('scikit-learn', 'hyperopt')}"
    )
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
