"""The objective: what a tuner may touch.

It shows a tuner what it needs, as copies of its own. All that it does is done by the run's `Ledger`, to which this
module alone leads.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn
from weakref import WeakKeyDictionary

from sklearn.base import clone

from tuners.errors import TuningError
from tuners.evaluation.contract import Training, evaluator, ledger_kind
from tuners.evaluation.ledger import Ledger
from tuners.results.budget import BudgetExhausted
from tuners.results.record import EVALUATIONS, STARTS
from tuners.results.trial import Trial
from tuners.spaces import Params, own_copy
from tuners.task.problem import own_rows, own_values

if TYPE_CHECKING:
    from pathlib import Path

    from ConfigSpace import ConfigurationSpace

    from tuners.evaluation.clock import Clock
    from tuners.evaluation.listener import Listener
    from tuners.results.budget import Budget
    from tuners.task.problem import Problem
    from tuners.task.resource import Resource
    from tuners.task.splits import Fold

_ledgers: WeakKeyDictionary[Objective, Ledger] = WeakKeyDictionary()


@dataclass(frozen=True)
class _Source:
    """What an objective's copies for its tuner are made of, each when it is first asked for."""

    problem: Problem
    space: ConfigurationSpace
    start: str


_sources: WeakKeyDictionary[Objective, _Source] = WeakKeyDictionary()


def ledger_of(objective: Objective) -> Ledger:
    """Return the ledger of a run, for the harness."""
    return _ledgers[objective]


