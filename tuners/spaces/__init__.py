"""Search spaces: read into ConfigSpace's classes, and translated for each library."""

from tuners.results.params import Params, plain, plain_params
from tuners.spaces.conditions import When, active, needed_by, when
from tuners.spaces.grids import candidates, grid, without
from tuners.spaces.points import cardinality, contains, finite_values, own_copy, restored, size
from tuners.spaces.reading import SpaceLike, as_space
from tuners.spaces.scipy_distributions import LogIntegers
from tuners.spaces.translation import (
    distributions,
    from_hyperopt,
    from_positions,
    to_configspace,
    to_hyperopt,
    to_positions,
)
from tuners.spaces.values import copied, same

__all__ = [
    "LogIntegers",
    "Params",
    "SpaceLike",
    "When",
    "active",
    "as_space",
    "candidates",
    "cardinality",
    "contains",
    "copied",
    "distributions",
    "finite_values",
    "from_hyperopt",
    "from_positions",
    "grid",
    "needed_by",
    "own_copy",
    "plain",
    "plain_params",
    "restored",
    "same",
    "size",
    "to_configspace",
    "to_hyperopt",
    "to_positions",
    "when",
    "without",
]
