"""Reading a search space, and refusing what not every method can search."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ConfigSpace import (
    BetaFloatHyperparameter,
    BetaIntegerHyperparameter,
    CategoricalHyperparameter,
    ConfigurationSpace,
    Constant,
    NormalFloatHyperparameter,
    NormalIntegerHyperparameter,
    OrdinalHyperparameter,
    UniformFloatHyperparameter,
    UniformIntegerHyperparameter,
)
from ConfigSpace.exceptions import CyclicDependancyError

from tuners.errors import TuningError, one_line
from tuners.spaces.conditions import When, condition, needed_by
from tuners.spaces.exact import FineFloat
from tuners.spaces.grids import MOST_CANDIDATES, candidates
from tuners.spaces.kinds import READERS, AnyHyperparameter
from tuners.spaces.points import size
from tuners.spaces.scipy_distributions import written
from tuners.text.shown import shown

SpaceLike = ConfigurationSpace | Mapping[str, Any]

_SUPPORTED = (
    CategoricalHyperparameter,
    OrdinalHyperparameter,
    UniformIntegerHyperparameter,
    UniformFloatHyperparameter,
    FineFloat,
    NormalIntegerHyperparameter,
    NormalFloatHyperparameter,
    BetaIntegerHyperparameter,
    BetaFloatHyperparameter,
    Constant,
)
_TEXT_LENGTH = 60


def as_space(space: SpaceLike) -> ConfigurationSpace:
    """Return a space that every library here can search.

    A `ConfigurationSpace` is returned as it is. In a mapping by name, a value means:

    - a list: choices; so does a `range`, a NumPy array or a pandas series, in order where they rise or fall;
    - a tuple `(low, high)`: a range, of integers if both are, and logarithmic as `(low, high, "log")`;
    - SciPy's frozen `randint`, `uniform` and `loguniform`: the range that they draw from;
    - one value: that value alone;
    - `when(any of these, parent=value)`: the same, active only where another hyperparameter has that value.

    Listed values come back as they are, NumPy scalars as plain Python values. Raises `TuningError`, which names
    the hyperparameter, for any other value. Raises it, too, for a condition of another kind
    than Equals, In, and And of them, since all methods of a comparison search the same space.
    """
    if not isinstance(space, ConfigurationSpace):
        if not isinstance(space, Mapping):
            message = (
                f"the search space is a {type(space).__name__}: expected a mapping of hyperparameters, as in "
                '{"max_depth": [2, 4], "alpha": (0.0, 1.0)}, or a ConfigurationSpace'
            )
            raise TuningError(message)
        given = {name: value for name, value in space.items() if isinstance(value, When)}
        hyperparameters = [_read(name, given[name].values if name in given else value) for name, value in space.items()]
        space = ConfigurationSpace()
        space.add(hyperparameters)
        conditions = [condition(space, name, value.needed) for name, value in given.items()]
        try:
            space.add(conditions)
        except CyclicDependancyError:
            names = ", ".join(map(repr, given))
            message = f"search space: conditions form a circle, some of {names} depend on each other: leave one out"
            raise TuningError(message) from None
    _check(space)
    return space


def _check(space: ConfigurationSpace) -> None:
    if not len(space):
        message = "the search space is empty: name at least one hyperparameter"
        raise TuningError(message)
    for hyperparameter in space.values():
        if not isinstance(hyperparameter, _SUPPORTED):
            message = (
                f"hyperparameter {hyperparameter.name!r} is a {type(hyperparameter).__name__}: "
                f"expected one of {', '.join(kind.__name__ for kind in _SUPPORTED)}"
            )
            raise TuningError(message)
    for child, needed in needed_by(space).items():
        endless = [parent for parent in needed if (size(space[parent]) or math.inf) > MOST_CANDIDATES]
        if endless:
            message = (
                f"search space: {child}: its condition on {endless[0]!r}: expected a hyperparameter of listed values "
                f"or of at most {MOST_CANDIDATES:,} integers, got {space[endless[0]]}"
            )
            raise TuningError(message)
    if space.forbidden_clauses and candidates(space) == []:
        message = "the search space is empty: every point is forbidden: leave a forbidden clause out"
        raise TuningError(message)


def _read(name: Any, value: Any) -> AnyHyperparameter:
    if not isinstance(name, str):
        message = f"search space: {shown(name)}: expected a name as text, got {type(name).__name__}"
        raise TuningError(message)
    try:
        return next(read for applies, read in READERS if applies(value))(name, value)
    except (ValueError, TypeError, ArithmeticError) as error:
        text = written(value)
        text = text if len(text) <= _TEXT_LENGTH else f"{text[:_TEXT_LENGTH]}..."
        message = f"search space: {name}: {text}: {one_line(error).removeprefix('ValueError: ')}"
        raise TuningError(message) from None