class Objective:
    """The training rows, the folds and the budget of one run, and its trials so far.

    A tuner calls it with parameters, hands a scikit-learn search to `search`, or reports with
    `record` what a library evaluated itself. It holds nothing of the test set. All that it holds is the tuner's own
    copy: what a tuner changes of it changes no evaluation, no other cell, and nothing that is recorded.
    """

    def __init__(
        self,
        problem: Problem,
        tuner: str,
        budget: Budget,
        *,
        jobs: int = 1,
        shared: bool = False,
        evaluation: str = EVALUATIONS[0],
        start: str = STARTS[0],
        tables: Path | None = None,
        clock: Clock | None = None,
        listener: Listener | None = None,
    ) -> None:
        """Take the training part of the problem; `evaluation` names how candidates are scored, one of `EVALUATIONS`.

        `shared=True` is short for `evaluation="shared"`. `start` is where the search begins, one of `STARTS`; `tables`
        is the folder of recorded tables.
        """
        evaluation = "shared" if shared else evaluation
        training = Training.of(problem, tables)
        scores = evaluator(evaluation, training, jobs=jobs, trial_seconds=budget.trial_seconds)
        space = problem.model.space_for(tuner)
        kind = ledger_kind(evaluation) or Ledger
        _ledgers[self] = kind(training, scores, budget, space=space, jobs=jobs, clock=clock, listener=listener)
        _sources[self] = _Source(problem, space, start)
        self.jobs = jobs
        self.shared = evaluation == "shared"
        """Whether candidates are evaluated with what they have in common done once."""

    @cached_property
    def space(self) -> ConfigurationSpace:
        """What to search."""
        return own_copy(_sources[self].space)

    @cached_property
    def guesses(self) -> Sequence[Params]:
        """A person's guesses, in order."""
        return tuple(map(own_values, _sources[self].problem.model.guesses))

    @cached_property
    def start(self) -> Params | None:
        """The default configuration, which a search is to evaluate first, charged; None for a cold start.

        It has the space's hyperparameters, but may lie outside of the space.
        """
        of = _sources[self]
        return None if of.start == STARTS[0] else own_values(of.problem.untuned(of.space))

    @cached_property
    def estimator(self) -> Any:
        """The untuned estimator, seeded; its parameters bear the names of the space."""
        return clone(_sources[self].problem.estimator)

    @cached_property
    def X(self) -> Any:  # noqa: N802  as scikit-learn names it
        """Training rows, of shape (rows, features)."""
        return own_rows(_sources[self].problem.split.X_train)

    @cached_property
    def y(self) -> Any:
        """Their target, of shape (rows,)."""
        return own_rows(_sources[self].problem.split.y_train)

    @cached_property
    def weights(self) -> Any:
        """Their weights in fits and scores, of shape (rows,); None where all weigh the same."""
        found = _sources[self].problem.of_training_rows.get("sample_weight")
        return None if found is None else found.copy()

    @cached_property
    def folds(self) -> list[Fold]:
        """Row numbers of the training rows, (train, validation) for each fold.

        Raises `TuningError` where each candidate has folds of its own.
        """
        problem = _sources[self].problem
        if problem.reshuffled is not None:
            message = (
                "objective.folds: expected the same folds for all candidates, got --tuning-reshuffle, with which each "
                "has its own: use objective.folds_of(params)"
            )
            raise TuningError(message)
        return [(train.copy(), validation.copy()) for train, validation in problem.folds]

    def folds_of(self, params: Mapping[str, Any]) -> list[Fold]:
        """Return the folds that a candidate is scored on: `folds`, or its own where they are reshuffled."""
        reshuffled = _sources[self].problem.reshuffled
        return self.folds if reshuffled is None else reshuffled.of(params)

    @cached_property
    def metric(self) -> Any:
        """The metric as a scikit-learn scorer."""
        return copy.deepcopy(_sources[self].problem.scorer)

    @property
    def resource(self) -> Resource:
        """What a fidelity is a share of: trees, iterations, epochs or rows, as its text says."""
        return _sources[self].problem.resource

    @property
    def budget(self) -> Budget:
        """What the run may spend."""
        return _ledgers[self].budget

    @property
    def trials(self) -> list[Trial]:
        """The trials so far."""
        return [_own(trial) for trial in _ledgers[self].trials]

    @property
    def remaining(self) -> int:
        """Evaluations in full that are left in the budget."""
        return _ledgers[self].remaining

    @property
    def incumbent(self) -> Trial | None:
        """The best trial in full so far, the earliest of equals; None without a good one."""
        best = _ledgers[self].incumbent
        return None if best is None else _own(best)

    def clock(self) -> float:
        """Seconds since the run began."""
        return _ledgers[self].clock()

    def __call__(self, params: Mapping[str, Any], fidelity: float = 1.0) -> float:
        """Evaluate one candidate and return its mean score, larger being better.

        A `fidelity` below 1 is a share of the `resource`, and of an evaluation that the candidate costs; where the
        resource is continued, one that was evaluated in part costs only what is added. Only candidates evaluated in
        full can win. NaN if it failed, which keeps a failed trial with its reason. Raises `BudgetExhausted` when too
        little is left to spend.
        """
        try:
            return _ledgers[self].evaluate(params, fidelity).score
        except BudgetExhausted:
            pass
        raise BudgetExhausted  # anew: the frames of the harness lead further than a tuner may see

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

        `start` and `end` are readings of `clock`. Raises `TuningError` for more or fewer scores than folds (NaN
        where a fold failed), and for a score that the metric cannot give.
        """
        ledger = _ledgers[self]
        ledger.require_budget()
        trial = Trial.of(
            ledger.listed(params),
            fold_scores,
            start=start,
            end=end,
            fit_seconds=fit_seconds,
            score_seconds=score_seconds,
            reason=reason,
        )
        return ledger.keep_reported(trial).score

    def search(self, search: Any) -> None:
        """Fit a scikit-learn search, unfitted and built on `estimator`, and keep its trials.

        Estimator, folds, metric and jobs are set here; the refit is left to the run, so that every method's is
        the same. Candidates that fail are failed trials. scikit-learn's callbacks report the
        evaluations live. Raises `TuningError` for a search that evaluates candidates otherwise than each
        once on all rows (successive halving), or more than the budget holds. With a time budget, candidates are
        drawn as the search goes on. What came of it is in `trials` and `incumbent`: the search itself may stay
        unfitted, where its candidates are shared or looked up.
        """
        try:
            _ledgers[self].search(search)
        except BudgetExhausted:
            pass
        else:
            return
        raise BudgetExhausted  # anew, as above

    def __deepcopy__(self, memo: object) -> Objective:
        """Return the objective itself: there is one run."""
        return self

    def __reduce__(self) -> NoReturn:
        """Refuse to leave the process: trials made elsewhere would be lost."""
        message = (
            "the objective stays in its process: expected objective(params) to be called there, got a pickle of it: "
            "use threads, or --tuning-jobs, which evaluates folds in processes"
        )
        raise TuningError(message)


def _own(trial: Trial) -> Trial:
    return replace(trial, params=own_values(trial.params))


Tuner = Callable[[Objective, int], None]
"""A tuning method: `tune(objective, seed)`. Its result is what the objective remembers."""
