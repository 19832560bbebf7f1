"""The harness's side of a run: it has candidates evaluated, counts them against the budget, and keeps the trials.

for each candidate:
    stop if the budget is spent
    have the evaluator score it on every fold of the training rows
    keep the trial at its position: parameters, fold scores, times, reason to fail
    tell the listener

A tuner holds an `Objective`, which leads here by no attribute: what a tuner does to its objective changes neither
what is counted nor what is kept. Rows, folds, metric and estimator are the harness's own; a tuner gets copies.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Hashable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from tuners.errors import TuningError, one_line, unwinds
from tuners.evaluation import parts, searches
from tuners.evaluation.clock import Clock
from tuners.evaluation.contract import Evaluator, Scores, Training
from tuners.evaluation.listener import Listener
from tuners.evaluation.reported import require_reportable
from tuners.results.budget import UNLIMITED, Budget, BudgetExhausted
from tuners.results.keys import freeze
from tuners.results.params import Params
from tuners.results.trial import DIGITS, Trial, in_order
from tuners.spaces import restored

if TYPE_CHECKING:
    from ConfigSpace import ConfigurationSpace


class Ledger:
    """The evaluator and the budget of one run, and its trials so far."""

    def __init__(
        self,
        training: Training,
        evaluator: Evaluator,
        budget: Budget,
        *,
        space: ConfigurationSpace,
        jobs: int = 1,
        clock: Clock | None = None,
        listener: Listener | None = None,
    ) -> None:
        """Begin without trials; `space` is what the method searches."""
        self.budget = budget
        self.clock = clock or Clock()
        self.incumbent: Trial | None = None
        """The best trial in full so far, the earliest of equals; None without a good one."""
        self._incumbent_at = -1
        self._training = training
        self._evaluator = evaluator
        self._space = space
        self._jobs = jobs
        self._listener = listener or Listener()
        self._trials: dict[int, Trial] = {}
        """By position."""
        self._next = 0
        """The position after the last one."""
        self._spent: float = 0
        """Full-fit equivalents: a candidate evaluated at a fidelity counts as that share of one."""
        self._reached: dict[Hashable, float] = {}
        """By candidate that was evaluated in part: the last fidelity."""
        self._closed = False
        self._lock = threading.RLock()

    @property
    def trials(self) -> list[Trial]:
        """The trials so far, in the order of the method, which no number of jobs changes."""
        return in_order(self._trials)

    @property
    def remaining(self) -> int:
        """Evaluations in full that are left in the budget."""
        if self.budget.stated is None:
            return UNLIMITED
        return math.floor(round(self.budget.evaluations - self._spent, DIGITS))

    def close(self) -> None:
        """Refuse further evaluations: a thread a library left behind must not add trials."""
        if not self._closed:
            self._closed = True
            self._listener.search_ended()

    def evaluate(self, params: Mapping[str, Any], fidelity: float = 1.0) -> Trial:
        """Evaluate one candidate; raise `BudgetExhausted` when too little is left to spend."""
        fidelity = as_share(fidelity)
        candidate = restored(self._space, require_names(params))
        saved = self.saved(candidate, fidelity)
        self.require_budget(fidelity - saved)
        return self._evaluated(candidate, fidelity, saved)

    def saved(self, params: Mapping[str, Any], fidelity: float) -> float:
        """Return the share of an evaluation that need not be made again, since the fit goes on from a smaller one."""
        reached = self._reached.get(freeze(params), 0.0) if self._training.resource.continued else 0.0
        return reached if reached < fidelity else 0.0

    def _note(self, trial: Trial) -> None:
        """Note how far a candidate has grown; one that is whole, or has failed, goes on from nothing."""
        self._reached.pop(freeze(trial.params), None)
        if trial.fidelity < 1 and trial.ok:
            self._reached[freeze(trial.params)] = trial.fidelity

    def _evaluated(self, params: Params, fidelity: float = 1.0, saved: float = 0.0) -> Trial:
        self._listener.trial_begins()
        start = self.clock()
        try:
            scores = self._evaluator.evaluate(params, fidelity)
        except BaseException as error:
            if unwinds(error):
                raise
            failed = (math.nan,) * len(self._training.folds)
            scores = Scores(failed, fit_seconds=self.clock() - start, reason=one_line(error))
        end = self.clock()
        longest = (end - start) * self._jobs
        return self.keep(Trial.of(
            params, scores.fold_scores, start=start, end=end, fidelity=fidelity, reason=scores.reason, saved=saved,
            # Told by scikit-learn's clock, which is the time module's, and so anybody's.
            fit_seconds=min(max(scores.fit_seconds, 0.0), longest),
            score_seconds=min(max(scores.score_seconds, 0.0), longest),
        ))  # fmt: skip

    def search(self, search: Any) -> None:
        """Fit a scikit-learn search on the estimator, and keep its trials in the search's own order.

        With a time budget, candidates are drawn as the search goes on.
        """
        whole = self.budget.seconds is None or (parts.count(search) or UNLIMITED) > self.remaining
        for part in [search] if whole else parts.parts(search):
            self.require_budget()
            candidates = searches.candidates_of(part, self.remaining)
            if self._training.reshuffled is not None or self._training.of_rows:
                self._one_by_one(search, candidates)
                continue
            first = self._reserve(len(candidates))
            searches.fit(
                self._evaluator.adapted(part),
                candidates,
                self._training,
                jobs=self._jobs,
                trial_seconds=self.budget.trial_seconds,
                clock=self.clock,
                listed=self.listed,
                keep=partial(self._keep_from, first),
                explain=partial(self._explain_from, first),
            )

    def _reserve(self, count: int) -> int:
        """Return the first of as many positions, which trials of other threads do not take."""
        with self._lock:
            first = self._next
            self._next += count
        return first

    def listed(self, params: Mapping[str, Any]) -> Params:
        """Return what somebody else has evaluated: the space's own objects, where it lists the very values."""
        return restored(self._space, params, evaluated=True)

    def keep_reported(self, trial: Trial) -> Trial:
        """Keep a trial that a tuner reports; raise `TuningError` that says what it is not, if it is none."""
        require_reportable(trial, self._training, jobs=self._jobs, now=self.clock())
        return self.keep(trial)

    def keep(self, trial: Trial, position: int | None = None) -> Trial:
        """Keep a trial at its position, by default the next; raise `BudgetExhausted` for one beyond the budget."""
        with self._lock:
            if self._closed:
                return trial
            if self._too_little_for(trial.cost):
                raise BudgetExhausted
            if position is None:
                position = self._reserve(1)
            self._spent += trial.cost
            if self._training.resource.continued:
                self._note(trial)
            self._trials[position] = trial
            if trial.can_win and self._is_better(trial, position):
                self.incumbent, self._incumbent_at = trial, position
            self._listener.trial(position, trial)
        return trial

    def _one_by_one(self, search: Any, candidates: Sequence[Params]) -> None:
        """Evaluate a search's candidates each by itself.

        scikit-learn's searches have one `cv` for all of them, and score rows without their weights.
        """
        reshuffled = self._training.reshuffled is not None
        known = "rows have weights, or groups for early stopping"
        searches.require_listing(search, "folds are reshuffled for each candidate" if reshuffled else known)
        for params in candidates:
            self.require_budget()
            self._evaluated(self.listed(params))

    def _keep_from(self, first: int, candidate: int, trial: Trial) -> None:
        """Keep the trial of a search's candidate; `first` is the position of its first one."""
        self.keep(trial, first + candidate)

    def _explain_from(self, first: int, candidate: int, trial: Trial) -> None:
        """Put a failed trial of a search, whose reason is known now, in its own place."""
        position = first + candidate
        with self._lock:
            if not self._closed and position in self._trials:
                self._trials[position] = trial
                self._listener.trial(position, trial)

    def _is_better(self, trial: Trial, position: int) -> bool:
        best = self.incumbent
        if best is None or trial.score > best.score:
            return True
        return trial.score == best.score and position < self._incumbent_at

    def _too_little_for(self, cost: float) -> bool:
        """Whether less is left than a candidate costs, in full-fit equivalents."""
        return round(self.budget.evaluations - self._spent - cost, DIGITS) < 0

    def require_budget(self, cost: float = 1.0) -> None:
        """Raise `BudgetExhausted` when too little is left to spend."""
        late = self.budget.seconds is not None and self.clock() > self.budget.seconds
        if self._closed or late or self._too_little_for(cost):
            raise BudgetExhausted


def require_names(params: Any) -> Mapping[str, Any]:
    """Return hyperparameters by name; raise `TypeError` for anything else."""
    if not isinstance(params, Mapping):
        message = f"objective: expected hyperparameters by name, as in {{'C': 1.0}}, got {params!r}"
        raise TypeError(message)
    return params


def as_share(fidelity: Any) -> float:
    """Return a fidelity as a plain number, which every process writes alike; raise `TuningError` if it is no share."""
    try:
        share = float(fidelity)
    except (TypeError, ValueError):
        share = math.nan
    if isinstance(fidelity, str | bool) or not 0 < share <= 1:
        message = f"objective: expected a fidelity above 0 and up to 1, got {fidelity!r}"
        raise TuningError(message)
    return share
