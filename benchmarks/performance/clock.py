"""The recorded clock beside the wall's: whole runs of 40 evaluations, made for real and looked up, in turn.

    python -m benchmarks.performance.clock [EVALUATIONS] [REPEATS]

Each method runs on each problem for real, by plain evaluation, then the same run, with the same trials, is looked up
in the problem's table, whose seconds are modelled from measured fits, and then it runs for real once more: how far two
real runs are apart is what the machine adds to any comparison. Seconds are of the search and the refit. The machine
should do nothing else.
"""

from __future__ import annotations

import itertools
import math
import statistics
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tabulate import tabulate

from benchmarks.performance.measure import machine
from tuners import Budget
from tuners.catalog import TUNERS
from tuners.execution.here import measure
from tuners.execution.tables import build
from tuners.plan import Plan

METHODS = ("random", "grid", "bayesian", "genetic")
DATASETS = ("breast_cancer", "wine", "iris")
SEED = 1
"""Of the problems; seconds are modelled on those of seed 0."""
WITHIN, RATIO_WITHIN, SHARE = 0.10, 0.05, 0.9


@dataclass(frozen=True)
class Compared:
    """A run that was made twice, and looked up in between."""

    real: float
    """Seconds, the mean of both."""
    recorded: float
    again: float
    """The first over the second."""

    @property
    def ratio(self) -> float:
        """Recorded over real."""
        return self.recorded / self.real


def compared(plan: Plan, key: tuple[str, str, int], budget: Budget) -> Compared:
    """Make a run, look it up, and make it again."""
    dataset, tuner, repeat = key
    first, recorded, second = (
        measure(
            tuner, TUNERS.load(tuner), plan.problem("forest", dataset, SEED), budget,
            evaluation=evaluation, tables=plan.tables, start="default", repeat=repeat,
        ).record
        for evaluation in ("plain", "recorded", "plain")
    )  # fmt: skip
    assert first.trials_sha256 == recorded.trials_sha256 == second.trials_sha256, key
    one, other = first.seconds or math.nan, second.seconds or math.nan
    return Compared((one + other) / 2, recorded.seconds or math.nan, one / other)


def main(evaluations: int = 40, repeats: int = 1) -> int:
    """Measure; return 1 if fewer runs than required are near, or the median ratio of two methods is not."""
    found: dict[tuple[str, str, int], Compared] = {}
    with tempfile.TemporaryDirectory() as folder:
        options = {"models": ("forest",), "datasets": DATASETS, "seeds": (0, SEED), "tables": Path(folder)}
        plan = Plan({"preset": "quick", **options})
        build(plan, list(plan.cells()), lambda *_: None)
        for repeat, dataset, tuner in itertools.product(range(repeats), DATASETS, METHODS):
            key = dataset, tuner, repeat
            found[key] = compared(plan, key, Budget(evaluations))
    rows = [
        [*key, f"{each.real:.2f}", f"{each.recorded:.2f}", f"{each.again:.3f}", f"{each.ratio:.3f}"]
        for key, each in found.items()
    ]
    headers = ["dataset", "method", "repeat", "real, s", "recorded, s", "real / real", "recorded / real"]
    print(tabulate(rows, headers, tablefmt="pipe", disable_numparse=True), end="\n\n")
    sides = {
        "recorded / real": {key: each.ratio for key, each in found.items()},
        "real / real": {key: each.again for key, each in found.items()},
    }
    verdicts = [_said(name, each) for name, each in sides.items()]
    print(machine("scikit-learn"))
    return int(not verdicts[0])


def _said(name: str, ratios: Mapping[tuple[str, str, int], float]) -> bool:
    """Print how near ratios are to 1, and one method's to another's; return whether that is near enough."""
    near = sum(abs(each - 1) <= WITHIN for each in ratios.values())
    pairs = [
        abs(ratios[dataset, one, repeat] / ratios[dataset, other, repeat] - 1)
        for repeat, dataset in sorted({(repeat, dataset) for dataset, _, repeat in ratios})
        for one, other in itertools.combinations(METHODS, 2)
    ]
    alike, median = sum(each <= RATIO_WITHIN for each in pairs), statistics.median(pairs)
    print(
        f"{name}: {near} of {len(ratios)} runs within {WITHIN:.0%}; ratios between methods differ by {median:.1%}",
        end="",
    )
    print(f" in the median, {alike} of {len(pairs)} by at most {RATIO_WITHIN:.0%}.")
    return near >= SHARE * len(ratios) and median <= RATIO_WITHIN


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
