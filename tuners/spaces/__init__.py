"""Search spaces: read into ConfigSpace's classes, and translated for each library."""

from tuners.results.params import Params, plain, plain_params
from tuners.spaces.conditions import When, active, needed_by, when
from tuners.spaces.grids import candidates, cardinality, count_with_forbidden, grid, grids, of_one, without
from tuners.spaces.points import allowed, contains, finite_values, own_copy, restored, size
from tuners.spaces.reading import SpaceLike, as_space
from tuners.spaces.sampling import is_plain, samples
from tuners.spaces.scipy_distributions import LogIntegers
from tuners.spaces.translation import (
    distributions,
    from_hyperopt,
    from_positions,
    to_configspace,
    to_hyperopt,
    to_positions,
    value_at,
)
from tuners.spaces.values import copied, same

__all__ = [
    "LogIntegers",
    "Params",
    "SpaceLike",
    "When",
    "active",
    "allowed",
    "as_space",
    "candidates",
    "cardinality",
    "contains",
    "copied",
    "count_with_forbidden",
    "distributions",
    "finite_values",
    "from_hyperopt",
    "from_positions",
    "grid",
    "grids",
    "is_plain",
    "needed_by",
    "of_one",
    "own_copy",
    "plain",
    "plain_params",
    "restored",
    "same",
    "samples",
    "size",
    "to_configspace",
    "to_hyperopt",
    "to_positions",
    "value_at",
    "when",
    "without",
]
