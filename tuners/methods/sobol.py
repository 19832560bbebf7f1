"""Quasi-random search: SciPy's scrambled Sobol' sequence on the unit cube (Sobol' 1967, Owen 1998)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats.qmc import Sobol

from tuners.methods._asked import Asked
from tuners.spaces.unit import from_unit

if TYPE_CHECKING:
    from tuners.objective import Objective

DRAWN = 64
"""Points drawn together, a power of two as the sequence needs for its balance."""


def tune(objective: Objective, seed: int) -> None:
    """Evaluate the sequence's points until the budget is spent."""
    asked = Asked(objective)
    sequence = Sobol(len(asked.space), scramble=True, rng=np.random.default_rng(seed))
    while True:  # the budget ends it
        for u in sequence.random(DRAWN):
            asked.score(from_unit(asked.space, u))
