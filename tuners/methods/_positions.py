"""A point of a space as positions of its listed values, also where some hyperparameters are inactive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tuners.spaces import Params, active, finite_values, from_positions
from tuners.spaces.values import position

if TYPE_CHECKING:
    from ConfigSpace import ConfigurationSpace


def positions(space: ConfigurationSpace, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the positions of listed values, and the numbers in ranges, of the hyperparameters that are there."""
    point = {}
    for name, value in params.items():
        values = finite_values(space[name])
        point[name] = value if values is None else position(values, value)
    return point


def without_inactive(space: ConfigurationSpace, point: Mapping[str, Any]) -> Params:
    """Return the parameters of a point that has a position or a number for every hyperparameter."""
    params = from_positions(space, point)
    return {name: params[name] for name in active(space, params)} if space.conditions else params
