"""What the HTML report costs: seconds to make it, and its size.

    python -m benchmarks.performance.page

Of runs of 80 trials with 6 hyperparameters each, 5 methods on 2 to 10 datasets; once without what a process does only
once (plotly's library is packed).
"""

from __future__ import annotations

import sys
import time

from tabulate import tabulate

from benchmarks.performance.measure import machine
from tests import runs
from tuners.report.formats.page import page

TUNERS = ("default", "manual", "random", "grid", "bayesian")
SHAPES = ((2, 1), (4, 5), (10, 10))
"""Datasets and seeds."""
TRIALS = 80
MOST = 6 * 10**6
"""Bytes of 500 runs' page."""


def main() -> int:
    """Measure; return 1 if the largest page is too large."""
    rows = []
    size = 0
    page(runs.report(runs.grid(TUNERS, ["warm"], 1)))
    for datasets, seeds in SHAPES:
        names = [f"dataset {index}" for index in range(datasets)]
        made = list(runs.grid(TUNERS, names, seeds, trials=TRIALS))
        began = time.perf_counter()
        size = len(page(runs.report(made)).encode())
        rows.append((len(made), sum(len(run.trials) for run in made), f"{time.perf_counter() - began:.1f}", size / 1e6))
    print(tabulate(rows, ["runs", "trials", "seconds", "MB"], tablefmt="pipe", floatfmt=".2f"))
    print(f"\nRequired: 500 runs under {MOST / 1e6:.0f} MB. {machine('plotly', 'scikit-learn')}.")
    return int(size >= MOST)


if __name__ == "__main__":
    sys.exit(main())
