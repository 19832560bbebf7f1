"""Plain evaluation: each candidate is fitted and scored by scikit-learn, fold by fold."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import TYPE_CHECKING, Any

from sklearn.base import clone
from sklearn.model_selection import cross_validate
from sklearn.utils import _safe_indexing
from sklearn.utils.parallel import Parallel, delayed

from tuners.evaluation.alarm import trial_limit
from tuners.evaluation.contract import Scores, Training
from tuners.evaluation.rows import in_part
from tuners.task import fitting
from tuners.task.problem import own_values

if TYPE_CHECKING:
    from tuners.task.splits import Fold


class Plain:
    """Evaluates by scikit-learn's `cross_validate`, each fit made."""

    def __init__(self, training: Training, *, jobs: int = 1, trial_seconds: float | None = None) -> None:
        """Take what candidates are scored on; a candidate that takes longer than `trial_seconds` fails."""
        self._training = training
        self._jobs = jobs
        self._trial_seconds = trial_seconds

    def evaluate(self, params: Mapping[str, Any], fidelity: float = 1.0) -> Scores:
        """Score one candidate on all folds; a fidelity is a share of the rows that it is fitted on."""
        training = self._training
        folds = training.folds_of(params)
        if fidelity != 1:
            folds = in_part(folds, training.y, fidelity, stratified=training.classifies, ordered=training.ordered)
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

    def adapted(self, search: Any) -> Any:
        """Return the search as it is."""
        return search


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
