"""Power: how large a difference a design finds, told before it is run.

A paired difference of two methods varies between problems of a dataset, and between repeats on one problem. With D
datasets, S seeds and R repeats its mean over the datasets has variance (problems^2 + repeats^2 / R) / (D S).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tuners.analysis import units
from tuners.analysis.levels import ALPHA, LEAST, POWER


@dataclass(frozen=True)
class Spread:
    """Standard deviations of a paired difference of two methods, within a dataset."""

    problems: float
    """Between problems, of the methods' true means on them."""
    repeats: float
    """Between repeats on one problem, of one run each; a deterministic method has none."""

    def of_problem(self, repeats: int) -> float:
        """Return the standard deviation of a problem's difference of means over repeats."""
        return math.hypot(self.problems, self.repeats / math.sqrt(repeats))


@dataclass(frozen=True)
class Components:
    """What varies how much, as far as it is known."""

    test: Spread | None
    """Of the test score, against the default."""
    regret: Spread | None
    """Of normalised regret, of two searches."""
    source: str
    """Where it was measured."""
    measured: bool = True
    """Whether in the session that it is told of, and so in its metric."""


@dataclass(frozen=True)
class Design:
    """What a session compares, of one model."""

    datasets: int
    seeds: int
    repeats: int
    methods: int
    """With the default."""

    @property
    def problems(self) -> int:
        """Of all datasets together."""
        return self.datasets * self.seeds


@dataclass(frozen=True)
class Power:
    """The least differences that a design finds with a chance of `POWER`, on its datasets."""

    design: Design
    score: float | None
    """Of test scores, between a method and the default, in the metric's unit; None where it is not known."""
    regret: float | None
    """Of normalised regret, between two searches."""
    source: str
    """Where it was measured how much they vary."""
    metric: str = ""

    @property
    def sentence(self) -> str:
        """The sentence of a session's header, with where it was measured how much methods vary."""
        if self.design.seeds < 2:
            return "this design tells no methods apart: two seeds of each dataset are the least"
        if self.design.problems < LEAST:
            here = self.design.problems
            return f"this design tells no methods apart: {LEAST} problems are the least, and here are {here}"
        found = [] if self.score is None else [f"{units.size(self.score, self.metric)} of test score"]
        found += [] if self.regret is None else [f"{self.regret:.2f} of regret"]
        if not found:
            return "how small a difference this design finds is not known before a run"
        chance = f"{'at most ' if self.coarse else ''}{POWER:.0%}".replace("%", " %")
        return f"this design finds {', or '.join(found)}, with {chance}, if methods vary as in {self.source}"

    @property
    def coarse(self) -> bool:
        """Whether the problems have too few sign flips for the level that so many methods need."""
        return ALPHA / max(self.design.methods - 1, 1) < 2.0 ** (1 - self.design.problems)


def detectable(design: Design, spread: Spread, comparisons: int) -> float | None:
    """Return the least difference that is found with `POWER` among some comparisons; None where none can be."""
    from scipy import stats  # noqa: PLC0415  slow to load, and a header's other lines need none

    freedom = design.datasets * (design.seeds - 1)
    if not freedom or design.problems < LEAST:
        return None
    error = spread.of_problem(design.repeats) / math.sqrt(design.datasets * design.seeds)
    critical = float(stats.t.ppf(1 - ALPHA / 2 / max(comparisons, 1), freedom))
    return (critical + float(stats.t.ppf(POWER, freedom))) * error


def power_of(design: Design, components: Components, metric: str) -> Power:
    """Return what a design finds, where differences vary as they did where that was measured."""
    searches = design.methods - 1
    # Test scores of other metrics are not known before, and those of unlike datasets, which are ranked, have no unit.
    known = components.test if units.is_share(metric) or (components.measured and metric != "rank") else None
    return Power(
        design,
        None if known is None else detectable(design, known, searches),
        None if components.regret is None else detectable(design, components.regret, math.comb(searches, 2)),
        components.source,
        metric,
    )


DEFAULTS = Components(Spread(0.0098, 0.0078), Spread(0.185, 0.198), "a session of quick", measured=False)
"""What `components_of` found in a session of the `quick` preset: forests of 1,440 candidates on 4 datasets of 45 to 120
test rows, 5 seeds, 5 methods beside the default, 40 evaluations, 10 repeats (TPOT 3, deterministic methods 1)."""
OF_NUMBERS = Components(None, Spread(0.082, 0.082), "a session of quick with --tuning-task=regression", measured=False)
"""The same of regression: forests of 360 candidates on 4 datasets of 48 to 120 test rows. Test scores have the target's
own unit: how they vary is not known before a run."""
