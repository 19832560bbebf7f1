"""Searches of scikit-learn, fitted so that every candidate they evaluate becomes a trial."""

from __future__ import annotations

import copy
import math
import re
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, ParameterGrid, ParameterSampler, RandomizedSearchCV

from tuners.errors import TuningError
from tuners.evaluation.probe import Evaluation, Probe
from tuners.results.params import Params
from tuners.results.trial import Trial
from tuners.search import SharedGridSearchCV, SharedRandomizedSearchCV
from tuners.task.problem import own_rows

if TYPE_CHECKING:
    from tuners.evaluation.clock import Clock
    from tuners.evaluation.contract import Training


def fit(
    search: Any,
    candidates: Sequence[Params],
    training: Training,
    *,
    jobs: int,
    trial_seconds: float | None,
    clock: Clock,
    listed: Callable[[Params], Params],
    keep: Callable[[int, Trial], object],
    explain: Callable[[int, Trial], object],
) -> None:
    """Fit an unfitted search so that each of its candidates, by its number in the search, comes to `keep` as a trial.

    Each comes when it ends, whatever the order in which they do; one that failed comes to `explain`, too, where
    scikit-learn says why only at the end. `listed` gives parameters as the space has them. A candidate that takes more
    than `trial_seconds` fails. Raises `TuningError` for a search that does not evaluate each candidate once.
    """
    ended: set[int] = set()
    unexplained: dict[int, list[Evaluation]] = {}

    def heard(candidate: int, evaluations: list[Evaluation]) -> None:
        trial = _trial(listed(candidates[candidate]), evaluations, clock)
        if not trial.ok and not any(evaluation.reason for evaluation in evaluations):
            unexplained[candidate] = evaluations
        ended.add(candidate)
        keep(candidate, trial)

    with Probe(copy.deepcopy(training.scorer), len(training.folds), jobs=jobs, trial_seconds=trial_seconds) as probe:
        probe.on_candidate = heard
        # The search is the tuner's, and keeps what it is given.
        search.set_params(
            estimator=clone(training.estimator),
            cv=[(train.copy(), validation.copy()) for train, validation in training.folds],
            scoring=probe.score,
            n_jobs=jobs,
            refit=False,
            error_score=math.nan,
        )
        search.set_callbacks(probe)
        reason = _fit(search, own_rows(training.X), own_rows(training.y))
    if len(ended) < len(candidates):
        message = (
            f"objective.search: expected each of the {len(candidates)} candidates to be evaluated once on all folds, "
            f"got {len(ended)} of them: from such a search, call objective(params)"
        )
        raise TuningError(message)
    for candidate, evaluations in sorted(unexplained.items()) if reason else ():
        explain(candidate, _trial(listed(candidates[candidate]), evaluations, clock, reason))


def _trial(params: Params, evaluations: list[Evaluation], clock: Clock, reason: str = "") -> Trial:
    scores = [e.score for e in evaluations]
    failed = not np.isfinite(scores).all()
    return Trial.of(
        params,
        scores,
        start=clock.at(min(e.start for e in evaluations)),
        end=clock.at(max(e.end for e in evaluations)),
        fit_seconds=sum(e.fit_seconds for e in evaluations),
        score_seconds=sum(e.score_seconds for e in evaluations),
        reason=next((e.reason for e in evaluations if e.reason), reason) if failed else "",
    )


def candidates_of(search: Any, limit: int) -> list[Params]:
    """List what a search will evaluate, which tells the parameters of candidates that fail, too.

    Raises `TuningError` for a search whose candidates cannot be listed, or that has more than `limit` of them.
    """
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


_SCORING = "Scoring failed|One or more of the test scores are non-finite"
"""How scikit-learn's warnings of failed scores begin."""

LISTED = (GridSearchCV, RandomizedSearchCV, SharedGridSearchCV, SharedRandomizedSearchCV)
"""Searches that evaluate the candidates that they list."""


def require_listing(search: Any, where: str) -> None:
    """Raise `TuningError` for a search that may evaluate others than those it lists, which only it itself tells."""
    if type(search) not in LISTED:
        message = (
            f"objective.search: expected GridSearchCV or RandomizedSearchCV where {where}, got "
            f"{type(search).__name__}: from such a search, call objective(params)"
        )
        raise TuningError(message)


def _fit(search: Any, X: Any, y: Any) -> str:
    """Fit the search; return why candidates failed, if some did."""
    with warnings.catch_warnings(record=True) as caught:
        # Failed candidates are reported in the trials, not on the terminal. One filter for all: scikit-learn sets each
        # anew for every fit.
        warnings.filterwarnings("default", rf"\s*\d+ fits failed|{_SCORING}")
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
        if not reason and not re.match(_SCORING, str(warning.message)):
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    return next(filter(None, reasons), "")


def _fit_failure(message: str) -> str:
    """Return the first exception that scikit-learn's report of failed fits quotes."""
    if "fits failed" not in message:
        return ""
    raised = re.findall(
        r"^[A-Za-z_][\w.]*(?:Error|Exception|Warning|Interrupt|Exit|Iteration|Group)\b.*$", message, re.MULTILINE
    )
    return raised[0].strip() if raised else "the fit failed"
