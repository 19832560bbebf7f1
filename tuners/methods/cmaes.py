"""CMA-ES for mixed spaces: CatCMA with margin, by cmaes (Hamano et al. 2025)."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from tuners.errors import require
from tuners.methods._asked import Asked
from tuners.methods._quiet import ignore_empty_means
from tuners.spaces import finite_values
from tuners.spaces.branches import parent_values
from tuners.spaces.points import size
from tuners.spaces.unit import coordinate, from_unit

require("cmaes", extra="cmaes")

from cmaes import CatCMAwM  # noqa: E402  after the check
from ConfigSpace import CategoricalHyperparameter  # noqa: E402  after the check

if TYPE_CHECKING:
    from tuners.objective import Objective
    from tuners.spaces import Params

LISTED = 100
"""The most values in order that are steps to the method; a longer range of integers is continuous to it."""


def tune(objective: Objective, seed: int) -> None:
    """Evaluate generations until the budget is spent, if need be in their midst; begin anew after convergence."""
    asked = Asked(objective)
    cube = Cube(asked.space)
    if not cube.kinds:
        asked.score(from_unit(asked.space, [0.5] * len(asked.space)))
        return
    seeds = np.random.default_rng(seed)

    def search() -> None:
        optimiser = CatCMAwM(seed=int(seeds.integers(2**31)), **cube.kinds)
        while True:  # the budget ends it
            solutions = [optimiser.ask() for _ in range(optimiser.population_size)]
            told = [(each, asked.loss(cube.params(each))) for each in solutions]
            # Of infinite losses, those of failed candidates, it takes no range; it looks at the ranks.
            with warnings.catch_warnings(), np.errstate(invalid="ignore"):
                # Of a generation whose losses are all the same, before there was another.
                ignore_empty_means()
                optimiser.tell(told)

    asked.begin_anew(search)


class Cube:
    """A space as three: of ranges, of values in order, and of choices; each on the unit interval."""

    def __init__(self, space: Any) -> None:
        """Sort the hyperparameters, without those that have a single value."""
        self._space = space
        names = [name for name in space if size(space[name]) != 1]
        counts = {name: size(space[name]) or LISTED + 1 for name in names}
        self._choices = [
            name for name in names if isinstance(space[name], CategoricalHyperparameter) or counts[name] == 2
        ]
        ordered = [name for name in names if name not in self._choices]
        listed = [name for name in ordered if finite_values(space[name]) is not None or counts[name] <= LISTED]
        self._steps = listed
        self._ranges = [name for name in ordered if name not in listed]
        self._cells = {name: _cells(space[name]) for name in (*self._steps, *self._choices)}
        """By hyperparameter: where each of its values lies on the unit interval."""
        kinds: dict[str, list[Any]] = {
            "x_space": [[0.0, 1.0] for _ in self._ranges],
            "z_space": [self._cells[name] for name in self._steps],
            "c_space": [counts[name] for name in self._choices],
        }
        self.kinds = {kind: values for kind, values in kinds.items() if values}
        """The arguments of `CatCMAwM`, without those of which there are none."""

    def params(self, solution: Any) -> Params:
        """Return a solution's parameters."""
        place = dict.fromkeys(self._space, 0.5)
        if self._ranges:
            place |= zip(self._ranges, solution.x, strict=True)
        if self._steps:
            place |= zip(self._steps, solution.z, strict=True)
        if self._choices:
            chosen = np.argmax(solution.c, axis=1)
            place |= {name: self._cells[name][at] for name, at in zip(self._choices, chosen, strict=True)}
        return from_unit(self._space, list(place.values()))


def _cells(hyperparameter: Any) -> list[float]:
    """Return where the values of a hyperparameter lie on the unit interval."""
    return [coordinate(hyperparameter, value) for value in parent_values(hyperparameter) or ()]
