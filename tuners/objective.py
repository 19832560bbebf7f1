"""The objective: what a tuner may touch. It evaluates candidates and remembers every trial.

for each candidate:
    stop if the budget is spent
    fit and score it on every fold of the training rows
    keep the trial: parameters, fold scores, times, status
    tell whoever listens
    return the mean score
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sklearn.base import clone
from sklearn.model_selection import cross_validate

from tuners import batches, metered
from tuners.budget import UNLIMITED, Budget, BudgetExhausted, trial_limit
from tuners.errors import one_line
from tuners.spaces import Params, plain_params
from tuners.trial import Trial, incumbent

if TYPE_CHECKING:
    from ConfigSpace import ConfigurationSpace

    from tuners.problem import Problem
    from tuners.search.evaluator import Outcome, SharedEvaluator

Listener = Callable[[Sequence[Trial], Budget], None]


class Objective:
    """The training rows, the folds and the budget of one run, and its trials so far.

    A tuner calls it with parameters, hands a scikit-learn search to `search`, or reports with
    `record` what a library evaluated itself. It holds nothing of the test set.
    """

    def __init__(
        self,
        problem: Problem,
        tuner: str,
        budget: Budget,
        *,
        jobs: int = 1,
        shared: bool = False,
        listener: Listener | None = None,
    ) -> None:
        """Take the training part of the problem; `listener` is told of each trial, with all so far.

        With `shared`, candidates are evaluated with what they have in common done once.
        """
        self.space: ConfigurationSpace = problem.model.space_for(tuner)
        """What to search."""
        self.guesses: Sequence[Params] = problem.model.guesses
        """A person's guesses, in order."""
        self.estimator = clone(problem.estimator)
        """The untuned estimator, seeded; its parameters bear the names of the space."""
        self.X = problem.split.X_train
        self.y = problem.split.y_train
        self.folds = problem.folds
        self.metric = problem.scorer
        self.budget = budget
        self.jobs = jobs
        self.trials: list[Trial] = []
        self.shared = shared
        self.on_phase: Callable[[str], None] = lambda _: None
        """Told of a phase: `trial begins`, of a single candidate; `end`, of the search."""
        self._listener = listener
        self._evaluator: SharedEvaluator | None = None
        self._origin = time.perf_counter()
        self._closed = False

    @property
    def remaining(self) -> int:
        """Evaluations left in the budget."""
        return self.budget.evaluations - len(self.trials)

    @property
    def incumbent(self) -> Trial | None:
        """The best trial so far, the earliest of equals; None without a good one."""
        return incumbent(self.trials)

    def clock(self) -> float:
        """Seconds since the run began."""
        return time.perf_counter() - self._origin

    def start(self) -> None:
        """Set the run's clock to zero."""
        self._origin = time.perf_counter()

    def close(self) -> None:
        """Refuse further evaluations: a thread a library left behind must not add trials."""
        if not self._closed:
            self._closed = True
            self.on_phase("end")

    def __call__(self, params: Mapping[str, Any]) -> float:
        """Evaluate one candidate and return its mean score, larger being better.

        NaN if it failed, which keeps a failed trial with its reason. Raises `BudgetExhausted` when
        nothing is left to spend.
        """
        self._require_budget()
        params = plain_params(params)
        self.on_phase("trial begins")
        start = self.clock()
        outcomes = self._shared_outcomes(params) if self.shared else []
        if outcomes:
            return self.record(
                params,
                [outcome.test_score for outcome in outcomes],
                start=start,
                end=self.clock(),
                fit_seconds=sum(outcome.fit_seconds for outcome in outcomes),
                score_seconds=sum(outcome.score_seconds for outcome in outcomes),
            )
        try:
            with trial_limit(self.budget.trial_seconds):
                result = cross_validate(
                    clone(self.estimator).set_params(**params),
                    self.X,
                    self.y,
                    cv=self.folds,
                    scoring=self.metric,
                    n_jobs=self.jobs,
                    error_score="raise",
                )
        except Exception as error:  # noqa: BLE001  any failure of a candidate is a failed trial
            failed = [math.nan] * len(self.folds)
            end = self.clock()
            return self.record(params, failed, start=start, end=end, fit_seconds=end - start, reason=one_line(error))
        return self.record(
            params,
            result["test_score"],
            start=start,
            end=self.clock(),
            fit_seconds=float(result["fit_time"].sum()),
            score_seconds=float(result["score_time"].sum()),
        )

    def _shared_outcomes(self, params: Params) -> list[Outcome]:
        """Evaluate one candidate with what this run has grown before; nothing where it cannot be shared."""
        if self._evaluator is None:
            from tuners.search.evaluator import SharedEvaluator  # noqa: PLC0415  loaded where it is asked for

            self._evaluator = SharedEvaluator(
                self.estimator, self.X, self.y, self.folds, self.metric, jobs=self.jobs, remember=True
            )
        return dict(self._evaluator.evaluate([params])).get(0, [])

    def record(
        self,
        params: Mapping[str, Any],
        fold_scores: Sequence[float],
        *,
        start: float,
        end: float,
        fit_seconds: float = 0.0,
        score_seconds: float = 0.0,
        reason: str = "",
    ) -> float:
        """Keep a trial that a library evaluated itself on `folds`, and return its mean score.

        `start` and `end` are readings of `clock`.
        """
        self._require_budget()
        return self._keep(
            Trial.of(
                params,
                fold_scores,
                start=start,
                end=end,
                fit_seconds=fit_seconds,
                score_seconds=score_seconds,
                reason=reason,
            )
        )

    def _keep(self, trial: Trial) -> float:
        if not self._closed:
            self.trials.append(trial)
            if self._listener is not None:
                self._listener(self.trials, self.budget)
        return trial.score

    def search(self, search: Any) -> None:
        """Fit a scikit-learn search, unfitted and built on `estimator`, and keep its trials.

        Folds, metric and jobs are set here; the refit is left to the run, so that every method's is
        the same. Candidates that fail are failed trials. scikit-learn's callbacks report the
        evaluations live. Raises `TuningError` for a search that evaluates candidates otherwise than each
        once on all rows (successive halving), or more than the budget holds. With a time budget, candidates are
        drawn as the search goes on.
        """
        if self.budget.seconds is not None and (batches.count(search) or UNLIMITED) <= self.remaining:
            for part in batches.parts(search):
                self._search(part)
        else:
            self._search(search)

    def _search(self, search: Any) -> None:
        self._require_budget()
        first = len(self.trials)
        self.trials[first:] = metered.fit(
            search,
            self.X,
            self.y,
            metric=self.metric,
            folds=self.folds,
            jobs=self.jobs,
            shared=self.shared,
            limit=self.remaining,
            trial_seconds=self.budget.trial_seconds,
            origin=self._origin,
            keep=self._keep,
        )

    def _require_budget(self) -> None:
        spent = self.budget.seconds is not None and self.clock() > self.budget.seconds
        if self._closed or spent or self.remaining <= 0:
            raise BudgetExhausted
