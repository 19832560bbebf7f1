"""Shared evaluation: what the candidates of a run have in common is done once. Scores are those of plain evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sklearn.model_selection import GridSearchCV, RandomizedSearchCV

from tuners.errors import TuningError
from tuners.evaluation.contract import Scores, Training
from tuners.evaluation.plain import Plain
from tuners.search import SharedGridSearchCV, SharedRandomizedSearchCV
from tuners.search.evaluator import SharedEvaluator

_SHARING = {GridSearchCV: SharedGridSearchCV, RandomizedSearchCV: SharedRandomizedSearchCV}
"""By the class of scikit-learn, the one that shares."""


class Shared(Plain):
    """Evaluates with what this run has grown before; what cannot be shared is evaluated plainly."""

    def __init__(self, training: Training, *, jobs: int = 1, trial_seconds: float | None = None) -> None:
        """Begin with nothing grown; raise `TuningError` where each candidate has folds of its own."""
        if training.reshuffled is not None:
            message = (
                "shared evaluation: expected the same folds for all candidates, got folds reshuffled for each, which "
                "have no work in common: use plain or recorded evaluation"
            )
            raise TuningError(message)
        super().__init__(training, jobs=jobs, trial_seconds=trial_seconds)
        self._evaluator: SharedEvaluator | None = None

    def evaluate(self, params: Mapping[str, Any], fidelity: float = 1.0) -> Scores:
        """Score one candidate on all folds; its seconds are its share of what its group took.

        One of a share of its size shares what the whole would; one on a share of the rows shares nothing, nor do
        candidates whose rows have weights: what is grown together is grown without any.
        """
        resource = self._training.resource
        if self._training.of_rows or (fidelity != 1 and not resource.parameter):
            return super().evaluate(params, fidelity)
        grown = params if fidelity == 1 else resource.share(params, fidelity)
        if self._evaluator is None:
            of = self._training
            self._evaluator = SharedEvaluator(
                of.estimator, of.X, of.y, of.folds, of.scorer, jobs=self._jobs, remember=True
            )
        outcomes = dict(self._evaluator.evaluate([grown])).get(0, [])
        if not outcomes:
            return super().evaluate(params, fidelity)
        return Scores(
            tuple(float(outcome.test_score) for outcome in outcomes),
            sum(outcome.fit_seconds for outcome in outcomes),
            sum(outcome.score_seconds for outcome in outcomes),
        )

    def adapted(self, search: Any) -> Any:
        """Return scikit-learn's own searches as those that share; others as they are."""
        sharing = _SHARING.get(type(search))
        return sharing(**search.get_params(deep=False)) if sharing else search


EVALUATOR = Shared
