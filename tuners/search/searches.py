"""`SharedGridSearchCV` and `SharedRandomizedSearchCV`: scikit-learn's searches, evaluating what they can together.

scikit-learn's own `fit` stays in charge. Where it would evaluate all candidates one by one:

    evaluate a witness, a small candidate, both ways; if its scores differ, scikit-learn evaluates all
    evaluate together the candidates that share work
    let scikit-learn evaluate the rest
    put the results together, in the order of the candidates
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, nullcontext
from typing import Any

import numpy as np
from joblib import parallel_config
from sklearn.base import is_classifier
from sklearn.model_selection import GridSearchCV, ParameterGrid, ParameterSampler, RandomizedSearchCV, check_cv
from sklearn.model_selection._search import _insert_error_scores
from sklearn.model_selection._split import _yields_constant_splits
from sklearn.utils.validation import _check_method_params, indexable

from tuners.search.anatomy import Params
from tuners.search.evaluator import Outcome, SharedEvaluator, shareable
from tuners.search.events import Renumbered, tell, watched
from tuners.search.not_exact import NotExactWarning

Plain = Callable[..., dict[str, Any]]
"""scikit-learn's evaluation of some candidates: returns the results so far."""


class _Shared:
    """What both searches do differently from scikit-learn's: a mix-in before its class."""

    _shares: dict[int, list[Outcome]]
    _candidates: list[Params] | None = None
    """While results are put together: all candidates, in order."""
    _leading: int
    """How many candidates scikit-learn evaluated first that are not the search's own: the witness."""

    def fit(self, X: Any, y: Any = None, **params: Any) -> Any:
        """Run the search, as scikit-learn's class does, and set `shared_`."""
        self._given = (X, y, params)
        self._shares, self._leading = {}, 0
        # Where nothing is left for scikit-learn but the witness, no worker processes need start for it.
        alone = not params and y is not None and self._shares_all(X, y)
        try:
            with parallel_config(backend="threading") if alone else nullcontext():
                super().fit(X, y, **params)  # type: ignore[misc]
            candidates = range(len(self.cv_results_["params"]))  # type: ignore[attr-defined]
            self.shared_ = np.array([position in self._shares for position in candidates])
        finally:
            self._candidates = None
            del self._given, self._shares, self._leading, self._candidates
        return self

    def _shares_all(self, X: Any, y: Any) -> bool:
        """Whether all candidates can be expected to be shared in threads, as the witness is on the first fold."""
        if not (self.cv is None or isinstance(self.cv, int) or hasattr(self.cv, "split")):  # type: ignore[attr-defined]
            return False  # folds from a generator come once
        try:
            candidates = self._listed()
            cv = check_cv(self.cv, y, classifier=is_classifier(self.estimator))  # type: ignore[attr-defined]
            # A splitter that draws would draw others afterwards.
            if not (_yields_constant_splits(cv) and shareable(self.estimator, X, candidates)):  # type: ignore[attr-defined]
                return False
            evaluator = self._evaluator(X, y, [next(iter(cv.split(X, y)))])
            return bool(list(evaluator.evaluate(evaluator.witnesses(candidates))))
        except Exception:  # noqa: BLE001  scikit-learn says what is wrong
            return False

    def _evaluator(self, X: Any, y: Any, splits: list[Any]) -> SharedEvaluator:
        scorer, _ = self._get_scorers()  # type: ignore[attr-defined]
        return SharedEvaluator(
            self.estimator,  # type: ignore[attr-defined]
            X,
            y,
            splits,
            scorer,
            jobs=self.n_jobs,  # type: ignore[attr-defined]
            train_scores=self.return_train_score,  # type: ignore[attr-defined]
        )

    def _listed(self) -> Sequence[Params]:
        """Return the candidates, where listing them changes nothing; else none."""
        raise NotImplementedError

    def _run_search(self, evaluate_candidates: Plain, *, callback_ctx: Any = None) -> None:
        def evaluate(candidates: Iterable[Params], *, callback_ctx: Any = None) -> None:
            self._evaluate(list(candidates), evaluate_candidates, callback_ctx)

        super()._run_search(evaluate, callback_ctx=callback_ctx)  # type: ignore[misc]

    def _evaluate(self, candidates: list[Params], plain: Plain, context: Any) -> None:
        X, y, params = self._given
        X, y = indexable(X, y)
        routed = self._get_routed_params_for_fit(_check_method_params(X, params=params))  # type: ignore[attr-defined]
        splits = list(self._checked_cv_orig.split(X, y, **routed.splitter.split))  # type: ignore[attr-defined]
        # The same folds for every evaluation, even of a splitter that draws others each time.
        folds = check_cv(splits)
        special = routed.estimator.fit or routed.scorer.score or watched(context, self.estimator)  # type: ignore[attr-defined]
        # No folds, or others than it counted, are an error that scikit-learn words.
        usual = splits and len(splits) == self.n_splits_  # type: ignore[attr-defined]
        if len(candidates) == 1 or y is None or special or not usual:
            plain(candidates, cv=folds, callback_ctx=context)
            return
        evaluator = self._evaluator(X, y, splits)
        sharing = list(range(len(candidates)))
        results: dict[str, Any] = {}
        witnesses = evaluator.witnesses(candidates)
        if witnesses:
            outcomes = dict(evaluator.evaluate(witnesses)).get(0)
            if outcomes is None:
                sharing = []
            else:
                results = plain(witnesses[:1], cv=folds, callback_ctx=None)
                self._leading = 1
                if not _same(results, outcomes):
                    sharing = []
                    message = (
                        f"{type(self).__name__} leaves all candidates to scikit-learn, whose scores of {witnesses[0]} "
                        "are not those that sharing gave"
                    )
                    warnings.warn(message, NotExactWarning, stacklevel=2)
        else:
            # scikit-learn cannot evaluate nothing.
            sharing.remove(evaluator.smallest(candidates))
        self._candidates = candidates
        with closing(evaluator.evaluate([candidates[position] for position in sharing])) as evaluated:
            for position, outcomes in evaluated:
                self._shares[sharing[position]] = outcomes
                tell(context, self, sharing[position], outcomes)
        if self.verbose and self._shares:  # type: ignore[attr-defined]
            print(f"Evaluated {len(self._shares)} of {len(candidates)} candidates together")  # noqa: T201  as scikit-learn does
        rest = [position for position in range(len(candidates)) if position not in self._shares]
        if rest:
            # With the witness again, since scikit-learn raises where every candidate that it gets fails.
            again = witnesses[: self._leading]

            numbered = Renumbered(context, [*(None for _ in again), *rest], len(splits))
            self._leading += len(again)
            left = [candidates[position] for position in rest]
            try:
                results = plain([*again, *left], cv=folds, callback_ctx=numbered)
            except ValueError as error:
                if again or not self._shares or "fits failed" not in str(error):
                    raise
                # Without a witness, again beside a candidate that is known to work. The callbacks have heard of all.
                self._leading += 1
                results = plain([candidates[next(iter(self._shares))], *left], cv=folds, callback_ctx=None)
            self._warn_of_failures(evaluator, [sharing[position] for position in sorted(evaluator.lost)], results)
        else:
            # These very results are what `fit` goes on with.
            results.clear()
            results.update(self._format_results([], len(splits), []))

    def _warn_of_failures(self, evaluator: SharedEvaluator, lost: list[int], results: dict[str, Any]) -> None:
        """Say what went wrong with candidates that scikit-learn could evaluate: it cost time that nobody expects."""
        scores = next(values for name, values in results.items() if name.startswith("mean_test_"))
        good = int((np.isfinite(scores[lost]) & (scores[lost] != self.error_score)).sum())  # type: ignore[attr-defined]
        if good and self._leading:
            message = (
                f"{type(self).__name__} left {good} of {len(scores)} candidates to scikit-learn, since evaluating them "
                f"together failed: {evaluator.failure}"
            )
            warnings.warn(message, NotExactWarning, stacklevel=2)

    def _format_results(
        self, candidate_params: list[Params], n_splits: int, out: list[dict[str, Any]], more_results: Any = None
    ) -> dict[str, Any]:
        """Put the shared candidates' results among those that scikit-learn has evaluated."""
        if self._candidates is not None:
            own = iter(out[self._leading * n_splits :])
            out = []
            for position, _ in enumerate(self._candidates):
                if position in self._shares:
                    out += [self._as_result(outcome) for outcome in self._shares[position]]
                else:
                    out += [next(own) for _ in range(n_splits)]
            candidate_params = self._candidates
            if callable(self.scoring):  # type: ignore[attr-defined]
                # A failed candidate has no metrics' names of its own.
                _insert_error_scores(out, self.error_score)  # type: ignore[attr-defined]
        results: dict[str, Any] = super()._format_results(candidate_params, n_splits, out, more_results)  # type: ignore[misc]
        return results

    def _as_result(self, outcome: Outcome) -> dict[str, Any]:
        """Return an outcome as scikit-learn's `_fit_and_score` does."""
        trained = {"train_scores": outcome.train_score} if self.return_train_score else {}  # type: ignore[attr-defined]
        return {
            "fit_error": None,
            **trained,
            "test_scores": outcome.test_score,
            "n_test_samples": outcome.n_test,
            "fit_time": outcome.fit_seconds,
            "score_time": outcome.score_seconds,
        }


