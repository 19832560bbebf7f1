"""Contrasts: each method against the default and against the best, with intervals that hold together.

for each figure of a run, such as its test score:
a method's value on a problem is its mean over repeats
differences are paired within the problems that all methods have
tests and intervals are those of `inference`, for a scope that is named
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from tuners.analysis import units
from tuners.analysis.inference import Estimate, Layout, estimate, half_widths, step_down
from tuners.analysis.levels import ALPHA, LEAST
from tuners.analysis.statistics import Matrix
from tuners.analysis.units import Interval
from tuners.results.landmarks import EQUAL
from tuners.results.record import BASE

Scope = Literal["these datasets", "data like these", "in general"]
"""What a figure holds for: further seeds of these datasets, new rows of them, or datasets of their kind."""
What = Literal["test", "regret", "rank"]
Standing = Literal["best", "tied", "behind", "too few cells"]


@dataclass(frozen=True)
class Contrast:
    """One method against another, paired within problems; above 0 the method is the better one."""

    tuner: str
    other: str
    what: What
    scope: Scope
    metric: str
    """Whose unit the mean has: the metric, `regret` (normalised) or `rank`."""
    problems: int
    datasets: int
    mean: float
    """Of the datasets' means, in the metric's unit."""
    interval: Interval | None = None
    """At 95 % for its whole family; None for too few problems, and where nothing varies: no spread is no precision."""
    p_value: float | None = None
    """Of no difference, adjusted for its whole family; None where no p could be small enough."""
    agree: bool = False
    """Whether the two are equal on each problem: there is no spread to make an interval of."""
    row: float | None = None
    """What one test row makes, in the metric's unit, on the dataset with the fewest; None for a metric without rows."""

    @property
    def text(self) -> str:
        """The difference with its interval in its unit; a sentence where none is seen."""
        if self.agree:
            finest = "" if self.row is None else f" (one test row is {units.size(self.row, self.metric)})"
            return f"no difference seen in {self.problems} problem{'' if self.problems == 1 else 's'}{finest}"
        return units.difference(self.mean, self.interval, self.metric)

    @property
    def found(self) -> Literal["better", "worse", "open"]:
        """What the test says of it."""
        if self.p_value is None or self.p_value >= ALPHA:
            return "open"
        return "better" if self.mean > 0 else "worse"

    def turned(self) -> Contrast:
        """Return the contrast of the other against the one."""
        interval = None if self.interval is None else (-self.interval[1], -self.interval[0])
        return replace(self, tuner=self.other, other=self.tuner, mean=0.0 - self.mean, interval=interval)


@dataclass(frozen=True)
class Contrasts:
    """All methods of a group against each other, by one figure and in one scope."""

    what: What
    scope: Scope
    metric: str
    """Whose unit the figures have."""
    tuners: tuple[str, ...] = ()
    problems: int = 0
    datasets: int = 0
    means: tuple[float, ...] = ()
    """Of each method: the mean of the datasets' means. Over datasets of unlike scale they are ranks."""
    best: tuple[str, ...] = ()
    """The methods with the best mean."""
    to_default: tuple[Contrast, ...] = ()
    """Of each method but the default, a family of their own."""
    to_best: tuple[Contrast, ...] = ()
    """Of each method but the first of the best, of the family of all pairs: the same values choose the best."""
    pairs: tuple[Contrast, ...] = ()
    note: str = ""
    """Why there is no test or no interval."""

    def against_default(self, tuner: str) -> Contrast | None:
        """Return the contrast of a method to the default; None of the default itself."""
        return next((each for each in self.to_default if each.tuner == tuner), None)

    def against_best(self, tuner: str) -> Contrast | None:
        """Return the contrast of a method to the best one; None of the best itself."""
        return next((each for each in self.to_best if each.tuner == tuner), None)

    def standing(self, tuner: str) -> Standing | Literal[""]:
        """Return what the test says of a method against the best; empty of one that is not compared."""
        if tuner in self.best:
            return "best"
        contrast = self.against_best(tuner)
        if contrast is None:
            return ""
        if contrast.p_value is None:
            return "too few cells"
        return "behind" if contrast.p_value < ALPHA else "tied"


