"""What each kind of value in a mapping means as a hyperparameter: one table, and a reader for each row."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from ConfigSpace import UniformFloatHyperparameter, UniformIntegerHyperparameter
from ConfigSpace.hyperparameters import Hyperparameter
from ConfigSpace.hyperparameters.hp_components import ROUND_PLACES

from tuners.results.params import plain
from tuners.spaces.exact import Choices, FineFloat, Fixed, Ordered
from tuners.spaces.scipy_distributions import Range, bounds, is_distribution, refuse
from tuners.spaces.values import position
from tuners.text.shown import shown

AnyHyperparameter = Hyperparameter[Any, Any]

_EXPECTED = "expected a list of choices, a (low, high) range of numbers, or one value"
_SCALES = {"log": True, "log-uniform": True, "uniform": False}
"""The third of a range's tuple, by these names, and whether it is logarithmic."""
_LARGEST = 2**53
"""The largest bound of whole numbers: ConfigSpace computes with floats."""
_MOST_VALUES = 10_000
_MOST_STEPS = 1_000
"""A longer `range` of steps of one is a range of integers, which is not listed."""
_MUCH = 1e-6
"""A share of a bound: one that rounding would change by more is kept as it is."""


def _own(name: str, value: AnyHyperparameter) -> AnyHyperparameter:
    if value.name != name:
        refuse(f"it is named {value.name!r}: name it {name!r}")
    return value


def _range(name: str, value: tuple[Any, ...]) -> AnyHyperparameter:
    low, high, *scale = map(plain, value) if len(value) in {2, 3} else (None, None)
    known = all(isinstance(each, str) and each in _SCALES for each in scale)
    if low is None or high is None or not (known and _is_number(low) and _is_number(high)):
        expected = 'a tuple is a range, (low, high) or (low, high, "log"), of numbers'
        refuse(f"{expected}: write choices as a list, {_list(value)}")
    return _between(name, Range(low, high, log=any(_SCALES[each] for each in scale)))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _list(value: Iterable[Any]) -> str:
    return shown([plain(each) for each in value])


def _distribution(name: str, value: Any) -> AnyHyperparameter:
    return _between(name, bounds(value))


def _between(name: str, found: Range) -> AnyHyperparameter:
    low, high, log = found.low, found.high, found.log
    whole = isinstance(low, int) and isinstance(high, int)
    if whole and max(abs(low), abs(high)) > _LARGEST:
        refuse("a bound is beyond 2**53: write floats")
    if not (math.isfinite(low) and math.isfinite(high)):
        refuse("a bound is not finite: write two numbers")
    if low > high:
        refuse(f"low above high: write {shown((high, low, 'log') if log else (high, low))}")
    if log and low <= 0:
        refuse("a logarithmic range begins above 0")
    if low == high:
        return Fixed(name, low if whole else float(low))
    if whole:
        return UniformIntegerHyperparameter(name, low, high, log=log)
    low, high = float(low), float(high)
    fine = any(abs(round(each, ROUND_PLACES) - each) > _MUCH * abs(each) for each in (low, high, high - low))
    return FineFloat(name, low, high, log=log) if fine else UniformFloatHyperparameter(name, low, high, log=log)


def _choices(name: str, value: Collection[Any]) -> AnyHyperparameter:
    return Choices(name, _distinct(value))


def _array(name: str, value: Any) -> AnyHyperparameter:
    dimensions = getattr(value, "ndim", 1)
    if dimensions == 0:
        return Fixed(name, value.item())
    if dimensions > 1:
        refuse(f"an array of {dimensions} dimensions: expected one, or a list of choices")
    return _in_order(name, value)


def _steps(name: str, value: range) -> AnyHyperparameter:
    if len(value) > _MOST_STEPS and abs(value.step) == 1:
        return _between(name, Range(min(value[0], value[-1]), max(value[0], value[-1])))
    return _in_order(name, value)


def _in_order(name: str, value: Collection[Any]) -> AnyHyperparameter:
    values = _distinct(value)
    if all(map(_is_number, values)):
        steps = {one < other for one, other in itertools.pairwise(values)}
        if len(steps) == 1:
            return Ordered(name, values)
    return Choices(name, values)


def _distinct(value: Collection[Any]) -> list[Any]:
    if len(value) > _MOST_VALUES:
        refuse(f"{len(value):,} values are too many to list: write a (low, high) range")
    values = [plain(each) for each in value]
    if not values:
        refuse("there is no value: list at least one")
    seen: set[Any] = set()
    others: list[Any] = []
    for each in values:
        if type(each) in {bool, int, float, str}:
            known = (type(each), each) in seen
            seen.add((type(each), each))
        else:
            known = position(others, each) is not None
            others.append(each)
        if known:
            refuse(f"{shown(each)} is listed twice: list each value once")
    return values


def _refuse(_: str, value: Any) -> AnyHyperparameter:
    kind = type(value).__name__
    refuse(f"{_EXPECTED}, got a {kind}: write list(...) of it, sorted where it has no order")


def _refuse_object(_: str, value: Any) -> AnyHyperparameter:
    refuse(f"{_EXPECTED}, got a {type(value).__name__}: for one fixed value, list it alone, [value]")


def _fixed(name: str, value: Any) -> AnyHyperparameter:
    return Fixed(name, plain(value))


def _is_one(value: Any) -> bool:
    if value is None or callable(value) or hasattr(value, "get_params"):
        return True
    return isinstance(plain(value), str | bytes | int | float)


# The first that applies reads the value; ValueErrors say what was expected and the remedy.
READERS: tuple[tuple[Callable[[Any], bool], Callable[[str, Any], AnyHyperparameter]], ...] = (
    (lambda value: isinstance(value, Hyperparameter), _own),
    (lambda value: isinstance(value, tuple), _range),
    (lambda value: isinstance(value, list), _choices),
    (lambda value: isinstance(value, range), _steps),
    (is_distribution, _distribution),
    (_is_one, _fixed),
    (lambda value: hasattr(value, "tolist") and hasattr(value, "__len__"), _array),
    (lambda value: isinstance(value, Mapping), _refuse_object),
    (lambda value: isinstance(value, Iterable), _refuse),
    (lambda value: True, _refuse_object),  # noqa: ARG005  it applies to whatever is left
)
