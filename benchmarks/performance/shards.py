"""How evenly `--tuning-shard` divides problems by expected seconds, beside what they really take.

    python -m benchmarks.performance.shards [MODEL ...]

Of `standard`, evaluated plainly, a problem of each model and dataset is measured: a few random candidates, in the
processor's seconds, one thread. Those of its problems are what its searches then take. They are divided among 40 and 10
shards by expectation, and as if all took equally long; a shard's load is in units of the mean load, 1 being even. Below
what the longest problem alone takes no division can be.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Sequence

import numpy as np
from tabulate import tabulate
from threadpoolctl import threadpool_limits

from benchmarks.performance.measure import machine
from tuners.evaluation.contract import Training
from tuners.evaluation.plain import Plain
from tuners.execution.expected import MODELS, seconds
from tuners.plan import Plan
from tuners.results.cell import Cell
from tuners.results.shard import divided
from tuners.spaces import candidates

MEASURED = ("forest", "extra_trees", "boosting", "svm", "neighbours", "ridge", "elastic_net")
"""Models of `standard` that need no minutes for a candidate."""
SHARDS = (40, 10)
FEW, SECONDS = 4, 3.0
"""Candidates of a problem, or those begun in so many seconds."""
MOST_RATIO = 1.5
"""Of the fullest shard's load to the larger of the mean and the longest problem, among ten shards."""


def candidate_seconds(plan: Plan, model: str, dataset: str) -> float:
    """Return what a candidate of a problem takes."""
    problem = plan.problem(model, dataset, 0)
    every = candidates(problem.model.space) or [{}]
    order = np.random.default_rng(0).permutation(len(every))
    plain = Plain(Training.of(problem))
    began, count = time.process_time(), 0
    for place in order[:FEW]:
        plain.evaluate(every[place])
        count += 1
        if time.process_time() - began > SECONDS:
            break
    return (time.process_time() - began) / count


def evaluated(plan: Plan, cell: Cell) -> int:
    """Return the candidates that a cell evaluates."""
    every = plan.repeats(cell.model, cell.tuner) * plan.evaluations(cell.model, cell.tuner)
    return 1 if cell.tuner == "default" else every


def loads(by: dict[str, float], true: dict[str, float], of: int) -> float:
    """Return the fullest shard's load in units of the mean, where problems are divided by some seconds."""
    numbers = divided(by, of)
    shards = [sum(true[name] for name in true if numbers[name] == shard) for shard in range(1, of + 1)]
    return max(shards) * of / sum(shards)


def main(models: Sequence[str] = MEASURED) -> int:
    """Measure; return 1 if the fullest of ten shards takes too long."""
    warnings.simplefilter("ignore")
    plan = Plan({"preset": "standard", "evaluation": "plain", "models": tuple(models)})
    problems: dict[str, list[Cell]] = {}
    for cell in plan.cells():
        problems.setdefault(f"{cell.model}-{cell.dataset}-{cell.seed}", []).append(cell)
    true, expected = {}, {}
    measured: dict[tuple[str, str], float] = {}
    with threadpool_limits(1):
        for name, cells in problems.items():
            key = cells[0].model, cells[0].dataset
            if key not in measured:
                measured[key] = candidate_seconds(plan, *key)
            true[name] = measured[key] * sum(evaluated(plan, cell) for cell in cells)
            expected[name] = seconds(plan, cells)
    rows, worst = [], 0.0
    for of in SHARDS:
        least = max(1.0, max(true.values()) * of / sum(true.values()))
        by_expected, alike = loads(expected, true, of), loads(dict.fromkeys(true, 1.0), true, of)
        rows.append((of, by_expected, alike, least))
        worst = by_expected / least
    print(tabulate(rows, ["shards", "by expected seconds", "as if alike", "at least"], tablefmt="pipe", floatfmt=".2f"))
    error = np.log([true[name] / expected[name] for name in true])
    spread = float(np.exp(np.median(np.abs(error - np.median(error)))))
    print(
        f"\n{len(true)} problems of {len(measured)} models and datasets; expectations are off by a factor of "
        f"{spread:.1f} in the median. Required: among {SHARDS[-1]}, the fullest at most {MOST_RATIO} times the least "
        f"that can be. {machine('scikit-learn')}."
    )
    return int(worst > MOST_RATIO or not set(models) <= set(MODELS))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or MEASURED))
