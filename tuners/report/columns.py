"""The tables' columns, each written once: heading, meaning, how a value reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tuners.analysis.failures import FailureRow
from tuners.analysis.methods import MethodRow
from tuners.analysis.units import Interval

NOTHING = "-"


@dataclass(frozen=True)
class Column:
    """One column: its heading and how to read a row's value as text."""

    heading: str
    text: Callable[[Any], str]
    needed: Callable[[Any], bool] = lambda rows: True  # noqa: ARG005  most always are
    """Whether a table of these rows has the column."""


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


def _method(row: MethodRow) -> str:
    return row.tuner + ("*" if row.own_space else "") + ("!" if row.failures else "")


def _change(row: MethodRow) -> str:
    if row.change is None:
        return NOTHING
    return f"{number(row.change, 2, sign=True)} {interval(row.change_interval, digits=2, sign=True)}".removesuffix(
        f" {NOTHING}"
    )


def _against_default(row: MethodRow) -> str:
    return _difference(row.difference, row.difference_interval, number) if row.difference is not None else NOTHING


def _percentages(rows: Sequence[MethodRow]) -> bool:
    """Whether the untuned model is compared with in percent, which some metrics do not have."""
    return any(row.change is not None for row in rows) or all(row.difference is None for row in rows)


def _tied(row: MethodRow) -> str:
    return f"{row.tied} p={row.p_value:.3f}" if row.p_value is not None else row.tied or NOTHING


def _evaluations(row: MethodRow) -> str:
    if row.evaluations is None:
        return NOTHING
    budget = "" if row.budget is None else f"/{row.budget}"
    return f"{row.evaluations:g}{budget}{' t' if row.timed_out else ''}"


def _search(row: MethodRow) -> str:
    if row.search_seconds is None or row.search_share is None:
        return NOTHING
    return f"{duration(row.search_seconds)} ({row.search_share:.0%})"


SCORES: tuple[Column, ...] = (
    Column("tuner", _method),
    Column("test score", lambda row: number(row.test_score)),
    Column("95 % interval", lambda row: interval(row.test_interval)),
    Column("vs default, %", _change, _percentages),
    Column("vs default", _against_default, lambda rows: not _percentages(rows)),
    Column("CV score", lambda row: number(row.cv_score)),
    Column("regret", lambda row: number(row.regret), lambda rows: any(row.regret is not None for row in rows)),
    Column("rank", lambda row: number(row.rank, 2)),
    Column("against best", _tied),
)

COSTS: tuple[Column, ...] = (
    Column("tuner", _method),
    Column("seconds", lambda row: duration(row.seconds) + ("~" if row.contended else "")),
    Column("95 % interval", lambda row: interval(row.seconds_interval, duration)),
    Column("search s", _search),
    Column("evaluations", _evaluations),
    Column("+MiB", lambda row: NOTHING if row.memory_growth is None else f"{row.memory_growth / 2**20:.0f}"),
    Column("cells", lambda row: str(row.cells)),
    Column("failures", lambda row: str(row.failures)),
)


def _then_now(then: str, now: str) -> str:
    return f"{then} -> {now}"


def _difference(value: float | None, ends: Interval | None, text: Callable[..., str]) -> str:
    return f"{text(value, sign=True)} {interval(ends, text, sign=True)}".removesuffix(f" {NOTHING}")


_COMPARED = Column("method", lambda row: f"{row.tuner} on {row.model}")
_PAIRS = Column("cells", lambda row: f"{row.cells}" + (f" (+{row.unpaired})" if row.unpaired else ""))

COMPARED_SCORES: tuple[Column, ...] = (
    _COMPARED,
    _PAIRS,
    Column("same", lambda row: str(row.identical)),
    Column("score then -> now", lambda row: _then_now(number(row.score_then), number(row.score_now))),
    Column("difference, 95 %", lambda row: _difference(row.score_difference, row.score_interval, number)),
    Column("failures", lambda row: _then_now(str(row.failures_then), str(row.failures_now))),
)

COMPARED_SECONDS: tuple[Column, ...] = (
    _COMPARED,
    _PAIRS,
    Column("seconds then -> now", lambda row: _then_now(duration(row.seconds_then), duration(row.seconds_now))),
    Column("difference, 95 %", lambda row: _difference(row.seconds_difference, row.seconds_interval, duration)),
)

RANKS: tuple[Column, ...] = (
    Column("tuner", lambda row: row.tuner),
    Column("average rank", lambda row: number(row.rank, 2)),
    Column("95 % interval", lambda row: interval(row.interval, digits=2)),
)

TIMES: tuple[Column, ...] = (
    Column("tuner", lambda row: row.tuner),
    Column("runs", lambda row: str(row.runs)),
    Column("fitting, s", lambda row: duration(row.fitting)),
    Column("scoring, s", lambda row: duration(row.scoring)),
    Column("searching, s", lambda row: duration(row.searching)),
)

OVERTUNING: tuple[Column, ...] = (
    Column("tuner", lambda row: row.tuner),
    Column("runs", lambda row: str(row.runs)),
    Column("overtuned", lambda row: str(row.overtuned)),
    Column("mean loss", lambda row: number(row.mean)),
    Column("95 % interval", lambda row: interval(row.interval)),
    Column("largest", lambda row: number(row.largest)),
)

MOST_CELLS = 20
"""Of one failure row that are listed."""


def _where(row: FailureRow) -> str:
    more = len(row.where) - MOST_CELLS
    return ", ".join(row.where[:MOST_CELLS]) + (f" and {more} more" if more > 0 else "")


FAILURES: tuple[Column, ...] = (
    Column("what", lambda row: row.what),
    Column("status", lambda row: row.status),
    Column("of", lambda row: row.whose),
    Column("how many", lambda row: f"{row.count} of {row.total}"),
    Column("reason", lambda row: row.reason),
    Column("where", _where),
)


def texts(columns: tuple[Column, ...], rows: Sequence[Any]) -> list[list[str]]:
    """Return the rows as text, one list a row."""
    return [[column.text(row) for column in columns if column.needed(rows)] for row in rows]


def headings(columns: tuple[Column, ...], rows: Sequence[Any]) -> list[str]:
    """Return the headings of a table of these rows."""
    return [column.heading for column in columns if column.needed(rows)]
