"""How much faster boosted trees are when a fold's bins, iterations and predictions are shared, and what the limit is.

    python -m benchmarks.performance.sharing [ROUNDS] [MODEL ...]

60 candidates, 5 sizes by 12 other settings, on 5,000 made-up rows and 4 folds: `SharedGridSearchCV` beside
`GridSearchCV` in turn, one job and one thread each, without the refit. Seconds are the processor's, which other
programs of a busy machine do not count in; those of the clock stand beside them. Scores and predictions of all
candidates are compared bit for bit. The limit of prefixes is the third side: `GridSearchCV` of the largest size alone,
all of whose trees must be grown.
"""

from __future__ import annotations

import hashlib
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from lightgbm import LGBMClassifier, LGBMRegressor
from numpy.typing import NDArray
from sklearn.datasets import make_classification, make_regression
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import make_scorer
from sklearn.model_selection import GridSearchCV
from tabulate import tabulate
from threadpoolctl import threadpool_limits
from xgboost import XGBClassifier, XGBRegressor

from benchmarks.performance.measure import machine
from tuners.search import SharedGridSearchCV

ROWS, FEATURES, FOLDS = 5_000, 20, 4
REQUIRED = 2.5
SIZES = [20, 40, 60, 80, 100]
RATES = [0.03, 0.1, 0.3]
LEAVES = [7, 15, 31, 63]
Grid = dict[str, list[Any]]
LIGHT: Grid = {"n_estimators": SIZES, "learning_rate": RATES, "num_leaves": LEAVES}
EXTREME: Grid = {"n_estimators": SIZES, "learning_rate": RATES, "max_depth": [2, 4, 6, 8]}
HISTOGRAMS: Grid = {"max_iter": SIZES, "learning_rate": RATES, "max_leaf_nodes": LEAVES}
CASES: tuple[tuple[Any, Grid], ...] = (
    (HistGradientBoostingClassifier(random_state=0), HISTOGRAMS),
    (HistGradientBoostingRegressor(random_state=0), HISTOGRAMS),
    (LGBMClassifier(random_state=0, n_jobs=1, verbose=-1), LIGHT),
    (LGBMRegressor(random_state=0, n_jobs=1, verbose=-1), LIGHT),
    (XGBClassifier(random_state=0, n_jobs=1), EXTREME),
    (XGBRegressor(random_state=0, n_jobs=1), EXTREME),
)


def digest(_y: Any, predicted: NDArray[Any]) -> int:
    """Return a number that is the same for the same predictions, bit for bit, and, but for chance, for no others."""
    return int.from_bytes(hashlib.sha256(np.ascontiguousarray(predicted).tobytes()).digest()[:6])


@dataclass(frozen=True)
class Measured:
    """One search: its results, and the seconds of the processor and of the clock."""

    results: dict[str, Any]
    processor: float
    clock: float


def searched(kind: Callable[..., Any], model: Any, grid: Grid) -> Measured:
    """Search a grid on made-up rows."""
    classifies = hasattr(model, "predict_proba")
    make = make_classification if classifies else make_regression
    X, y = make(ROWS, FEATURES, n_informative=8, random_state=0)
    method = "predict_proba" if classifies else "predict"
    scoring = {
        "score": "neg_log_loss" if classifies else "neg_mean_squared_error",
        "predictions": make_scorer(digest, response_method=method),
    }
    search = kind(model, grid, cv=FOLDS, scoring=scoring, refit=False)
    processor, clock = time.process_time(), time.perf_counter()
    with threadpool_limits(1):
        search.fit(X, y)
    return Measured(search.cv_results_, time.process_time() - processor, time.perf_counter() - clock)


def same(one: Measured, other: Measured) -> bool:
    """Whether scores and predictions are the same on every fold."""
    names = [f"split{fold}_test_{metric}" for fold in range(FOLDS) for metric in ("score", "predictions")]
    return all(np.array_equal(one.results[name], other.results[name]) for name in names)


def main(rounds: int = 1, *models: str) -> int:
    """Measure, compare, and return 1 if a requirement is missed."""
    table, failed = [], False
    for model, grid in CASES:
        name = type(model).__name__
        if models and name not in models:
            continue
        size = next(iter(grid))
        small = {**grid, size: [1, 2, 3], "learning_rate": [0.1]}
        searched(SharedGridSearchCV, model, small)  # the self-check, once in a process
        sides: dict[str, list[Measured]] = {"shared": [], "plain": [], "largest": []}
        for _ in range(rounds):
            sides["shared"].append(searched(SharedGridSearchCV, model, grid))
            sides["plain"].append(searched(GridSearchCV, model, grid))
            sides["largest"].append(searched(GridSearchCV, model, {**grid, size: SIZES[-1:]}))
        equal = all(same(sides["shared"][0], each) for each in [*sides["shared"], *sides["plain"]])
        shared, plain, largest = (statistics.median(each.processor for each in side) for side in sides.values())
        clocks = [statistics.median(each.clock for each in sides[name]) for name in ("shared", "plain")]
        failed |= not equal or plain / shared < REQUIRED
        figures = [shared, plain, plain / shared, largest, plain / largest, *clocks]
        table.append([name, *(f"{value:.2f}" for value in figures), "yes" if equal else "NO"])
    headings = ["model", "shared, s", "plain, s", "times faster", "largest alone, s", "times faster than plain"]
    headings += ["shared, s by the clock", "plain, s by the clock", "bit-equal"]
    print(tabulate(table, headings, tablefmt="pipe", disable_numparse=True))
    print(
        f"\n60 candidates, {ROWS:,} rows x {FEATURES} features, {FOLDS} folds, 1 job of 1 thread, medians of {rounds} "
        f"interleaved rounds, seconds of the processor but where the clock is named; required: {REQUIRED} times; "
        f"{machine('scikit-learn', 'lightgbm', 'xgboost')}"
    )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(int(next(iter(sys.argv[1:]), 1)), *sys.argv[2:]))
