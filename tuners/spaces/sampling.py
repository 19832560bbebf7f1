"""Random points of any space, by the distribution that ConfigSpace gives it: the same for all methods that draw."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING

from tuners.results.keys import freeze
from tuners.results.params import Params, plain_params
from tuners.spaces.conditions import active
from tuners.spaces.grids import cardinality
from tuners.spaces.points import UNIFORM, finite_values, own_copy, restored

if TYPE_CHECKING:
    from ConfigSpace import ConfigurationSpace

BATCH = 64
"""Points that are drawn at a time."""
KNOWN = 1_000
"""Points drawn in a row that have all been drawn before, after which a finite space counts as drawn whole."""


def is_plain(space: ConfigurationSpace) -> bool:
    """Whether all hyperparameters are independent and uniform, so that scikit-learn's random search can draw."""
    return not (space.conditions or space.forbidden_clauses) and all(
        isinstance(each, UNIFORM) or (finite_values(each) is not None and getattr(each, "weights", None) is None)
        for each in space.values()
    )


def samples(space: ConfigurationSpace, seed: int) -> Iterator[Params]:
    """Yield random points of a space: of an infinite one without end, of a finite one each once."""
    drawn = own_copy(space)
    drawn.seed(seed % 2**32)
    count, repeats = cardinality(space), 0
    seen: set[Hashable] = set()
    while len(seen) < count and repeats < KNOWN:
        for configuration in drawn.sample_configuration(BATCH):
            whole = restored(space, plain_params(dict(configuration)))
            # ConfigSpace draws a child of several parents where one of them is inactive, too.
            params = {name: whole[name] for name in active(space, whole)}
            key = freeze(params)
            if key in seen:
                repeats += 1
                continue
            seen.add(key)
            repeats = 0
            yield params
