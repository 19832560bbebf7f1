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
import re
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import FitFailedWarning
from sklearn.model_selection import (
    GridSearchCV,
    ParameterGrid,
    ParameterSampler,
    RandomizedSearchCV,
    cross_validate,
)

from tuners.budget import Budget, BudgetExhausted
from tuners.errors import TuningError, one_line
from tuners.probe import Evaluation, Probe
from tuners.spaces import Params, plain_params

if TYPE_CHECKING:
    from ConfigSpace import ConfigurationSpace

    from tuners.problem import Problem


@dataclass(frozen=True)
class Trial:
    """One evaluated candidate. Times are seconds; start and end are on the run's clock."""

    params: Params
    fold_scores: tuple[float, ...]
    """One a fold; NaN where a fold failed."""
    score: float
    """Mean of the fold scores; NaN for a failed trial."""
    fit_seconds: float
    """Summed over the folds."""
    score_seconds: float
    """Summed over the folds."""
    start: float
    end: float
    reason: str = ""
    """Why it failed; empty for a good trial."""

    @property
    def ok(self) -> bool:
        """Whether every fold was scored."""
        return not self.reason


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
        listener: Callable[[Objective], None] | None = None,
    ) -> None:
        """Take the training part of the problem; `listener` is called after each trial."""
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
        self._listener = listener
        self._origin = time.perf_counter()
        self._closed = False

    @property
    def remaining(self) -> int:
        """Evaluations left in the budget."""
        return self.budget.evaluations - len(self.trials)

    @property
    def incumbent(self) -> Trial | None:
        """The best trial so far, the earliest of equals; None without a good one."""
        good = [trial for trial in self.trials if trial.ok]
        return max(good, key=lambda trial: trial.score) if good else None

    def clock(self) -> float:
        """Seconds since the run began."""
        return time.perf_counter() - self._origin

    def start(self) -> None:
        """Set the run's clock to zero."""
        self._origin = time.perf_counter()

    def close(self) -> None:
        """Refuse further evaluations: a thread a library left behind must not add trials."""
        self._closed = True

    def __call__(self, params: Mapping[str, Any]) -> float:
        """Evaluate one candidate and return its mean score, larger being better.

        NaN if it failed, which keeps a failed trial with its reason. Raises `BudgetExhausted` when
        nothing is left to spend.
        """
        self._require_budget()
        params = plain_params(params)
        start = self.clock()
        try:
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
            params,
            fold_scores,
            start=start,
            end=end,
            fit_seconds=fit_seconds,
            score_seconds=score_seconds,
            reason=reason,
        )

    def _keep(
        self,
        params: Mapping[str, Any],
        fold_scores: Sequence[float],
        *,
        start: float,
        end: float,
        fit_seconds: float,
        score_seconds: float,
        reason: str,
    ) -> float:
        scores = tuple(float(score) for score in fold_scores)
        mean = float(np.mean(scores)) if scores else math.nan
        if not math.isfinite(mean) and not reason:
            reason = f"the score is {mean}"
        trial = Trial(
            params=plain_params(params),
            fold_scores=scores,
            score=math.nan if reason else mean,
            fit_seconds=fit_seconds,
            score_seconds=score_seconds,
            start=start,
            end=end,
            reason=reason,
        )
        self.trials.append(trial)
        if self._listener is not None:
            self._listener(self)
        return trial.score

    def search(self, search: Any) -> None:
        """Fit a scikit-learn search, unfitted and built on `estimator`, and keep its trials.

        Folds, metric and jobs are set here; the refit is left to the run, so that every method's is
        the same. Candidates that fail are failed trials. scikit-learn's callbacks report the
        evaluations live. Raises `TuningError` for a search that evaluates candidates otherwise than each
        once on all rows (successive halving), or more than the budget holds.
        """
        self._require_budget()
        candidates = _candidates(search, self.remaining)
        first = len(self.trials)
        with Probe(self.metric, len(self.folds), parallel=self.jobs != 1) as probe:
            probe.on_candidate = partial(self._keep_live, candidates)
            search.set_params(cv=self.folds, scoring=probe.score, n_jobs=self.jobs, refit=False, error_score=math.nan)
            search.set_callbacks(probe)
            begun = self.clock()
            reason = _fit(search, self.X, self.y)
        if hasattr(search, "cv_results_"):
            self.trials[first:] = self._trials(search.cv_results_, probe, begun, reason)
        else:
            # No candidate could be fitted at all, so that there are no results.
            self.trials[first:] = [replace(trial, reason=reason) for trial in self.trials[first:]]

    def _require_budget(self) -> None:
        spent = self.budget.seconds is not None and self.clock() > self.budget.seconds
        if self._closed or spent or self.remaining <= 0:
            raise BudgetExhausted

    def _keep_live(self, candidates: list[Params], candidate: int, evaluations: list[Evaluation]) -> None:
        """Keep a candidate that the probe reports; it was begun within the budget, whenever the report comes."""
        if self._closed:
            return
        self._keep(
            candidates[candidate],
            [e.score for e in evaluations],
            reason=next((e.reason for e in evaluations if e.reason), ""),
            **self._times(evaluations),
        )

    def _times(self, evaluations: list[Evaluation]) -> dict[str, float]:
        scored = [e for e in evaluations if not math.isnan(e.scored)]
        return {
            "start": min(e.start for e in evaluations) - self._origin,
            "end": max(e.end for e in evaluations) - self._origin,
            "fit_seconds": sum((e.end if math.isnan(e.scored) else e.scored) - e.start for e in evaluations),
            "score_seconds": sum(e.end - e.scored for e in scored),
        }

    def _trials(self, results: Mapping[str, Any], probe: Probe, begun: float, reason: str) -> list[Trial]:
        """Make the search's results into trials, in its own order, which no number of jobs changes."""
        columns = [results[f"split{fold}_test_score"] for fold in range(len(self.folds))]
        trials = []
        for candidate, params in enumerate(results["params"]):
            scores = tuple(float(column[candidate]) for column in columns)
            evaluations = probe.evaluations(candidate)
            times = {"start": begun, "end": self.clock(), "fit_seconds": 0.0, "score_seconds": 0.0}
            if evaluations:
                times = self._times(evaluations)
            mean = float(np.mean(scores))
            failed = next((e.reason for e in evaluations if e.reason), reason or f"the score is {mean}")
            ok = math.isfinite(mean)
            trials.append(
                Trial(
                    plain_params(params),
                    scores,
                    mean if ok else math.nan,
                    **times,
                    reason="" if ok else failed,
                )
            )
        return trials


