"""How much faster a shared grid search of forests is than scikit-learn's, with the very same scores.

    python benchmarks/performance/search.py [ROUNDS]

On 560 rows x 4 features, 4 folds, 2 jobs, without the refit, which both make alike: a grid of 144 candidates spread
over the article's space, both ways in turn; then the whole space of 10,560, which scikit-learn takes hours for.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from measure import interleave, machine, medians
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV
from tabulate import tabulate

from tuners.models.forest import space
from tuners.search import SharedGridSearchCV
from tuners.search.families import compiled
from tuners.spaces import grid

ROWS, FEATURES, FOLDS, JOBS = 560, 4, 4, 2
REQUIRED = {"shared": 20, "shared, compiled": 200}
WHOLE_SECONDS = 60


def searched(kind: type, candidates: int) -> Any:
    """Search the article's space, in as many candidates as fit."""
    X, y = load_breast_cancer(return_X_y=True)
    search = kind(
        RandomForestClassifier(n_jobs=1, random_state=0), grid(space(), candidates), cv=FOLDS, n_jobs=JOBS, refit=False
    )
    return search.fit(X[:ROWS, :FEATURES], y[:ROWS])


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
    ways = {
        "shared, compiled": lambda: shared(144, by_kernel=True),
        "shared": lambda: shared(144, by_kernel=False),
        "GridSearchCV": lambda: searched(GridSearchCV, 144),
    }
    shared(4, by_kernel=True)  # compiles
    seconds = interleave({name: lambda name=name: found.update({name: ways[name]()}) for name in ways}, rounds)
    median = medians(seconds)
    expected = found["GridSearchCV"].cv_results_
    rows, failed = [], False
    for name, value in median.items():
        same = all(
            np.array_equal(found[name].cv_results_[f"split{k}_test_score"], expected[f"split{k}_test_score"])
            for k in range(FOLDS)
        )
        ratio = median["GridSearchCV"] / value
        failed |= not same or ratio < REQUIRED.get(name, 0)
        rows.append([name, 144, f"{value:.2f}", f"{ratio:.0f}", "yes" if same else "NO"])
    whole = medians(
        interleave(
            {
                f"{'shared, compiled' if by else 'shared'}": lambda by=by: shared(20_000, by_kernel=by)
                for by in (True, False)
            },
            1,
        )
    )
    for name, value in whole.items():
        failed |= value >= WHOLE_SECONDS
        rows.append([name, 10_560, f"{value:.1f}", "", ""])
    headings = ["search", "candidates", "seconds", "times faster", "scores bit-equal"]
    print(tabulate(rows, headings, tablefmt="pipe", disable_numparse=True))
    print(
        f"\n{ROWS} rows x {FEATURES} features, {FOLDS} folds, {JOBS} jobs, medians of {rounds} interleaved rounds; {machine('scikit-learn', 'numpy', 'numba')}"
    )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
