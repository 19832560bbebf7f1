"""What sharing gains for neighbours, ridge and support vector machines on 5,000 rows, and whether it is exact.

    python -m benchmarks.performance.sharing_linear [ROUNDS]

60 candidates each, behind a scaler, 5 folds, 1 job, without the refit. Support vector machines are left to
scikit-learn; of them, one fold: each fit with its own kernel, and fits with one kernel matrix for all C of a gamma.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np
from sklearn.datasets import make_classification
from sklearn.linear_model import RidgeClassifier
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from tabulate import tabulate

from benchmarks.performance.measure import interleave, machine, medians
from tuners.search import SharedGridSearchCV

ROWS, FOLDS, REQUIRED = 5_000, 5, 1.3
NEIGHBOURS = {"n_neighbors": [1, 3, 5, 7, 9, 12, 15, 20, 30, 50], "weights": ["uniform", "distance"], "p": [1, 2, 3]}
PENALTIES = {"alpha": np.geomspace(1e-4, 1e4, 60)}
GAMMAS, COSTS = np.geomspace(1e-3, 1, 6), np.geomspace(1e-2, 1e2, 10)
LEFT = """Left to scikit-learn: support vector machines, since decisions from a kernel matrix differ in their last bits,
and with each machine's own predictions one matrix for all `C` gains little; logistic regression, since its penalties
have no work in common: a start from another penalty's solution ends elsewhere."""
MACHINES = "support vector machines, one fold (left)"
CASES: dict[str, tuple[Any, dict[str, Any], int]] = {
    "neighbours, 10 features": (KNeighborsClassifier(n_jobs=1), NEIGHBOURS, 10),
    "ridge, 20 features": (RidgeClassifier(), PENALTIES, 20),
    "ridge, 100 features": (RidgeClassifier(), PENALTIES, 100),
}


def rows(features: int) -> tuple[Any, Any]:
    """Return made-up rows of two classes."""
    made: tuple[Any, Any] = make_classification(ROWS, features, n_informative=8, flip_y=0.05, random_state=0)
    return made


def searched(kind: type, model: Any, grid: dict[str, Any], features: int) -> dict[str, Any]:
    """Search a grid, and return its results."""
    pipeline = Pipeline([("scale", StandardScaler()), ("model", model)])
    named = {f"model__{name}": values for name, values in grid.items()}
    search = kind(pipeline, named, cv=FOLDS, n_jobs=1, refit=False, scoring="accuracy")
    results: dict[str, Any] = search.fit(*rows(features)).cv_results_
    return results


def machines() -> tuple[float, float, str]:
    """Fit support vector machines on one fold; return seconds with one kernel matrix a gamma and without, and the bits.

    With the matrix, too, they predict by their own kernel: decisions from a matrix are not the same in the last bits.
    """
    X, y = rows(20)
    X = StandardScaler().fit_transform(X)
    size = ROWS - ROWS // FOLDS
    seconds = dict.fromkeys(("kernel", "by kernel", "own", "predict"), 0.0)

    def timed(part: str, work: Callable[[], Any]) -> Any:
        begun = perf_counter()
        found = work()
        seconds[part] += perf_counter() - begun
        return found

    coefficients, decisions, count = 0, 0, 0
    for gamma in GAMMAS:
        kernel = timed("kernel", partial(rbf_kernel, X[:size], gamma=gamma))
        asked = rbf_kernel(X[size:], X[:size], gamma=gamma)
        for cost in COSTS:
            by_kernel = timed("by kernel", partial(SVC(C=cost, kernel="precomputed").fit, kernel, y[:size]))
            own = timed("own", partial(SVC(C=cost, gamma=gamma).fit, X[:size], y[:size]))
            decided = timed("predict", partial(own.decision_function, X[size:]))
            count += 1
            coefficients += np.array_equal(by_kernel.support_, own.support_) and np.array_equal(
                by_kernel.dual_coef_, own.dual_coef_
            )
            decisions += np.array_equal(by_kernel.decision_function(asked), decided)
    shared = seconds["kernel"] + seconds["by kernel"] + seconds["predict"]
    bits = f"coefficients {coefficients} of {count}, decisions {decisions} of {count}"
    return shared, seconds["own"] + seconds["predict"], bits


def measured(sides: dict[str, Callable[[], Any]], rounds: int) -> tuple[dict[str, Any], dict[str, float]]:
    """Run both sides in turn; return what each came to, and its seconds."""
    found: dict[str, Any] = {}

    def keep(name: str) -> None:
        found[name] = sides[name]()

    return found, medians(interleave({name: partial(keep, name) for name in sides}, rounds))


def main(rounds: int = 1) -> int:
    """Measure, compare the scores, and return 1 if a requirement is missed."""
    lines, failed = [], False
    for name, case in CASES.items():
        kinds = {"shared": SharedGridSearchCV, "plain": GridSearchCV}
        found, seconds = measured({side: partial(searched, kind, *case) for side, kind in kinds.items()}, rounds)
        scores = [f"split{fold}_test_score" for fold in range(FOLDS)]
        same = all(np.array_equal(found["shared"][score], found["plain"][score]) for score in scores)
        ratio = seconds["plain"] / seconds["shared"]
        failed |= not same or ratio < REQUIRED
        both = [f"{seconds[side]:.1f}" for side in kinds]
        lines.append([name, *both, f"{ratio:.1f}", "yes" if same else "NO"])
    shared, plain, bits = machines()
    lines.append([MACHINES, f"{shared:.1f}", f"{plain:.1f}", f"{plain / shared:.2f}", bits])
    headings = ["60 candidates", "shared, s", "scikit-learn, s", "times faster", "bit-equal"]
    print(tabulate(lines, headings, tablefmt="pipe", disable_numparse=True))
    print(f"\n{LEFT}")
    print(
        f"\n{ROWS:,} rows, {FOLDS} folds, 1 job, medians of {rounds} interleaved rounds; required of what is shared: "
        f"{REQUIRED} times, bit-equal; {machine('scikit-learn', 'numpy', 'scipy')}"
    )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