def _candidates(search: Any, limit: int) -> list[Params]:
    """List what a search will evaluate, which tells the parameters of candidates that fail, too."""
    if isinstance(search, GridSearchCV):
        candidates = list(ParameterGrid(search.param_grid))
    elif isinstance(search, RandomizedSearchCV) and isinstance(search.random_state, int | np.integer):
        sampler = ParameterSampler(search.param_distributions, search.n_iter, random_state=search.random_state)
        candidates = list(sampler)
    else:
        message = (
            f"objective.search takes GridSearchCV, or RandomizedSearchCV with an integer random_state, got "
            f"{type(search).__name__}: from others, call objective(params)"
        )
        raise TuningError(message)
    if len(candidates) > limit:
        message = (
            f"{type(search).__name__} has {len(candidates)} candidates for the {limit} evaluations left: "
            "build it to fit objective.remaining (tuners.spaces.grid chooses levels)"
        )
        raise TuningError(message)
    return candidates


def _fit(search: Any, X: Any, y: Any) -> str:
    """Fit the search; return why candidates failed, if some did."""
    with warnings.catch_warnings(record=True) as caught:
        # Failed candidates are reported in the trials, not on the terminal.
        warnings.simplefilter("default", FitFailedWarning)
        warnings.filterwarnings("default", "Scoring failed|One or more of the test scores are non-finite")
        try:
            search.fit(X, y)
        except ValueError as error:
            # Raised when no candidate could be fitted at all: the trials' story, not the search's.
            reason = _fit_failure(str(error))
            if not reason:
                raise
            return reason
    reasons = [_fit_failure(str(warning.message)) for warning in caught]
    for warning, reason in zip(caught, reasons, strict=True):
        if not reason and not re.match("Scoring failed|One or more of the test", str(warning.message)):
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    return next(filter(None, reasons), "")


def _fit_failure(message: str) -> str:
    """Return the first exception that scikit-learn's report of failed fits quotes."""
    if "fits failed" not in message:
        return ""
    raised = re.findall(r"^[A-Za-z_][\w.]*(?:Error|Exception|Warning|Interrupt).*$", message, re.MULTILINE)
    return raised[0].strip() if raised else "the fit failed"
