"""Plain evaluation: each candidate is fitted and scored by scikit-learn, fold by fold.

A candidate that grows is grown on where it was left at a smaller fidelity, which gives the very same scores.
"""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Mapping, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from sklearn.base import clone
from sklearn.model_selection import cross_validate
from sklearn.utils import _safe_indexing
from sklearn.utils.parallel import Parallel, delayed

from tuners.evaluation.alarm import trial_limit
from tuners.evaluation.contract import Scores, Training
from tuners.evaluation.rows import in_part
from tuners.results.keys import freeze
from tuners.results.params import Params
from tuners.task import fitting
from tuners.task.problem import own_values

if TYPE_CHECKING:
    from tuners.task.splits import Fold


MOST_GROWN = 10_000_000
"""Trees or iterations, times the rows that they grew on, of the fits that are kept to go on from: a gigabyte or so.

Of more, the ones not seen for longest begin anew, which takes longer and gives the same scores."""


class _Growth(NamedTuple):
    """A candidate that was evaluated in part, and may be grown on."""

    fidelity: float
    estimators: Sequence[Any]
    """Fitted, one a fold."""
    size: int
    """Trees or iterations times rows, over the folds."""


class Plain:
    """Evaluates by scikit-learn's `cross_validate`, each fit made."""

    def __init__(self, training: Training, *, jobs: int = 1, trial_seconds: float | None = None) -> None:
        """Take what candidates are scored on; a candidate that takes longer than `trial_seconds` fails."""
        self._training = training
        self._jobs = jobs
        self._trial_seconds = trial_seconds
        self._grown: dict[Hashable, _Growth] = {}
        """By candidate; the latest last."""

    def evaluate(self, params: Mapping[str, Any], fidelity: float = 1.0) -> Scores:
        """Score one candidate on all folds; a fidelity is a share of its size, or of the rows that it is fitted on."""
        params = dict(params)
        training = self._training
        folds = training.folds_of(params)
        whole = params
        if fidelity != 1 and not training.resource.parameter:
            folds = in_part(folds, training.y, fidelity, stratified=training.classifies, ordered=training.ordered)
        elif fidelity != 1:
            params = training.resource.share(params, fidelity)
        if training.resource.continued and (fidelity != 1 or self._grown):
            with trial_limit(self._trial_seconds):
                return self._continued(whole, params, folds, fidelity)
        estimator = clone(training.estimator).set_params(**own_values(params))
        with trial_limit(self._trial_seconds):
            if training.of_rows:
                return self._by_rows(estimator, folds)
            result = cross_validate(
                estimator,
                training.X,
                training.y,
                cv=folds,
                scoring=training.scorer,
                n_jobs=self._jobs,
                error_score="raise",
            )
        scores = tuple(map(float, result["test_score"]))
        return Scores(scores, float(result["fit_time"].sum()), float(result["score_time"].sum()))

    def _by_rows(self, estimator: Any, folds: list[Fold]) -> Scores:
        """Score an estimator on folds whose rows have weights, of which `cross_validate` tells no scorer."""
        parallel = Parallel(n_jobs=self._jobs)
        done = parallel(delayed(_fold)(clone(estimator), self._training, fold) for fold in folds)
        scores, fit_seconds, score_seconds = zip(*done, strict=True)
        return Scores(scores, sum(fit_seconds), sum(score_seconds))

    def _continued(self, whole: Params, params: Params, folds: list[Fold], fidelity: float) -> Scores:
        """Score a candidate whose fits go on from those at a smaller fidelity, and may go on themselves."""
        key, resource = freeze(whole), self._training.resource
        growth = self._grown.pop(key, None)
        if growth is not None and growth.fidelity < fidelity:
            estimators = growth.estimators
        else:
            estimators = [clone(self._training.estimator).set_params(**own_values(params)) for _ in folds]
        size = params.get(resource.parameter, resource.whole)
        for estimator in estimators:
            estimator.set_params(**{resource.parameter: size, resource.warm_start: True})
        parallel = Parallel(n_jobs=self._jobs)
        done = parallel(
            delayed(_grown)(estimator, self._training, fold) for estimator, fold in zip(estimators, folds, strict=True)
        )
        fitted, scores, fit_seconds, score_seconds = zip(*done, strict=True)
        if fidelity < 1:
            self._grown[key] = _Growth(fidelity, fitted, size * sum(len(train) for train, _ in folds))
            while sum(each.size for each in self._grown.values()) > MOST_GROWN and len(self._grown) > 1:
                del self._grown[next(iter(self._grown))]
        return Scores(scores, sum(fit_seconds), sum(score_seconds))

    def adapted(self, search: Any) -> Any:
        """Return the search as it is."""
        return search


def _grown(estimator: Any, of: Training, fold: Fold) -> tuple[Any, float, float, float]:
    """Return a fitted estimator, its score on a fold, and the seconds of fit and score."""
    with warnings.catch_warnings():
        # A share of few trees may be as many as before; and the classes of a fold are those of all its fits.
        warnings.filterwarnings("ignore", "Warm-start fitting without increasing", UserWarning)
        warnings.filterwarnings("ignore", "class_weight presets", UserWarning)
        return estimator, *_fold(estimator, of, fold)


def _fold(estimator: Any, of: Training, fold: Fold) -> tuple[float, float, float]:
    """Return the score of a fold, and the seconds of fit and score."""
    (X, y, known), (X_asked, y_asked, known_asked) = (
        (_safe_indexing(of.X, rows), of.y[rows], fitting.taken(of.of_rows, rows)) for rows in fold
    )
    begun = perf_counter()
    fitting.fit(estimator, X, y, known)
    fitted = perf_counter()
    found = fitting.score(of.scorer, estimator, X_asked, y_asked, known_asked)
    return found, fitted - begun, perf_counter() - fitted


EVALUATOR = Plain
