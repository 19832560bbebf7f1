"""Plain evaluation: each candidate is fitted and scored by scikit-learn, fold by fold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sklearn.base import clone
from sklearn.model_selection import cross_validate

from tuners.evaluation.alarm import trial_limit
from tuners.evaluation.contract import Scores, Training
from tuners.evaluation.rows import in_part
from tuners.task.problem import own_values


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
        with trial_limit(self._trial_seconds):
            result = cross_validate(
                clone(training.estimator).set_params(**own_values(params)),
                training.X,
                training.y,
                cv=folds,
                scoring=training.scorer,
                n_jobs=self._jobs,
                error_score="raise",
            )
        scores = tuple(map(float, result["test_score"]))
        return Scores(scores, float(result["fit_time"].sum()), float(result["score_time"].sum()))

    def adapted(self, search: Any) -> Any:
        """Return the search as it is."""
        return search


EVALUATOR = Plain
