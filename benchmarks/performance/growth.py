"""Where sharing pays and what it costs where it does not: more candidates, more rows, more features.

    python -m benchmarks.performance.growth [ROUNDS]

Each line is one grid of forests on made-up data, `SharedGridSearchCV` beside `GridSearchCV` in turn, 3 folds, 2 jobs,
without the refit. Where scikit-learn would take too long, its time is that of a part of the candidates, scaled,
and marked. The worst case shares nothing: each candidate has trees of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV, ParameterGrid
from tabulate import tabulate

from benchmarks.performance.measure import interleave, machine, medians
from tuners.search import SharedGridSearchCV

FOLDS, JOBS = 3, 2
SLOWEST = 1.10
"""Shared may take this much of scikit-learn's time, at most."""
PART = 24
"""Candidates that scikit-learn evaluates where all would take too long."""

Grid = dict[str, list[Any]]


def typical(candidates: int) -> Grid:
    """Return a grid over sizes and limits: 10 sizes, 2 leaves, and as many depths as make up the candidates."""
    depths = [None, *range(2, 2 + candidates // 20 - 1)] if candidates >= 40 else [None]
    return {"n_estimators": list(range(5, 55, 5)), "min_samples_leaf": [1, 5], "max_depth": depths}


def nothing_shared(candidates: int) -> Grid:
    """Return a grid whose candidates have no tree in common."""
    return {"n_estimators": [8], "min_samples_leaf": list(range(1, 1 + candidates))}


def small(candidates: int) -> Grid:
    """Return a grid of small forests, for many rows."""
    return {"n_estimators": [4, 8], "min_samples_leaf": list(range(1, 1 + candidates // 2))}


CASES: list[tuple[str, int, int, Grid]] = [
    *[(f"{count:,} candidates", 500, 8, typical(count)) for count in (100, 1_000, 10_000)],
    *[(f"{rows:,} rows", rows, 8, small(6)) for rows in (500, 5_000, 50_000)],
    *[(f"{features} features", 1_000, features, typical(20)) for features in (4, 16, 64)],
    *[(f"nothing shared, {rows:,} rows", rows, 16, nothing_shared(8)) for rows in (500, 5_000, 50_000)],
    ("one candidate", 1_000, 16, {"n_estimators": [50]}),
    ("nothing shared, 64 features", 2_000, 64, nothing_shared(8)),
]


def search(kind: type, rows: int, features: int, grid: Any) -> Any:
    """Fit a search on made-up rows."""
    X, y = make_classification(rows, features, n_informative=min(4, features), n_redundant=0, random_state=0)
    return kind(RandomForestClassifier(random_state=0), grid, cv=FOLDS, n_jobs=JOBS, refit=False).fit(X, y)


def peak(case: int) -> int:
    """Return MiB by which a process of its own grows at the most in a case."""
    import psutil  # noqa: PLC0415  of the child alone

    before = psutil.Process().memory_info().rss
    search(SharedGridSearchCV, *CASES[case][1:])
    import resource  # noqa: PLC0415  it is not on every system

    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before) // 2**20


def main(rounds: int = 5) -> int:
    """Measure every case and return 1 if one is slower than allowed."""
    table, failed = [], False
    for number, (name, rows, features, grid) in enumerate(CASES):
        candidates = len(ParameterGrid(grid))
        # One in so many, over the whole grid: scikit-learn's time is proportional to its trees.
        step = max(1, candidates // PART) if candidates > 100 else 1
        every = list(ParameterGrid(grid))
        part = [{key: [value] for key, value in params.items()} for params in every[::step]]
        trees = [params["n_estimators"] for params in every]
        scale = sum(trees) / sum(trees[::step])
        sides = {
            "shared": lambda rows=rows, features=features, grid=grid: search(SharedGridSearchCV, rows, features, grid),
            "plain": lambda rows=rows, features=features, part=part: search(GridSearchCV, rows, features, part),
        }
        median = medians(interleave(sides, 1 if rows > 10_000 else rounds))
        plain = median["plain"] * scale
        failed |= median["shared"] > SLOWEST * plain
        child = [sys.executable, "-m", "benchmarks.performance.growth", "peak", str(number)]
        grown = subprocess.run(child, capture_output=True, text=True, check=True, env=os.environ).stdout.strip()
        marked = f"{plain:.2f}" + ("*" if step > 1 else "")
        ratio = plain / median["shared"]
        shape = f"{rows:,} x {features}"
        table.append([name, shape, f"{candidates:,}", f"{median['shared']:.2f}", marked, f"{ratio:.2f}", grown])
    headings = ["case", "rows x features", "candidates", "shared, s", "GridSearchCV, s", "times faster", "memory, MiB"]
    print(tabulate(table, headings, tablefmt="pipe", disable_numparse=True))
    print(
        f"\n{FOLDS} folds, {JOBS} jobs, medians of {rounds} interleaved rounds (one above 10,000 rows); "
        f"* of a part, scaled; {machine('scikit-learn', 'numpy', 'numba')}"
    )
    return int(failed)


if __name__ == "__main__":
    if sys.argv[1:2] == ["peak"]:
        print(peak(int(sys.argv[2])))
    else:
        sys.exit(main(*map(int, sys.argv[1:])))
