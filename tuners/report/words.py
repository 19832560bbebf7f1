"""How values read: numbers, seconds, intervals, counts and lists, the same in every table and sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tuners.analysis import units
from tuners.analysis.units import Interval
from tuners.results.scorers import direction, read_as

NOTHING = "-"
RECORDED = "†"
"""Marks seconds of the recorded clock."""
SHORT_WAIT = 120
"""Seconds from which a wait is told in minutes."""


def number(value: float | None, digits: int = 4, *, sign: bool = False) -> str:
    """Format a number."""
    return NOTHING if value is None else f"{value:{'+' if sign else ''}z.{digits}f}"


def duration(value: float | None, *, sign: bool = False) -> str:
    """Format seconds with three significant digits or to the second."""
    if value is None:
        return NOTHING
    return f"{value:{'+' if sign else ''}z.{0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2}f}"


def clock_time(seconds: float) -> str:
    """Format seconds that a person waits: in seconds, minutes, or hours and minutes."""
    if seconds < SHORT_WAIT:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


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
    return units.name(metric)


def score(value: float | None, metric: str, digits: int = 4) -> str:
    """Format a score as people read it: a loss as a positive number."""
    return number(None if value is None else read_as(metric, value), digits)


def turned(value: float, ends: Interval | None, metric: str) -> tuple[float, Interval | None]:
    """Return a difference of scores in the scores' own unit; of losses with its sign turned."""
    value = read_as(metric, value)
    found = None if ends is None else (read_as(metric, ends[0]), read_as(metric, ends[1]))
    return value, None if found is None else (min(found), max(found))


def gain(metric: str) -> str:
    """Return what a difference to the untuned model is called: a loss changes, and better is below 0."""
    return "change" if units.falls(metric) else "gain"


def bare(value: float, ends: Interval | None, metric: str) -> str:
    """Format a difference in its metric's unit without naming it, for a column whose heading does."""
    return units.bare(*units.read(value, ends, metric), metric)


def bare_distance(value: float, ends: Interval | None, metric: str) -> str:
    """Format how far scores lie apart, without naming the unit."""
    return units.bare(*units.apart(value, ends, metric), metric)


def directed(title: str, metric: str) -> str:
    """Return a title with the direction of a loss, which everybody would else take for a score."""
    return f"{title}, {direction(metric)}" if units.falls(metric) else title


def ends(span: tuple[int, int]) -> str:
    """Format the least and the most of a count; zeros are not known."""
    if not any(span):
        return NOTHING
    return str(span[0]) if span[0] == span[1] else f"{span[0]} to {span[1]}"
