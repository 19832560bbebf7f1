"""A space's hyperparameters as Optuna's distributions, for reading what was tried and not for searching.

Values stand as they are, so that a dashboard's axes show them; a search by Optuna has positions of listed values
instead (`tuners.methods._optuna`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tuners.spaces import finite_values
from tuners.text.shown import saveable

if TYPE_CHECKING:
    from ConfigSpace import ConfigurationSpace

WIDE = 100
"""The ratio of a range's ends from which the axis of listed numbers is logarithmic: their grids are, too."""


def distributions(space: ConfigurationSpace | None, points: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a distribution for each hyperparameter of a space; of an unknown one, what was seen in points."""
    if space is not None:
        return {name: _of_space(space[name]) for name in space}
    seen: dict[str, list[Any]] = {}
    for point in points:
        for name, value in point.items():
            values = seen.setdefault(name, [])
            if not any(_same(value, each) for each in values):
                values.append(value)
    return {name: _of_values(values) for name, values in seen.items()}


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(saveable(one) == saveable(other))


def _of_space(hyperparameter: Any) -> Any:
    values = finite_values(hyperparameter)
    if values is not None:
        return _of_values(values)
    return _between(hyperparameter.lower, hyperparameter.upper, log=hyperparameter.log)


def _of_values(values: Iterable[Any]) -> Any:
    """Return listed numbers as their range, so that charts have an axis of numbers; others as choices."""
    from optuna.distributions import CategoricalDistribution  # noqa: PLC0415  an extra's

    listed = list(values)
    kinds = {type(value) for value in listed}
    if kinds <= {int, float} and len(listed) > 1:
        low, high = min(listed), max(listed)
        found = (low, high) if kinds == {int} else (float(low), float(high))
        return _between(*found, log=low > 0 and high / low >= WIDE)
    return CategoricalDistribution([saveable(value) for value in listed])


def _between(low: Any, high: Any, *, log: bool) -> Any:
    from optuna.distributions import FloatDistribution, IntDistribution  # noqa: PLC0415  an extra's

    kind = IntDistribution if isinstance(low, int) else FloatDistribution
    return kind(low, high, log=log)


def divided(params: Mapping[str, Any], known: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the parameters that lie in their distributions, as Optuna holds them, and the others.

    A default configuration may have values that its space has not, such as a word for a number.
    """
    inside: dict[str, Any] = {}
    outside: dict[str, Any] = {}
    for name, value in params.items():
        plain = saveable(value)
        (inside if name in known and _contains(known[name], plain) else outside)[name] = plain
    return inside, outside


def _contains(distribution: Any, value: Any) -> bool:
    from optuna.distributions import CategoricalDistribution  # noqa: PLC0415  an extra's

    if isinstance(distribution, CategoricalDistribution):
        return any(type(value) is type(each) and value == each for each in distribution.choices)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and distribution.low <= value <= distribution.high
