"""How values read: numbers, seconds, intervals, counts and lists, the same in every table and sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tuners.analysis.units import Interval

NOTHING = "-"


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
