"""What every method does with the candidates that its library asks for.

The start comes first. A candidate is evaluated once: scores are deterministic, so that a library that asks for one
again is told its score, at no cost. One that is forbidden has failed, at no cost. A library that asks for nothing new
any more has converged: it begins anew, or the search ends.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import TYPE_CHECKING

from tuners.results.budget import BudgetExhausted
from tuners.results.keys import freeze
from tuners.spaces import Params, allowed, cardinality, contains

if TYPE_CHECKING:
    from tuners.objective import Objective

REPEATS = 100
"""Known candidates in a row after which a library has converged: what it asks for then is hardly ever new."""
BEGINNINGS = 10
"""Searches in a row that find nothing new, after which none is begun anew."""
FAILED = 1e30
"""The loss of a failed candidate before any has succeeded, and nothing is known of the metric's scale.

Larger than squared errors of targets up to 1e15, and small enough to be squared itself.
"""


class Converged(BudgetExhausted):
    """The library asks for known candidates only; where nobody begins it anew, the search ends."""


class Asked:
    """The candidates of one run, and their scores."""

    def __init__(self, objective: Objective) -> None:
        """Evaluate the start, where the search has one."""
        self.objective = objective
        self.space = objective.space
        self.start: Params | None = None
        """Where the search begins, if that is a point of the space: for libraries that can be told."""
        self._scores: dict[Hashable, float] = {}
        self.worst: float | None = None
        """The largest loss so far; None before any candidate has succeeded."""
        self._repeats = 0
        self._in_full = 0
        self._most = cardinality(self.space)
        begin = objective.start
        if begin is not None and contains(self.space, begin):
            self.start = begin
            self.score(begin)
        elif begin is not None:
            objective(begin)

    def score(self, params: Params, fidelity: float = 1.0) -> float:
        """Return a candidate's score at a fidelity, larger being better; NaN if it failed, or is forbidden.

        Raises `BudgetExhausted` with the budget, and where the space has no further candidates; `Converged` after
        too many known ones in a row.
        """
        key = freeze(params), fidelity
        if key in self._scores or not allowed(self.space, params):
            self._repeats += 1
            if self._in_full >= self._most:
                raise BudgetExhausted
            if self._repeats >= REPEATS:
                self._repeats = 0
                raise Converged
            return self._scores.get(key, math.nan)
        self._repeats = 0
        score = self._scores[key] = self.objective(params, fidelity)
        self._in_full += fidelity == 1
        return score

    def loss(self, params: Params, fidelity: float = 1.0) -> float:
        """Return a candidate's loss at a fidelity, smaller being better; infinity for a failed one.

        For libraries that compare losses, to which a failed candidate is then worse than any other.
        """
        score = self.score(params, fidelity)
        if math.isnan(score):
            return math.inf
        self.worst = -score if self.worst is None else max(self.worst, -score)
        return -score

    def finite_loss(self, params: Params, fidelity: float = 1.0) -> float:
        """Return a candidate's loss as `loss` does; for a failed one, the largest so far, or `FAILED` before any.

        For libraries that compute with losses, of which an infinite one would spoil the model.
        """
        loss = self.loss(params, fidelity)
        if math.isfinite(loss):
            return loss
        return FAILED if self.worst is None else self.worst

    def begin_anew(self, search: Callable[[], object]) -> None:
        """Run a search whenever the last one has converged, until the budget is spent.

        Raises `Converged` after as many as `BEGINNINGS` in a row that found nothing new.
        """
        in_vain = 0
        while in_vain < BEGINNINGS:
            before = len(self._scores)
            with suppress(Converged):
                search()
            in_vain = in_vain + 1 if len(self._scores) == before else 0
        raise Converged

    def failed(self, params: Params, fidelity: float = 1.0) -> bool:
        """Whether a candidate that was asked for has failed, or is forbidden."""
        return math.isnan(self._scores.get((freeze(params), fidelity), math.nan))
