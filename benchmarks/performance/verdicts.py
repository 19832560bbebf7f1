"""How often the table tells equal methods apart, and how often it finds a method that is better.

    python -m benchmarks.performance.verdicts [SESSIONS]

The tables are those of `gate`: every forest of a space on 4 datasets x 20 seeds, with many real searches of each. A
session draws seeds, and repeats of each. Of equal methods there are two kinds. *Identical*: six random searches,
which differ by their random numbers. *Of equal means*: different searches, and a configuration that is not searched
for, each shifted to one mean on each dataset; their differences are as skewed as those of searches are. What is to be
found is that one of them is better by a point.
"""

from __future__ import annotations

import statistics
import sys
from dataclasses import replace

import numpy as np
from joblib import Parallel, delayed
from tabulate import tabulate

from benchmarks.performance.gate import CANDIDATES, METHODS, SOURCES, table
from benchmarks.performance.measure import machine
from tuners.analysis.contrasts import Contrasts, Values, contrasts
from tuners.analysis.inference import step_down
from tuners.analysis.levels import ALPHA
from tuners.analysis.statistics import holm

SEEDS = 20
SEARCHES = 30
"""Of each method on each table."""
UNTUNED = {
    "n_estimators": 20, "max_depth": None, "min_samples_leaf": 1, "max_features": 2, "criterion": "gini",
}  # fmt: skip
DESIGNS = ((1, 3, 1), (1, 6, 1), (1, 6, 10), (1, 10, 1), (1, 20, 1), (3, 4, 1), (4, 2, 1), (4, 5, 1), (4, 5, 10))
"""Datasets, seeds and repeats."""
GAIN = 0.01
KINDS = ("identical", "of equal means")
ROWS = (210, 90)
"""Training and test rows, at most."""
JOBS = 2


def searched(dataset: str, seed: int) -> np.ndarray:
    """Return test scores of winners on one table, (methods, searches); the first method does not search."""
    scores, tests = table(dataset, seed)
    rng = np.random.default_rng([seed, len(dataset)])
    untuned = tests[CANDIDATES[tuple(sorted(UNTUNED.items(), key=str))]]
    found = [[tests[search(scores, rng)] for _ in range(SEARCHES)] for search in METHODS.values()]
    return np.array([[untuned] * SEARCHES, *found])


def session(scores: np.ndarray, kind: str, design: tuple[int, int, int], number: int) -> Values:
    """Return what six methods, equal on average, reach; `scores` are (datasets, seeds, methods, searches)."""
    rng = np.random.default_rng([number, *design])
    datasets, seeds, repeats = design
    chosen = rng.choice(len(scores), datasets, replace=False)
    methods = [1] * 6 if kind == "identical" else [0, 1, 2, 3, 4, 6]
    mine = scores[chosen][:, :, methods]
    mine = mine - mine.mean(axis=(1, 3), keepdims=True) + mine.mean()
    problems = mine[:, rng.integers(scores.shape[1], size=seeds)]
    drawn = rng.integers(SEARCHES, size=(*problems.shape[:3], repeats))
    values = np.take_along_axis(problems, drawn, axis=3).mean(axis=3).reshape(-1, 6)
    names = [SOURCES[at] for at in chosen for _ in range(seeds)]
    tuners = ("default", "a", "b", "c", "d", "e")
    return Values("test", "accuracy", tuners, tuple(names), values, dict.fromkeys(names, ROWS))


def judged(scores: np.ndarray, kind: str, design: tuple[int, int, int], number: int) -> list[float]:
    """Return false alarms, coverage of both families' intervals, and whether a gain is found: as tested, by Holm."""
    equal = session(scores, kind, design, number)
    better = replace(equal, values=equal.values + np.array([0, 0, GAIN, 0, 0, 0]))
    null, found = contrasts(equal), contrasts(better)
    return [
        float(any(each.found != "open" for each in null.pairs)),
        float(min(_by_holm(equal)) < ALPHA),
        _covers(null, 0),
        _covers(null, 1),
        statistics.fmean(each.found != "open" for each in found.pairs if "b" in {each.tuner, each.other}),
        statistics.fmean(
            p < ALPHA for p, each in zip(_by_holm(better), found.pairs, strict=True) if "b" in {each.tuner, each.other}
        ),
    ]


def _covers(found: Contrasts, family: int) -> float:
    """Return whether all intervals to default, or all of pairs, hold 0; NaN where there are none."""
    contrasts = (found.to_default, found.pairs)[family]
    intervals = [each.interval for each in contrasts if each.interval is not None]
    return float(all(low <= 0 <= high for low, high in intervals)) if intervals else np.nan


def _by_holm(values: Values) -> list[float]:
    """Return the p-value of each pair by its own flips, adjusted by Holm."""
    one, other = np.triu_indices(values.values.shape[1], 1)
    columns = values.values[:, one] - values.values[:, other]
    layout = values.layout("these datasets")
    return holm([step_down(column[:, None], layout)[0] for column in columns.T])


def main(sessions: int = 400) -> int:
    """Simulate; return 1 if there are more false alarms than promised."""
    parallel = Parallel(n_jobs=JOBS)
    blocks = [(dataset, seed) for dataset in SOURCES for seed in range(SEEDS)]
    scores = np.array(parallel(delayed(searched)(*block) for block in blocks))
    scores = scores.reshape(len(SOURCES), SEEDS, *scores.shape[1:])
    missed, rows = False, []
    promised = ALPHA + 2 * np.sqrt(ALPHA * (1 - ALPHA) / sessions)  # by chance, of so many sessions
    for kind in KINDS:
        for design in DESIGNS:
            found = parallel(delayed(judged)(scores, kind, design, number) for number in range(sessions))
            rates = np.mean(found, axis=0)
            missed |= bool(rates[0] > promised)
            rows.append([kind, *map(str, design), *("-" if np.isnan(rate) else f"{rate:.1%}" for rate in rates)])
    headings = [
        "methods", "datasets", "seeds", "repeats", "false alarms", "by Holm", "intervals to default hold",
        "intervals of pairs hold", f"{100 * GAIN:g} point found", "by Holm",
    ]  # fmt: skip
    print(tabulate(rows, headings, tablefmt="pipe", disable_numparse=True))
    print(
        f"\n{sessions:,} sessions a line, 6 methods, all pairs at {ALPHA:.0%} together; {', '.join(SOURCES)}; "
        f"{machine('scikit-learn', 'numpy')}"
    )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