@dataclass(frozen=True)
class Values:
    """One figure of each method on each problem; larger is better."""

    what: What
    metric: str
    tuners: tuple[str, ...]
    datasets: tuple[str, ...]
    """Of each problem."""
    values: Matrix
    """Problems x methods."""
    rows: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Training and test rows of each dataset; none where they are not known."""
    apart: bool = False
    """Whether the last column is the default, which was no method: it is compared with, and never the best."""

    @property
    def row(self) -> float | None:
        """What one test row makes of the figure, on the dataset with the fewest."""
        tested = [test for _, test in self.rows.values() if test]
        return 1 / min(tested) if tested and self.what == "test" and units.is_share(self.metric) else None

    def known(self, scope: Scope) -> bool:
        """Whether rows are known where the scope needs them: errors on new rows depend on how many there were."""
        return scope != "data like these" or all(all(self.rows.get(name, (0, 0))) for name in self.datasets)

    def layout(self, scope: Scope) -> Layout:
        """Return the problems by dataset, with the spread that half a test row makes as the least."""
        floors = {name: 0.5 / test for name, (_, test) in self.rows.items() if test} if self.row else {}
        shares = {name: test / train for name, (train, test) in self.rows.items() if train}
        return Layout.of(list(self.datasets), floors, shares if scope == "data like these" else {})


def contrasts(values: Values, scope: Scope = "these datasets") -> Contrasts:
    """Compare all methods in a scope, which is one of the first two (`general` has the third)."""
    methods = len(values.tuners) - values.apart
    listed = values.tuners[:methods]
    empty = Contrasts(values.what, scope, values.metric, listed, len(values.values), len(set(values.datasets)))
    if not values.values.size or not methods:
        return empty
    layout = values.layout(scope)
    means = np.array([values.values[place, :methods].mean(axis=0) for place in layout.places]).mean(axis=0)
    best = int(np.argmax(means))
    pairs = _family(values, scope, layout, list(itertools.combinations(range(methods), 2)))
    base = values.tuners.index(BASE) if BASE in values.tuners else None
    others = [] if base is None else [(index, base) for index in range(methods) if index != base]
    first = listed[best]
    return replace(
        empty,
        means=tuple(map(float, means)),
        best=tuple(tuner for tuner, mean in zip(listed, means, strict=True) if means[best] - mean <= EQUAL),
        to_default=_family(values, scope, layout, others),
        to_best=tuple(each if each.other == first else each.turned() for each in pairs if first in _both(each)),
        pairs=pairs,
        note=_note(layout) if values.known(scope) else "how many training rows there were is not known",
    )


def _both(contrast: Contrast) -> tuple[str, str]:
    return contrast.tuner, contrast.other


def _family(values: Values, scope: Scope, layout: Layout, pairs: Sequence[tuple[int, int]]) -> tuple[Contrast, ...]:
    """Return the contrasts of pairs of columns, whose tests and intervals hold together."""
    if not pairs:
        return ()
    one, other = np.array(pairs).T
    differences = values.values[:, one] - values.values[:, other]
    differences = np.where(np.abs(differences) <= EQUAL, 0.0, differences)
    agree = np.all(differences == 0, axis=0)
    found: Estimate = estimate(differences, layout)
    half = half_widths(differences, layout, found) if values.known(scope) else None
    p_values = step_down(differences, layout) if testable(layout) and scope == "these datasets" else None
    return tuple(
        Contrast(
            values.tuners[pair[0]],
            values.tuners[pair[1]],
            values.what,
            scope,
            values.metric,
            problems=layout.problems,
            datasets=len(layout.places),
            mean=float(found.means[index]),
            interval=None
            if half is None or not half[index]
            else (float(found.means[index] - half[index]), float(found.means[index] + half[index])),
            p_value=None if p_values is None else p_values[index],
            agree=bool(agree[index]),
            row=values.row,
        )
        for index, pair in enumerate(pairs)
    )


def testable(layout: Layout) -> bool:
    """Whether the flips are enough for a small p, which is at least 2 / 2**problems, and errors can be estimated."""
    return 2.0 ** (1 - layout.problems) < ALPHA and any(layout.sizes > 1)


def _note(layout: Layout) -> str:
    """Say why nothing is tested; empty where it is."""
    if testable(layout):
        return ""
    if layout.problems >= LEAST:
        return "no dataset has two seeds: how much a difference varies on a dataset is not known"
    here = f"{'is' if layout.problems == 1 else 'are'} {layout.problems}"
    return f"it takes {LEAST} problems to show a difference, and here {here}"
