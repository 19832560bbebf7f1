"""How much faster a shared grid search of forests is than scikit-learn's, with the very same scores.

    python -m benchmarks.performance.search [ROUNDS]

On the article's 560 training rows x 4 features where TUNING_CREDITCARD names its data (else as many of the embedded
breast cancer's), 4 folds, 2 jobs, without the refit, which both make alike: a grid of 144 candidates spread
over the article's space, both ways in turn; then the whole space of 10,560, which scikit-learn takes hours for.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV
from tabulate import tabulate

from benchmarks.performance.measure import interleave, machine, medians
from tuners.article import ArticleProblem, forest
from tuners.catalog import DATASETS
from tuners.models.forest import space
from tuners.search import SharedGridSearchCV
from tuners.search.families import compiled
from tuners.spaces import grid

ROWS, FEATURES, FOLDS, JOBS = 560, 4, 4, 2
REQUIRED = {"shared": 20, "shared, compiled": 200}
WHOLE_SECONDS = 60


@cache
def data() -> tuple[Any, Any]:
    """Return the rows and their labels."""
    if os.environ.get("TUNING_CREDITCARD"):
        split = ArticleProblem(forest(), DATASETS.load("creditcard")(Path(os.environ["TUNING_CREDITCARD"])), 101).split
        return split.X_train[:ROWS], split.y_train[:ROWS]
    X, y = load_breast_cancer(return_X_y=True)
    return X[:ROWS, :FEATURES], y[:ROWS]


def searched(kind: type, candidates: int) -> Any:
    """Search the article's space, in as many candidates as fit."""
    search = kind(
        RandomForestClassifier(n_jobs=1, random_state=0), grid(space(), candidates), cv=FOLDS, n_jobs=JOBS, refit=False
    )
    return search.fit(*data())


def shared(candidates: int, *, by_kernel: bool) -> Any:
    """Search with shared work, with the compiled kernel or without."""
    compiled.ENABLED = by_kernel
    try:
        return searched(SharedGridSearchCV, candidates)
    finally:
        compiled.ENABLED = True


def main(rounds: int = 1) -> int:
    """Measure, compare the scores, and return 1 if a requirement is missed."""
    found: dict[str, Any] = {}

    def keep(name: str, search: Callable[[], Any]) -> Callable[[], None]:
        return lambda: found.update({name: search().cv_results_})

    sides = {
        "shared, compiled": keep("shared, compiled", lambda: shared(144, by_kernel=True)),
        "shared": keep("shared", lambda: shared(144, by_kernel=False)),
        "GridSearchCV": keep("GridSearchCV", lambda: searched(GridSearchCV, 144)),
    }
    shared(4, by_kernel=True)  # compiles, once in a process
    median = medians(interleave(sides, rounds))
    rows, failed = [], False
    for name, seconds in median.items():
        scores = [f"split{fold}_test_score" for fold in range(FOLDS)]
        same = all(np.array_equal(found[name][score], found["GridSearchCV"][score]) for score in scores)
        ratio = median["GridSearchCV"] / seconds
        failed |= not same or ratio < REQUIRED.get(name, 0)
        rows.append([name, "144", f"{seconds:.2f}", f"{ratio:.0f}", "yes" if same else "NO"])
    whole = {
        "shared, compiled": lambda: shared(20_000, by_kernel=True),
        "shared": lambda: shared(20_000, by_kernel=False),
    }
    for name, seconds in medians(interleave(whole, 1)).items():
        failed |= seconds >= WHOLE_SECONDS
        rows.append([name, "10,560", f"{seconds:.1f}", "-", "-"])
    headings = ["search", "candidates", "seconds", "times faster", "scores bit-equal"]
    print(tabulate(rows, headings, tablefmt="pipe", disable_numparse=True))
    print(
        f"\n{ROWS} rows x {FEATURES} features, {FOLDS} folds, {JOBS} jobs, medians of {rounds} interleaved rounds; "
        f"required: {REQUIRED} times, {WHOLE_SECONDS} s; {machine('scikit-learn', 'numpy', 'numba')}"
    )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
