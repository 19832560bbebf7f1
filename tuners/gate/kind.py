"""The contract of a kind of gate: what its tolerance is, how methods are tested, and how a difference reads."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from tuners.analysis.units import Interval
from tuners.results.session import Session

Outcome = Literal[
    "identical", "improved", "equivalent", "not worse", "regressed", "inconclusive", "not judged", "missing", "failed",
    "new",
]  # fmt: skip
Method = tuple[str, str]
"""A model and a tuner."""


@dataclass(frozen=True)
class Tolerance:
    """How much worse a method may become."""

    value: float
    """A share if relative; else in the kind's unit."""
    relative: bool = False

    @classmethod
    def read(cls, text: str) -> Tolerance | None:
        """Read a number or a percentage that is not negative; None if it is neither."""
        relative = text.endswith("%")
        try:
            value = float(text.removesuffix("%"))
        except ValueError:
            return None
        if not 0 <= value < math.inf:
            return None
        return cls(value / 100 if relative else value, relative)


@dataclass(frozen=True)
class Finding:
    """What a test says of one method."""

    method: Method
    outcome: Outcome
    detail: str = ""
    difference: float | None = None
    """Now minus then, in the kind's unit."""
    interval: Interval | None = None
    """Of the difference, at the confidence of the gate."""
    p_value: float | None = None
    """That it has not become worse beyond the tolerance; Holm-adjusted."""
    metric: str = ""
    """Of a difference of scores, whose unit it has."""
    score: str = ""
    """Of a difference of scores, which: `cross-validation` or `test`."""
    dataset: str = ""
    """Where the difference is worst, if it is one of several."""
    detectable: float | None = None
    """The drop, in the kind's unit, that the gate finds in 8 of 10 runs as these vary."""
    design: str = ""
    """What was compared: datasets, problems and repeats."""
    worse: bool = False
    """Whether a score is shown to be worse at all: what a tolerance of 0 would find."""


Test = Callable[[Tolerance, Sequence[Method], Session, Sequence[Session], float], list[Finding]]
"""Takes tolerance, methods, this session, the earlier ones (the one to compare with first) and the false-alarm rate."""


@dataclass(frozen=True)
class Kind:
    """One kind of gate. Its name in an expression is that of its module."""

    place: int
    """Where it stands among the kinds in help texts."""
    examples: tuple[str, ...]
    """Tolerances as a user writes them; the first one stands in the option's help."""
    read: Callable[[str], Tolerance | None]
    """Reads a tolerance; None for a text that the kind cannot use."""
    test: Test
    worded: Callable[[float, Interval | None, str], str]
    """Words a difference and its interval, given the metric."""
    chance: bool = True
    """Whether chance has a part in it, so that it takes a share of the gate's false alarms."""
    pairs: bool = True
    """Whether it compares cells in pairs, so that cells which failed newly or are unlike cannot be judged."""
