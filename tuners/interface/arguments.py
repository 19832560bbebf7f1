"""Keyword arguments as options of a comparison: by the names of the command line, and read as there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from tuners.comparison.options import OPTIONS, Option
from tuners.errors import TuningError, nearest

ELSEWHERE = {
    "models": "give the models as the first argument",
    "datasets": "give the data as the second argument",
    "fail": "save() the comparison, and judge it by `python -m tuners gate THEN NOW --fail EXPR`",
    "alpha": "it is for gates: `python -m tuners gate`",
    "inconclusive": "it is for gates: `python -m tuners gate`",
    "report": "call report(path) on what compare returns",
    "cluster": "it is for a session of pytest's: `pytest --tuning-cluster=ADDRESS`",
    "shard": "it divides a session of pytest's: `pytest --tuning-shard=K/N`",
}
"""Options that mean nothing here, by key: what to do instead."""
OTHERWISE = {"scoring": "metric", "cv": "folds", "n_iter": "budget", "n_jobs": "jobs", "random_state": "seeds"}
"""By scikit-learn's names of arguments: the names here."""


def name_of(option: Option) -> str:
    """Return the keyword of an option: `time_budget` of `--tuning-time-budget`."""
    return option.key.replace("-", "_")


def options_of(function: str, given: Mapping[str, Any], besides: Collection[str]) -> dict[str, Any]:
    """Return options by key, parsed, of keyword arguments; None is an option that was not given.

    `besides` are the function's own arguments, which an unknown one may be meant for. Raises `TypeError` for a name
    that is no option, with the nearest one, and `TuningError` for a value that cannot be read.
    """
    known = {name_of(option): option for option in OPTIONS}
    for name in given:
        if name not in known:
            near = [OTHERWISE[name]] if name in OTHERWISE else nearest(name, [*known, *besides], most=1)
            taken = dict.fromkeys([*besides, *(key for key in known if known[key].key not in ELSEWHERE)])
            meant = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(taken)}"
            message = f"{function}() has no argument {name!r}: {meant}"
            raise TypeError(message)
        if known[name].key in ELSEWHERE and given[name] is not None:
            message = f"{function}() takes no {name!r}: {ELSEWHERE[known[name].key]}"
            raise TypeError(message)
    return {known[name].key: _read(name, known[name], value) for name, value in given.items() if value is not None}


def _read(name: str, option: Option, value: Any) -> Any:
    several = option.repeatable and not isinstance(value, str)
    try:
        if several:
            return tuple(option.read(_text(each)) for each in value)
        found = option.read(_text(value))
    except ValueError as error:
        message = f"{name}: expected {error}, got {value!r}"
        raise TuningError(message) from None
    return (found,) if option.repeatable else found


def _text(value: Any) -> str:
    """Return a value as it would be written on the command line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) or not isinstance(value, Iterable):
        return str(value)
    parts = [f'"{each}"' if isinstance(each, str) and "," in each else str(each) for each in value]
    # One number with a comma is a list of it: 7 alone would be seven seeds.
    return ",".join(parts) + ("," if len(parts) == 1 and not isinstance(next(iter(value)), str) else "")
