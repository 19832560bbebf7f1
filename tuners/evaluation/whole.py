"""Candidates evaluated for a table: on every fold, and on the test rows after a refit on all training rows.

The fold scores and the test score are those of plain evaluation, bit for bit. What candidates have in common is done
once where that is exact: the refit is one more fold of the same growth.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any

from tuners.errors import TrialTimeoutError, one_line, unwinds
from tuners.evaluation.contract import Training
from tuners.evaluation.plain import Plain
from tuners.results.params import Params
from tuners.search.evaluator import SharedEvaluator
from tuners.search.folds import Apart
from tuners.store.table import Row
from tuners.task.problem import own_rows

if TYPE_CHECKING:
    from tuners.evaluation.modelled import Modelled
    from tuners.task.problem import Problem

UNSCORED = "the winner cannot be scored on the test rows"
"""Why a run failed whose winner could be fitted."""


class Whole:
    """Evaluates candidates of one problem whole."""

    def __init__(self, problem: Problem, *, jobs: int = 1) -> None:
        """Belong to a problem; `jobs` are threads, for what candidates share."""
        self._problem = problem
        self._plain = Plain(Training.of(problem))
        split = problem.split
        X, y = own_rows(split.X_train), own_rows(split.y_train)
        refit = Apart(own_rows(split.X_train), y, own_rows(split.X_test), own_rows(split.y_test))
        # Candidates that each have folds of their own have no work in common, and what is grown together is grown
        # without weights of rows.
        self._shared = None if problem.reshuffled or problem.of_training_rows else SharedEvaluator(
            problem.estimator, X, y, [*problem.folds, refit], problem.scorer, jobs=jobs, remember=True
        )  # fmt: skip

    def size(self, params: Params) -> str | None:
        """Return the name of the hyperparameter that says how far candidates grow; None where nothing is shared."""
        return None if self._shared is None else self._shared.size_name(params)

    def together(self, candidates: Sequence[Params]) -> list[list[int]]:
        """Return the positions of candidates in parts that share work."""
        if self._shared is None:
            return [[place] for place in range(len(candidates))]
        return self._shared.together(candidates)

    def warm_up(self) -> None:
        """Compile what candidates are grown by, and compare its scores with scikit-learn's: once in a process."""
        if self._shared is not None:
            list(self._shared.evaluate([{}, {}]))

    def shared(self, candidates: Sequence[Params], modelled: Modelled) -> Iterator[tuple[int, Row]]:
        """Yield a row, by position, of each candidate that can be shared; their seconds are modelled."""
        for position, outcomes in () if self._shared is None else self._shared.evaluate(candidates):
            *folds, refit = (float(outcome.test_score) for outcome in outcomes)
            if not all(map(math.isfinite, (*folds, refit))):
                continue  # said by a plain evaluation
            params = candidates[position]
            yield position, Row(-1, params, 1.0, tuple(folds), refit, *modelled.seconds(params))

    def plain(self, params: Params, fidelity: float = 1.0) -> Row:
        """Evaluate one candidate by its own fits; its seconds are measured. A failure is a row with its reason."""
        begun = perf_counter()
        folds = len(self._problem.folds)
        try:
            scores = self._plain.evaluate(params, fidelity)
        except BaseException as error:
            if unwinds(error) or isinstance(error, TrialTimeoutError):
                raise
            nothing = (math.nan,) * folds
            return Row(-1, params, fidelity, nothing, None, perf_counter() - begun, 0.0, 0.0, 0.0, one_line(error))
        own = max(perf_counter() - begun - scores.fit_seconds - scores.score_seconds, 0.0)
        test_score, refit, refused = self._refitted(params) if fidelity == 1 else (None, 0.0, "")
        return Row(
            -1, params, fidelity, scores.fold_scores, test_score, scores.fit_seconds, scores.score_seconds, refit, own,
            refused=refused,
        )  # fmt: skip

    def _refitted(self, params: Mapping[str, Any]) -> tuple[float | None, float, str]:
        """Return the test score, the seconds of the refit, and why there is no score."""
        begun = perf_counter()
        seconds = None
        try:
            fitted = self._problem.fit(params)
            seconds = perf_counter() - begun
            score = self._problem.test_score(fitted)
        except BaseException as error:
            if unwinds(error):
                raise
            if seconds is None:
                return None, perf_counter() - begun, one_line(error)
            return None, seconds, f"{UNSCORED}: {one_line(error)}"
        return (score, seconds, "") if math.isfinite(score) else (None, seconds, f"the winner's test score is {score}")
