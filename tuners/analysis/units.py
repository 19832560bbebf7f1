"""The unit of a score: which metrics are shares, which have percentages, and how a difference reads.

It needs no library, so that what words a verdict loads none.
"""

from __future__ import annotations

import math
import re

Interval = tuple[float, float]
"""Lower and upper end."""
_SHARES = re.compile(
    r"(balanced_|top_k_)?accuracy|average_precision|roc_auc(_ov[or](_weighted)?)?|(f1|precision|recall|jaccard)(_\w+)?"
    r"|homogeneity_score|completeness_score|v_measure_score|fowlkes_mallows_score|normalized_mutual_info_score"
)
"""scikit-learn's scorers that lie between 0 and 1, whose hundredths are points."""
_SIGNED = re.compile(r"r2|explained_variance|d2_\w+|matthews_corrcoef|adjusted_\w+")
"""Those that lie on both sides of zero."""
_DIGITS = 4
"""Significant ones of a difference."""


def is_share(metric: str) -> bool:
    """Whether a score is a share of 1, so that its differences are points."""
    return _SHARES.fullmatch(metric) is not None


def has_percentages(metric: str) -> bool:
    """Whether a percentage of a score means something: not where zero is a middle, as it is of r2 and correlations."""
    return _SIGNED.fullmatch(metric) is None


def difference(value: float, ends: Interval | None, metric: str) -> str:
    """Return a difference of scores in the metric's unit: points of a share, else the metric's own, which is named."""
    if is_share(metric):
        return f"{100 * value:+z.2f} points{_interval(ends, 100, 2)}"
    size = max(map(abs, (value, *(ends or ()))))
    places = _DIGITS - 1 - math.floor(math.log10(size)) if 0 < size < math.inf else 0
    places = min(max(places, 0), 15)
    return f"{value:+z.{places}f}{_interval(ends, 1, places)} {metric or 'score'}"


def size(value: float, metric: str) -> str:
    """Return a distance of scores in the metric's unit, without a sign."""
    return difference(value, None, metric).lstrip("+")


def percent(value: float, ends: Interval | None) -> str:
    """Return a share, such as of seconds, in percent."""
    return f"{100 * value:+z.0f} %{_interval(ends, 100, 0)}"


def _interval(ends: Interval | None, scale: float, places: int) -> str:
    return "" if ends is None else f" [{scale * ends[0]:+z.{places}f}, {scale * ends[1]:+z.{places}f}]"
