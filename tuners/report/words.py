"""How values read: numbers, seconds, intervals, counts and lists, the same in every table and sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tuners.analysis import units
from tuners.analysis.units import Interval

NOTHING = "-"
RECORDED = "†"
"""Marks seconds of the recorded clock."""


def number(value: float | None, digits: int = 4, *, sign: bool = False) -> str:
    """Format a number."""
    return NOTHING if value is None else f"{value:{'+' if sign else ''}z.{digits}f}"


def duration(value: float | None, *, sign: bool = False) -> str:
    """Format seconds with three significant digits or to the second."""
    if value is None:
        return NOTHING
    return f"{value:{'+' if sign else ''}z.{0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2}f}"


def interval(value: Interval | None, text: Callable[..., str] = number, **options: Any) -> str:
    """Format an interval as `[low, high]`."""
    return NOTHING if value is None else f"[{', '.join(text(end, **options) for end in value)}]"


def difference(value: float | None, ends: Interval | None, text: Callable[..., str], **options: Any) -> str:
    """Format a difference with its sign, and its interval where there is one."""
    return f"{text(value, sign=True, **options)} {interval(ends, text, sign=True, **options)}".removesuffix(
        f" {NOTHING}"
    )


def listed(names: Sequence[str]) -> str:
    """Join names as a sentence has them."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def counted(number: int, what: str) -> str:
    """Return a number of things, in the singular or the plural."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def percentage(share: float | None) -> str:
    """Format a share of 1 in whole percent, which is 0 or 100 only for none and all."""
    if share is None:
        return NOTHING
    low, high = (1 if share > 0 else 0), (99 if share < 1 else 100)
    return f"{min(max(round(100 * share), low), high)} %"


def clocked(seconds: float | None, clock: str) -> str:
    """Format seconds, with a mark if they are the recorded clock's."""
    return duration(seconds) + (RECORDED if "recorded" in clock and seconds is not None else "")


def unit(metric: str) -> str:
    """Return the unit of a metric's differences."""
    return "points" if units.is_share(metric) else metric or "score"


def bare(value: float, ends: Interval | None, metric: str) -> str:
    """Format a difference in its metric's unit without naming it, for a column whose heading does."""
    return units.difference(value, ends, metric).replace(f" {unit(metric)}", "", 1)


def points(value: float, interval: Interval | None, metric: str) -> tuple[float, Interval | None]:
    """Return a difference and its interval in the metric's unit, for a chart: hundredths of a share."""
    scale = 100.0 if units.is_share(metric) else 1.0
    return scale * value, None if interval is None else (scale * interval[0], scale * interval[1])


def ends(span: tuple[int, int]) -> str:
    """Format the least and the most of a count."""
    return str(span[0]) if span[0] == span[1] else f"{span[0]} to {span[1]}"
