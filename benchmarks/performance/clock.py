"""The recorded clock beside the wall's: whole runs of 40 evaluations, made for real and looked up, in turn.

    python -m benchmarks.performance.clock [EVALUATIONS] [REPEATS]

Each method runs on each problem for real, by plain evaluation, and the same run, with the same trials, is looked up in
the problem's table, whose seconds are modelled from measured fits. Seconds are of the search and the refit. The machine
should do nothing else.
"""

from __future__ import annotations

import itertools
import math
import statistics
import sys
import tempfile
from pathlib import Path

from tabulate import tabulate

from benchmarks.performance.measure import machine
from tuners import Budget
from tuners.catalog import TUNERS
from tuners.evaluation.recording import recording_of
from tuners.execution.here import measure
from tuners.execution.tables import whole
from tuners.plan import Plan

METHODS = ("random", "grid", "bayesian", "genetic")
DATASETS = ("breast_cancer", "wine", "iris")
WITHIN, RATIO_WITHIN, SHARE = 0.10, 0.05, 0.9


def main(evaluations: int = 40, repeats: int = 1) -> int:
    """Measure; return 1 if fewer runs than required are near, or the median ratio of two methods is not."""
    plan = Plan({"preset": "quick"})
    seconds: dict[tuple[str, str, int], tuple[float, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for dataset in DATASETS:
            recording = recording_of(plan.problem("forest", dataset, 0), Path(folder))
            recording.prepare()
            whole(recording, math.inf)
        for repeat, dataset, tuner in itertools.product(range(repeats), DATASETS, METHODS):
            problem = plan.problem("forest", dataset, 0)
            made, looked_up = (
                measure(
                    tuner, TUNERS.load(tuner), problem, Budget(evaluations),
                    evaluation=evaluation, tables=Path(folder), start="default", repeat=repeat,
                ).record
                for evaluation in ("plain", "recorded")
            )  # fmt: skip
            assert made.trials_sha256 == looked_up.trials_sha256, (tuner, dataset)
            seconds[dataset, tuner, repeat] = made.seconds or math.nan, looked_up.seconds or math.nan
    rows = [
        [dataset, tuner, repeat, f"{real:.2f}", f"{recorded:.2f}", f"{recorded / real:.3f}"]
        for (dataset, tuner, repeat), (real, recorded) in seconds.items()
    ]
    print(tabulate(rows, ["dataset", "method", "repeat", "real, s", "recorded, s", "ratio"], tablefmt="pipe"))
    near = [abs(recorded / real - 1) <= WITHIN for real, recorded in seconds.values()]
    apart = []
    for repeat, dataset in itertools.product(range(repeats), DATASETS):
        for one, other in itertools.combinations(METHODS, 2):
            (real, recorded), (its, others) = seconds[dataset, one, repeat], seconds[dataset, other, repeat]
            apart.append(abs((recorded / others) / (real / its) - 1))
    alike = sum(each <= RATIO_WITHIN for each in apart)
    print(f"\nWithin {WITHIN:.0%}: {sum(near)} of {len(near)} runs. Ratios between methods differ by")
    print(f"{statistics.median(apart):.1%} in the median, {alike} of {len(apart)} by at most {RATIO_WITHIN:.0%}.")
    print(machine())
    return int(sum(near) < SHARE * len(near) or statistics.median(apart) > RATIO_WITHIN)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
