"""What a run costs before its first evaluation and after its last: the first of a process, and the next ones.

    python -m benchmarks.performance.startup

A run of one or a few evaluations of a model that learns nothing, so that what is left is the harness and the
method's library: imports, and the report of a trial.
"""

from __future__ import annotations

import statistics
import sys
import time

from tabulate import tabulate

from benchmarks.performance.measure import machine
from benchmarks.performance.overhead import problem
from tuners import Budget
from tuners.catalog import TUNERS
from tuners.execution.here import measure

METHODS = ("default", "manual", "random", "grid", "bayesian", "genetic")
CELLS = 6
EVALUATIONS = 4


def cell(tuner: str) -> float:
    """Return the seconds of one cell, all told."""
    began = time.perf_counter()
    measure(tuner, TUNERS.load(tuner), problem(), Budget(EVALUATIONS))
    return time.perf_counter() - began


def main() -> int:
    """Measure the first cell of each method and the next ones."""
    rows = []
    for tuner in METHODS:
        first, *others = (cell(tuner) for _ in range(CELLS))
        rows.append([tuner, f"{first:.2f}", f"{statistics.median(others):.3f}"])
    print(tabulate(rows, ["method", "first cell, s", "next cells, s"], tablefmt="pipe", disable_numparse=True))
    print(f"\n{EVALUATIONS} evaluations of a no-op model, medians of {CELLS - 1} cells; {machine('tpot')}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
