"""Landmarks: where the scores of a problem's candidates lie, so that what a search finds can be placed among them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

MOST_REGRET = 2.0
"""Normalised regret is cut there: how far below the median a bad start lies says nothing of a search."""


@dataclass(frozen=True)
class Landmarks:
    """What the recorded candidates of a problem say of it. Scores are cross-validation scores unless said."""

    candidates: int | None = None
    """In the space; None for a space without an end."""
    recorded: int = 0
    """Candidates of the space in the table; of a space without an end, all candidates in it."""
    whole: bool = False
    """Whether every candidate of the space is recorded: what follows is known only then."""
    optimum: float | None = None
    """The best score in the space."""
    ties: int = 0
    """Candidates that have it."""
    median: float | None = None
    """Of all candidates' scores; those that failed are below every number."""
    tenth: float | None = None
    """The score that the best tenth of the candidates reach."""
    hundredth: float | None = None
    """The score that the best hundredth of the candidates reach."""
    oracle: float | None = None
    """The best test score of any candidate, which nobody can know while tuning."""
    default: float | None = None
    """The untuned model's score; known even where the table is not whole."""
    default_rank: int | None = None
    """Of the untuned model: 1 more than the number of candidates with a better score."""
    modelled: bool = False
    """Whether seconds of evaluations are modelled from measured fits, since the evaluations shared their work."""
    seconds: float | None = None
    """That building the table took: of several built together, the same share each."""

    def regret(self, score: float | None) -> float | None:
        """Return the normalised regret of a score: 0 is the optimum, 1 the median; None where they are not known."""
        if self.optimum is None or self.median is None:
            return None
        return normalised_regret(score, self.optimum, self.median)


def normalised_regret(score: float | None, optimum: float, median: float) -> float:
    """Return how far a score lies below the optimum, in units of the median's distance, from 0 to `MOST_REGRET`.

    No score at all has the most. Where half of the candidates are at the optimum, there is no unit: 0 at the optimum,
    else the most.
    """
    if score is None or math.isnan(score):
        return MOST_REGRET
    distance, unit = optimum - score, optimum - median
    if distance <= EQUAL:
        return 0.0
    return min(distance / unit, MOST_REGRET) if unit > EQUAL else MOST_REGRET


EQUAL = 1e-9
"""Scores that differ by less are equal: it is rounding."""


def area(steps: Sequence[tuple[float, float]], budget: float) -> float:
    """Return the mean of a step function over the logarithm of the evaluations, from 1 to the budget's last one.

    `steps` are (evaluations, value from there on), in order; before the first the value is `MOST_REGRET`. For regret it
    is the area over the convergence curve (Lopez-Ibanez, Vermetten, Dreo and Doerr 2024, section 3), as a mean.
    """
    end = math.log(budget + 1)
    total, reached, value = 0.0, 0.0, MOST_REGRET
    for evaluations, following in steps:
        at = min(math.log(max(evaluations, 1.0)), end)
        total += value * (at - reached)
        reached, value = at, following
    return (total + value * (end - reached)) / end
