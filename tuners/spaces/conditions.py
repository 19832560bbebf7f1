"""Conditions: a hyperparameter that counts only where others have certain values.

`{"kernel": ["linear", "rbf"], "gamma": when((1e-4, 10.0, "log"), kernel="rbf")}`: gamma is active where the kernel is
rbf, and absent from the parameters elsewhere. A parent may have a condition of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ConfigSpace import AndConjunction, ConfigurationSpace, EqualsCondition, InCondition
from ConfigSpace.hyperparameters import IntegerHyperparameter

from tuners.errors import TuningError, nearest
from tuners.results.params import plain
from tuners.spaces.values import position

Needed = dict[str, tuple[Any, ...]]
"""By parent: the values of it that a hyperparameter needs; of all its parents one each."""


@dataclass(frozen=True, eq=False)
class When:
    """What a hyperparameter may be, and where it is active."""

    values: Any
    """As a mapping of a space has them."""
    needed: Needed


def when(values: Any, parents: Mapping[str, Any] | None = None, /, **named: Any) -> When:
    """Return the values of a hyperparameter that is active only where others have certain values.

    `values` are as without a condition. Others are named by keyword, `when((2, 5), kernel="poly")`, or in a mapping,
    where a name is no word of Python's; a list is one of several values; of several parents all must agree.
    Raises `TuningError` where no parent is named.
    """
    if not isinstance(parents, Mapping | None):
        message = f'when: expected other hyperparameters and their values, as in kernel="poly", got {parents!r}'
        raise TuningError(message)
    both = {**(parents or {}), **named}
    if not both:
        message = 'when: expected the hyperparameter that it depends on, as in when((2, 5), kernel="poly"), got none'
        raise TuningError(message)
    if isinstance(values, When):
        message = "when: expected values, got another condition: name all parents in one, when(values, a=1, b=2)"
        raise TuningError(message)
    return When(values, {name: tuple(each) if isinstance(each, list) else (each,) for name, each in both.items()})


def condition(space: ConfigurationSpace, child: str, needed: Needed) -> Any:
    """Return ConfigSpace's condition of a hyperparameter of the space; raise `TuningError` for one that cannot hold."""
    parts: list[Any] = []
    for parent, values in needed.items():
        _check(space, child, parent, values)
        one = len(values) == 1
        parts.append(
            EqualsCondition(space[child], space[parent], values[0])
            if one
            else InCondition(space[child], space[parent], list(values))
        )
    return parts[0] if len(parts) == 1 else AndConjunction(*parts)


def _check(space: ConfigurationSpace, child: str, parent: str, values: Sequence[Any]) -> None:
    about = f"search space: {child}: its condition on {parent!r}"
    if parent not in space or parent == child:
        others = ", ".join(repr(name) for name in space if name != child)
        near = nearest(parent, [name for name in space if name != child], most=1)
        meant = f": did you mean {near[0]!r}?" if near else ""
        message = f"{about}: expected another hyperparameter of the space: it has {others or 'no other'}{meant}"
        raise TuningError(message)
    hyperparameter = space[parent]
    whole = isinstance(hyperparameter, IntegerHyperparameter)
    unlike = [
        value
        for value in values
        if (whole and (isinstance(value, bool) or not isinstance(value, int))) or not hyperparameter.legal_value(value)
    ]
    if not values or unlike:
        message = f"{about}: expected values that {parent!r} can have ({hyperparameter}), got {unlike or 'none'}"
        raise TuningError(message)
    numbers = [value for value in getattr(hyperparameter, "choices", ()) if isinstance(value, bool | int | float)]
    if len(set(numbers)) < len(numbers):  # ConfigSpace compares the values of parents with ==
        message = f"{about}: expected numbers that differ in more than their type, got {numbers}"
        raise TuningError(message)


def needed_by(space: ConfigurationSpace) -> dict[str, Needed]:
    """Return what each conditional hyperparameter needs, by its name.

    Raises `TuningError` for a condition of another kind than Equals, In, and And of them.
    """
    found: dict[str, Needed] = {}
    for each in space.conditions:
        parts = each.components if isinstance(each, AndConjunction) else [each]
        for part in parts:
            if isinstance(part, EqualsCondition):
                values: tuple[Any, ...] = (plain(part.value),)
            elif isinstance(part, InCondition):
                values = tuple(map(plain, part.values))
            else:
                message = (
                    f"the search space has the condition {each}: expected EqualsCondition, InCondition, or "
                    "AndConjunction of them, which every method can search"
                )
                raise TuningError(message)
            of_child = found.setdefault(part.child.name, {})
            known = of_child.get(part.parent.name)
            of_child[part.parent.name] = (
                values if known is None else tuple(value for value in known if position(values, value) is not None)
            )
    return found


def holds(needed: Needed, params: Mapping[str, Any]) -> bool:
    """Whether all parents are there, with a value that is needed."""
    return all(parent in params and position(values, params[parent]) is not None for parent, values in needed.items())


def active(space: ConfigurationSpace, params: Mapping[str, Any]) -> list[str]:
    """Return the names of the hyperparameters that count at a point, parents first.

    The point may have values of inactive ones, too, which are not looked at.
    """
    if not space.conditions:
        return list(space)
    needed = needed_by(space)
    found: dict[str, Any] = {}
    for name in space:  # ConfigSpace lists parents before their children
        if name not in needed or holds(needed[name], found):
            found[name] = params.get(name)
    return list(found)
