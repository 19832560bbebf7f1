"""The unit of a score: which metrics are shares, which have percentages, and how scores and differences read.

Scores are kept so that larger is better; a loss is read as a positive number, the lower the better.

It needs no library, so that what words a verdict loads none.
"""

from __future__ import annotations

import math
import re

from tuners.results.scorers import is_loss, spoken

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
EARLIER, UNTUNED = "of the earlier ", "of the default's "
"""How a metric's name begins whose differences are shares of the earlier scores, or of the untuned model's."""


def is_share(metric: str) -> bool:
    """Whether a score is a share of 1, so that its differences are points."""
    return _SHARES.fullmatch(metric) is not None


def has_percentages(metric: str) -> bool:
    """Whether a percentage of a score means something: not where zero is a middle, as it is of r2 and correlations."""
    return _SIGNED.fullmatch(metric) is None


def name(metric: str) -> str:
    """Return the unit of a metric's differences as people read it; `score` where the metric is not known."""
    begun = _shares_of(metric)
    if begun:
        return f"% {begun}{spoken(metric.removeprefix(begun))}"
    return "points" if is_share(metric) else spoken(metric) or "score"


def _shares_of(metric: str) -> str:
    return next((begun for begun in (EARLIER, UNTUNED) if metric.startswith(begun)), "")


def falls(metric: str) -> bool:
    """Whether a better score is read as a lower number."""
    return is_loss(metric.removeprefix(_shares_of(metric)))


def scale(metric: str) -> float:
    """Return by what a difference of scores is multiplied to be read: 100 for points; below 0 for a loss."""
    return (-1.0 if falls(metric) else 1.0) * (100.0 if is_share(metric) or _shares_of(metric) else 1.0)


def read(value: float, ends: Interval | None, metric: str) -> tuple[float, Interval | None]:
    """Return a difference of scores and its interval as people read them, in the metric's unit; of losses turned."""
    by = scale(metric)
    turned = None if ends is None else (by * ends[0], by * ends[1])
    return by * value, None if turned is None else (min(turned), max(turned))


def apart(value: float, ends: Interval | None, metric: str) -> tuple[float, Interval | None]:
    """Return how far scores lie apart, and its interval, in the metric's unit; more is further, of losses, too."""
    by = abs(scale(metric))
    return by * value, None if ends is None else (by * ends[0], by * ends[1])


def difference(value: float, ends: Interval | None, metric: str) -> str:
    """Return a difference of scores as people read it: in points of a share, else in the metric's own unit, named."""
    value, ends = read(value, ends, metric)
    if is_share(metric):
        return f"{value:+z.2f} {name(metric)}{_interval(ends, 1, 2)}"
    return f"{bare(value, ends, metric)} {name(metric)}"


def bare(value: float, ends: Interval | None, metric: str) -> str:
    """Return what `read` or `apart` has returned as text, without its unit."""
    largest = max(map(abs, (value, *(ends or ()))))
    places = _DIGITS - 1 - math.floor(math.log10(largest)) if 0 < largest < math.inf else 0
    places = min(max(places, 0), 15) if abs(scale(metric)) == 1 else 2
    return f"{value:+z.{places}f}{_interval(ends, 1, places)}"


def size(value: float, metric: str) -> str:
    """Return how far scores lie apart, in the metric's unit, without a sign."""
    return f"{bare(*apart(value, None, metric), metric)} {name(metric)}".lstrip("+")


def percent(value: float, ends: Interval | None) -> str:
    """Return a share, such as of seconds, in percent."""
    return f"{100 * value:+z.0f} %{_interval(ends, 100, 0)}"


def _interval(ends: Interval | None, scale: float, places: int) -> str:
    return "" if ends is None else f" [{scale * ends[0]:+z.{places}f}, {scale * ends[1]:+z.{places}f}]"
