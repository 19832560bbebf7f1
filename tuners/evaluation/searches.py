"""Fitting a scikit-learn search so that every candidate it evaluates becomes a trial."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.exceptions import FitFailedWarning
from sklearn.model_selection import GridSearchCV, ParameterGrid, ParameterSampler, RandomizedSearchCV

from tuners.errors import TuningError
from tuners.evaluation.probe import Evaluation, Probe
from tuners.results.params import Params
from tuners.results.trial import Trial

if TYPE_CHECKING:
    from tuners.task.splits import Fold


def fit(
    search: Any,
    X: Any,
    y: Any,
    *,
    estimator: Any,
    metric: Any,
    folds: list[Fold],
    jobs: int,
    shared: bool,
    limit: int,
    trial_seconds: float | None,
    origin: float,
    listed: Callable[[Params], Params],
    keep: Callable[[Trial], object],
) -> list[Trial]:
    """Fit an unfitted search of an estimator and return its trials, in its own order, which no number of jobs changes.

    With `shared`, scikit-learn's own classes are replaced by those that share work between candidates.
    Each is given to `keep`, too, when it ends; where the search is cut short, those are all there is. Times are
    `perf_counter` readings less `origin`; `listed` gives parameters as the space has them. A candidate that takes more
    than `trial_seconds` fails. Raises `TuningError` for a search that cannot be metered, or that has more than `limit`
    candidates.
    """
    candidates = _candidates(search, limit)
    if shared:
        search = _sharing(search)
    live: list[Trial] = []

    def keep_live(candidate: int, evaluations: list[Evaluation]) -> None:
        live.append(_trial(listed(candidates[candidate]), evaluations, origin))
        keep(live[-1])

    with Probe(metric, len(folds), parallel=jobs != 1, trial_seconds=trial_seconds) as probe:
        probe.on_candidate = keep_live
        search.set_params(
            estimator=estimator, cv=folds, scoring=probe.score, n_jobs=jobs, refit=False, error_score=math.nan
        )
        search.set_callbacks(probe)
        reason = _fit(search, X, y)
    return [
        _trial(listed(params), probe.evaluations(candidate), origin, reason)
        for candidate, params in enumerate(candidates)
    ]


def _trial(params: Params, evaluations: list[Evaluation], origin: float, reason: str = "") -> Trial:
    scores = [e.score for e in evaluations]
    failed = not np.isfinite(scores).all()
    return Trial.of(
        params,
        scores,
        start=min(e.start for e in evaluations) - origin,
        end=max(e.end for e in evaluations) - origin,
        fit_seconds=sum(e.fit_seconds for e in evaluations),
        score_seconds=sum(e.score_seconds for e in evaluations),
        reason=next((e.reason for e in evaluations if e.reason), reason) if failed else "",
    )


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


def _sharing(search: Any) -> Any:
    from tuners.search import SharedGridSearchCV, SharedRandomizedSearchCV  # noqa: PLC0415  loaded where asked for

    kinds = {GridSearchCV: SharedGridSearchCV, RandomizedSearchCV: SharedRandomizedSearchCV}
    kind = kinds.get(type(search))
    return kind(**search.get_params(deep=False)) if kind else search


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
    raised = re.findall(
        r"^[A-Za-z_][\w.]*(?:Error|Exception|Warning|Interrupt|Exit|Iteration|Group)\b.*$", message, re.MULTILINE
    )
    return raised[0].strip() if raised else "the fit failed"
