"""SciPy's distributions as ranges: those that are uniform, on a scale or its logarithm."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
from scipy import stats
from scipy.stats.distributions import rv_frozen

from tuners.results.params import plain
from tuners.text.shown import shown


@dataclass(frozen=True)
class Range:
    """A range, both its ends included; of whole numbers if both are integers."""

    low: float
    high: float
    log: bool = False


class LogIntegers:
    """Integers from `low` to `high` whose logarithms are evenly spread, as scikit-learn samples them."""

    def __init__(self, low: int, high: int) -> None:
        """Take both ends, which belong to the range."""
        self.low = low
        self.high = high

    def rvs(self, random_state: np.random.RandomState | None = None) -> int:
        """Draw one."""
        # Half a step beyond each end, so that the ends are drawn as often as their neighbours suggest.
        exponent = stats.uniform(math.log(self.low - 0.5), math.log((self.high + 0.5) / (self.low - 0.5)))
        drawn = math.exp(float(exponent.rvs(random_state=random_state)))
        return min(max(round(drawn), self.low), self.high)


_KNOWN = (
    "write a (low, high) range, or stats.randint(low, high), stats.uniform(low, width), stats.loguniform(low, high)"
)

_OWN = (
    "write a (low, high) range, or ConfigSpace's, which has bounds: "
    "Float(name, (low, high), distribution=ConfigSpace.{}(...))"
)
"""The remedy for a distribution that ConfigSpace has, too."""


def refuse(message: str) -> NoReturn:
    """Raise `ValueError`: what is wrong with a hyperparameter's value, and the remedy."""
    raise ValueError(message)


def is_distribution(value: Any) -> bool:
    """Whether a value is one of SciPy's distributions, frozen or not, or draws as they do."""
    return not isinstance(value, type) and (hasattr(value, "rvs") or hasattr(value, "support"))


def written(value: Any) -> str:
    """Return a value as text, a distribution as its user wrote it."""
    if not isinstance(value, rv_frozen):
        return shown(value)
    given = [*map(shown, value.args), *(f"{name}={shown(each)}" for name, each in value.kwds.items())]
    return f"{value.dist.name}({', '.join(given)})"


def bounds(distribution: Any) -> Range:
    """Return the range that a distribution draws from evenly; raise `ValueError` if it does not draw so.

    Ends are what they are in SciPy: `uniform(loc, scale)` ends at `loc + scale`, `randint(low, high)` excludes `high`.
    """
    if isinstance(distribution, LogIntegers):
        return Range(distribution.low, distribution.high, log=True)
    if isinstance(distribution, stats.rv_continuous | stats.rv_discrete):
        refuse(f"a distribution without its bounds: {_KNOWN}")
    name = distribution.dist.name if isinstance(distribution, rv_frozen) else type(distribution).__name__
    if name in _CONFIGSPACE:
        refuse(f"{name} is not drawn evenly from a range: {_OWN.format(_CONFIGSPACE[name])}")
    if name not in _RANGES:
        refuse(f"{name} is not drawn evenly from a range: {_KNOWN}")
    low, high = (plain(np.asarray(end)[()]) for end in distribution.support())
    if not low <= high:
        refuse(f"nothing can be drawn (randint excludes its upper bound): {_KNOWN}")
    whole, log = _RANGES[name]
    if log and _shifted(distribution):
        refuse(f"a shifted loguniform is not even on a logarithmic scale: {_KNOWN}")
    return Range(int(low), int(high)) if whole else Range(float(low), float(high), log=log)


_RANGES = {
    "randint": (True, False),
    "uniform": (False, False),
    "Uniform": (False, False),  # a class of SciPy's newer interface
    "loguniform": (False, True),
    "reciprocal": (False, True),
}
"""Distributions by SciPy's names: of whole numbers, and logarithmic."""
_CONFIGSPACE = {"norm": "Normal", "truncnorm": "Normal", "Normal": "Normal", "beta": "Beta"}
"""ConfigSpace's names of distributions that are not even, by SciPy's."""


def _shifted(distribution: Any) -> bool:
    given = dict(zip(("a", "b", "loc", "scale"), distribution.args, strict=False)) | distribution.kwds
    return bool(given.get("loc", 0))