def _same(results: dict[str, Any], outcomes: Sequence[Outcome]) -> bool:
    """Whether scikit-learn's results of one candidate are, bit for bit, the scores that sharing gave."""
    for fold, outcome in enumerate(outcomes):
        scores = outcome.test_score if isinstance(outcome.test_score, dict) else {"score": outcome.test_score}
        for name, score in scores.items():
            if not np.array_equal(results[f"split{fold}_test_{name}"][0], score, equal_nan=True):
                return False
    return True


class SharedGridSearchCV(_Shared, GridSearchCV):
    """`GridSearchCV` that does the work candidates have in common once.

    Parameters, attributes and scores are scikit-learn's (`sklearn.model_selection.GridSearchCV`), every
    score bit for bit. Besides, `shared_` is a bool array of shape (candidates,): which were evaluated
    together. For these, the fit and score times in `cv_results_` are what their group took, divided
    evenly among its candidates: no candidate's own.

    Raises what scikit-learn raises. Warns `NotExactWarning` where a model that could be shared is not.
    """

    def _listed(self) -> Sequence[Params]:
        return list(ParameterGrid(self.param_grid))


class SharedRandomizedSearchCV(_Shared, RandomizedSearchCV):
    """`RandomizedSearchCV` that does the work candidates have in common once.

    All that `SharedGridSearchCV` promises holds for it, too.
    """

    def _listed(self) -> Sequence[Params]:
        if not isinstance(self.random_state, int | np.integer):
            return []
        return list(ParameterSampler(self.param_distributions, self.n_iter, random_state=self.random_state))
