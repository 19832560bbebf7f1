"""The harness's side of a run: it evaluates candidates, counts them against the budget, and keeps the trials.

A tuner holds an `Objective`, which leads here by no attribute: what a tuner does to its objective changes neither
what is counted nor what is kept. Rows, folds, metric and estimator are the harness's own; a tuner gets copies.
"""

from __future__ import annotations

import copy
import math
import threading
from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any

from sklearn.base import clone
from sklearn.model_selection import cross_validate

from tuners.errors import TuningError, one_line, unwinds
from tuners.evaluation import parts as batches
from tuners.evaluation import searches as metered
from tuners.evaluation.alarm import trial_limit
from tuners.results.budget import UNLIMITED, Budget, BudgetExhausted
from tuners.results.trial import Trial, incumbent
from tuners.spaces import Params, restored
from tuners.task import metrics
from tuners.task.problem import own_rows, own_values

if TYPE_CHECKING:
    from tuners.search.evaluator import Outcome, SharedEvaluator
    from tuners.task.problem import Problem

Listener = Callable[[Sequence[Trial], Budget], None]


class Ledger:
    """The training rows, the folds and the budget of one run, and its trials so far."""

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
        self.budget = budget
        self.trials: list[Trial] = []
        self.incumbent: Trial | None = None
        """The best trial so far, the earliest of equals; None without a good one."""
        self.on_phase: Callable[[str], None] = lambda _: None
        """Told of a phase: `trial begins`, of a single candidate; `end`, of the search."""
        self._X, self._y = own_rows(problem.split.X_train), own_rows(problem.split.y_train)
        self._space = problem.model.space_for(tuner)
        self._folds = problem.folds
        self._metric = problem.protocol.metric
        self._scorer = problem.scorer
        self._estimator = clone(problem.estimator)
        self._jobs = jobs
        self._shared = shared
        self._listener = listener
        self._evaluator: SharedEvaluator | None = None
        # A tuner that replaces `time.perf_counter` changes no figure.
        self._now = perf_counter
        self._origin = self._now()
        self._closed = False
        self._lock = threading.RLock()

    @property
    def remaining(self) -> int:
        """Evaluations left in the budget."""
        return self.budget.evaluations - len(self.trials)

    def clock(self) -> float:
        """Seconds since the run began."""
        return self._now() - self._origin

    def start(self) -> None:
        """Set the run's clock to zero."""
        self._origin = self._now()

    def close(self) -> None:
        """Refuse further evaluations: a thread a library left behind must not add trials."""
        if not self._closed:
            self._closed = True
            self.on_phase("end")

    def evaluate(self, params: Mapping[str, Any]) -> Trial:
        """Evaluate one candidate; raise `BudgetExhausted` when nothing is left to spend."""
        self.require_budget()
        if not isinstance(params, Mapping):
            message = f"objective: expected hyperparameters by name, as in {{'C': 1.0}}, got {params!r}"
            raise TypeError(message)
        params = restored(self._space, params)
        self.on_phase("trial begins")
        start = self.clock()
        try:
            outcomes = self._shared_outcomes(params) if self._shared else []
            if outcomes:
                scores = [float(outcome.test_score) for outcome in outcomes]
                fit_seconds = sum(outcome.fit_seconds for outcome in outcomes)
                score_seconds = sum(outcome.score_seconds for outcome in outcomes)
            else:
                scores, fit_seconds, score_seconds = self._cross_validated(params)
        except BaseException as error:
            if unwinds(error):
                raise
            end = self.clock()
            failed = [math.nan] * len(self._folds)
            return self.keep(Trial.of(
                params, failed, start=start, end=end, fit_seconds=end - start, reason=one_line(error)
            ))  # fmt: skip
        end = self.clock()
        longest = (end - start) * self._jobs
        return self.keep(Trial.of(
            params, scores, start=start, end=end,
            # Told by scikit-learn's clock, which is the time module's, and so anybody's.
            fit_seconds=min(max(fit_seconds, 0.0), longest), score_seconds=min(max(score_seconds, 0.0), longest),
        ))  # fmt: skip

    def _cross_validated(self, params: Params) -> tuple[list[float], float, float]:
        """Return fold scores, and the seconds of fits and of scoring, summed."""
        with trial_limit(self.budget.trial_seconds):
            result = cross_validate(
                clone(self._estimator).set_params(**own_values(params)),
                self._X,
                self._y,
                cv=self._folds,
                scoring=self._scorer,
                n_jobs=self._jobs,
                error_score="raise",
            )
        return list(result["test_score"]), float(result["fit_time"].sum()), float(result["score_time"].sum())

    def _shared_outcomes(self, params: Params) -> list[Outcome]:
        """Evaluate one candidate with what this run has grown before; nothing where it cannot be shared."""
        if self._evaluator is None:
            from tuners.search.evaluator import SharedEvaluator  # noqa: PLC0415  loaded where it is asked for

            self._evaluator = SharedEvaluator(
                self._estimator, self._X, self._y, self._folds, self._scorer, jobs=self._jobs, remember=True
            )
        return dict(self._evaluator.evaluate([params])).get(0, [])

    def search(self, search: Any) -> None:
        """Fit a scikit-learn search on the estimator, and keep its trials in the search's own order.

        With a time budget, candidates are drawn as the search goes on.
        """
        if self.budget.seconds is not None and (batches.count(search) or UNLIMITED) <= self.remaining:
            for part in batches.parts(search):
                self._search(part)
        else:
            self._search(search)

    def _search(self, search: Any) -> None:
        self.require_budget()
        first = len(self.trials)
        # The search is the tuner's, and keeps what it is given.
        trials = metered.fit(
            search,
            own_rows(self._X),
            own_rows(self._y),
            estimator=clone(self._estimator),
            metric=copy.deepcopy(self._scorer),
            folds=[(train.copy(), validation.copy()) for train, validation in self._folds],
            jobs=self._jobs,
            shared=self._shared,
            limit=self.remaining,
            trial_seconds=self.budget.trial_seconds,
            origin=self._origin,
            listed=self.listed,
            keep=self.keep,
        )
        self.trials[first:] = trials
        self.incumbent = incumbent(self.trials)

    def listed(self, params: Mapping[str, Any]) -> Params:
        """Return what somebody else has evaluated: the space's own objects, where it lists the very values."""
        return restored(self._space, params, evaluated=True)

    def checked(self, trial: Trial) -> Trial:
        """Return a trial that a tuner reports, if it is one; raise `TuningError` that says what it is not."""
        expected = (
            f"record: expected {len(self._folds)} fold scores that {self._metric} can give, and start and end as "
            "readings of objective.clock()"
        )
        if len(trial.fold_scores) != len(self._folds):
            message = f"{expected}; got {len(trial.fold_scores)} fold scores"
            raise TuningError(message)
        wrong = [score for score in trial.fold_scores if not metrics.in_range(self._metric, score)]
        if wrong:
            low, high = metrics.score_range(self._metric)
            message = f"{expected}; got {wrong[0]:g}, outside of {low:g} to {high:g}"
            raise TuningError(message)
        longest = (trial.end - trial.start) * self._jobs
        if not all(0 <= seconds <= longest for seconds in (trial.fit_seconds, trial.score_seconds)):
            message = (
                f"{expected}; got {trial.fit_seconds:g} s of fits and {trial.score_seconds:g} s of scoring between"
            )
            raise TuningError(message)
        if not 0 <= trial.start <= trial.end <= self.clock():
            message = f"{expected}; got {trial.start:g} and {trial.end:g} at {self.clock():.3g} s"
            raise TuningError(message)
        return trial

    def keep(self, trial: Trial) -> Trial:
        """Keep a trial; raise `BudgetExhausted` for one beyond the budget, of whichever thread."""
        with self._lock:
            if not self._closed:
                if self.remaining <= 0:
                    raise BudgetExhausted
                self.trials.append(trial)
                if trial.ok and (self.incumbent is None or trial.score > self.incumbent.score):
                    self.incumbent = trial
                if self._listener is not None:
                    self._listener(self.trials, self.budget)
        return trial

    def require_budget(self) -> None:
        """Raise `BudgetExhausted` when nothing is left to spend."""
        spent = self.budget.seconds is not None and self.clock() > self.budget.seconds
        if self._closed or spent or self.remaining <= 0:
            raise BudgetExhausted
