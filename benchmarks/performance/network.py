"""What a fit of the Keras network costs when its compiled model is kept, beside scikeras, and whether scores agree.

    python -m benchmarks.performance.network [ROUNDS] [SEEDS]

Same rows, same architecture, same epochs: 80 of the article's, on 420 rows x 30 features. Then the article's 90
candidates on 5 folds, with 2 jobs, and the log loss of many seeds each way, by the two-sample Kolmogorov-Smirnov test.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import Any

import numpy as np
import psutil
from scipy import stats
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler
from tabulate import tabulate

from benchmarks.performance.measure import interleave, machine, medians
from tuners.models import ann, ann_plain
from tuners.spaces import grid

ROWS, TEST, FOLDS, JOBS = 420, 140, 5, 2
REQUIRED = 10
GRID_SECONDS = 240
PARAMS = {"activation": "relu", "neurons": 15, "optimizer": "Adam"}


def data() -> tuple[Any, Any]:
    """Return standardised rows and their labels."""
    X, y = load_breast_cancer(return_X_y=True)
    return StandardScaler().fit_transform(X).astype(np.float32)[: ROWS + TEST], y[: ROWS + TEST]


def loss_of(model: Any, seed: int) -> float:
    """Train with a seed and return the log loss on rows not trained on."""
    X, y = data()
    fitted = model.build(PARAMS, seed).fit(X[:ROWS], y[:ROWS])
    return float(log_loss(y[ROWS:], fitted.predict_proba(X[ROWS:]).astype(float)))


def main(rounds: int = 5, seeds: int = 200) -> int:
    """Measure, and return 1 if a requirement is missed."""
    X, y = data()
    models = {"kept": ann.model(), "scikeras": ann_plain.model()}
    began = time.perf_counter()
    first = models["kept"].build(PARAMS, 0).fit(X[:ROWS], y[:ROWS])
    first_seconds = time.perf_counter() - began
    again = models["kept"].build(PARAMS, 0).fit(X[:ROWS], y[:ROWS])
    same = all(np.array_equal(a, b) for a, b in zip(first.weights_, again.weights_, strict=True))
    sides = {name: lambda model=model: model.build(PARAMS, 1).fit(X[:ROWS], y[:ROWS]) for name, model in models.items()}
    median = medians(interleave(sides, rounds))
    ratio = median["scikeras"] / median["kept"]
    losses: dict[str, list[float]] = {name: [] for name in models}
    for seed in range(seeds):
        for name, model in models.items():
            losses[name].append(loss_of(model, seed))
    p_values = {n: float(stats.ks_2samp(losses["kept"][:n], losses["scikeras"][:n]).pvalue) for n in (40, seeds)}
    before = psutil.Process().memory_info().rss
    for seed in range(200):
        models["kept"].build(PARAMS, seed).fit(X[:ROWS], y[:ROWS])
    growth = (psutil.Process().memory_info().rss - before) / 2**20
    search = GridSearchCV(
        models["kept"].build({}, 0), grid(ann.space(), 90), cv=FOLDS, n_jobs=JOBS, refit=False, error_score="raise"
    )
    began = time.perf_counter()
    search.fit(X, y)
    whole = time.perf_counter() - began
    rows = [
        ["a fit by scikeras, seconds", f"{median['scikeras']:.2f}"],
        ["a fit after the first of its architecture, seconds", f"{median['kept']:.3f}"],
        ["times faster", f"{ratio:.0f}"],
        ["the first fit of an architecture, seconds", f"{first_seconds:.2f}"],
        ["same seed, same weights", "yes" if same else "NO"],
        [f"log loss by scikeras, median of {seeds} seeds", f"{statistics.median(losses['scikeras']):.4f}"],
        ["log loss, kept", f"{statistics.median(losses['kept']):.4f}"],
        *[[f"same distribution, {n} seeds: Kolmogorov-Smirnov p", f"{p:.2f}"] for n, p in p_values.items()],
        ["growth of memory over 200 fits, MiB", f"{growth:.0f}"],
        [f"90 candidates x {FOLDS} folds, {JOBS} jobs, seconds", f"{whole:.0f}"],
    ]
    print(tabulate(rows, ["network", "measured"], tablefmt="pipe", disable_numparse=True))
    print(
        f"\n{ROWS} rows, 80 epochs, medians of {rounds} interleaved rounds; required: {REQUIRED} times, "
        f"{GRID_SECONDS} s; {machine('tensorflow', 'keras', 'scikeras')}"
    )
    return int(ratio < REQUIRED or not same or whole >= GRID_SECONDS or min(p_values.values()) < 0.01)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
