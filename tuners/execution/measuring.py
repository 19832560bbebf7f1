"""A run: one tuner on one problem, its clock, and what came of it."""

from __future__ import annotations

import hashlib
import math
import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import cross_validate

from tuners.errors import TuningError, failure, one_line, skips, unwinds
from tuners.evaluation.alarm import deadline
from tuners.evaluation.ledger import Listener
from tuners.execution.memory import PeakMemory
from tuners.objective import Objective, ledger_of
from tuners.results.budget import Budget, BudgetExhausted
from tuners.results.record import EVALUATIONS, SCHEMA, Record, Status
from tuners.results.run import Incumbent, Run
from tuners.results.trial import Trial, incumbent, trials_hash
from tuners.spaces import contains
from tuners.text.shown import without_addresses

if TYPE_CHECKING:
    from tuners.objective import Tuner
    from tuners.task.problem import Problem

_pooled: WeakSet[Problem] = WeakSet()
_compared: WeakSet[Problem] = WeakSet()


def tuner_seed(seed: int, tuner: str) -> int:
    """Derive a tuner's own seed, so that no two methods share a stream of random numbers."""
    return int(np.random.SeedSequence([seed, zlib.crc32(tuner.encode())]).generate_state(1)[0])


class Execution:
    """One run in the making: `search` is what the clock covers, `finish` is all the rest."""

    def __init__(
        self,
        tuner: str,
        tune: Tuner,
        problem: Problem,
        budget: Budget,
        *,
        jobs: int = 1,
        evaluation: str = EVALUATIONS[0],
        listener: Listener | None = None,
    ) -> None:
        """Prepare a run, the split and the default model's score included.

        The default model is fitted here, before the clock: what a library does once in a process (a
        just-in-time compiler, a thread pool) then falls on no tuner. A method whose function has an
        attribute `evaluations`, called with the space, says so how many it needs whatever the budget; one with an
        attribute `check`, called with the model, raises there `NotApplicableError` for a model that it cannot serve.
        """
        self._tuner = tuner
        self._tune = tune
        self._problem = problem
        check = getattr(tune, "check", None)
        if check is not None:
            check(problem.model)
        evaluations = getattr(tune, "evaluations", None)
        if evaluations is not None:
            budget = replace(budget, evaluations=evaluations(problem.model.space_for(tuner)) or budget.evaluations)
        self._budget = budget
        self._evaluation = evaluation
        self.default_test_score = problem.default_test_score
        shared = evaluation == "shared"
        _warm_up(problem, jobs, shared=shared or evaluations is not None)
        self._memory = PeakMemory(children=jobs != 1)
        self._seconds = math.nan
        self._refit_seconds = 0.0
        self._winner: Any = None
        self._reason = ""
        self._error: BaseException | None = None
        self._cause = ""
        """Why the first candidate failed, where all did."""
        self._timed_out = False
        self.objective = Objective(problem, tuner, budget, jobs=jobs, shared=shared, listener=listener)
        self.ledger = ledger_of(self.objective)

    def search(self) -> None:
        """Search, and refit the winner on all training rows: what a benchmark times.

        A tuner's exception ends the run as failed and is kept as its reason; nothing but an
        interrupt leaves this method.
        """
        ledger = self.ledger
        with self._memory:
            ledger.start()
            try:
                try:
                    with deadline(self._budget.seconds):
                        self._tune(self.objective, tuner_seed(self._problem.seed, self._tuner))
                except BudgetExhausted:
                    limit = self._budget.seconds
                    self._timed_out = limit is not None and ledger.clock() >= limit
                ledger.close()
                self._refit()
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt):
                    raise
                # Libraries give up in words of their own when nothing worked; what failed says more.
                hopeless = ledger.trials and ledger.incumbent is None
                self._error = error
                self._reason = self._nothing_found() if hopeless else one_line(error)
                self._cause = ledger.trials[0].reason if hopeless else ""
            finally:
                ledger.close()
                self._seconds = ledger.clock()

    def _refit(self) -> None:
        best = self.ledger.incumbent
        if best is None:
            raise TuningError(self._nothing_found())
        begun = self.ledger.clock()
        self._winner = self._problem.fit(best.params)
        self._refit_seconds = self.ledger.clock() - begun

    def _nothing_found(self) -> str:
        trials = self.ledger.trials
        if trials:
            return f"every candidate failed: {trials[0].reason}"
        if self._timed_out:
            return f"no candidate was evaluated within {self._budget.seconds:g} s: raise --tuning-time-budget"
        return "the tuner evaluated no candidate: it must call objective(params) or objective.search(search)"

    def finish(self) -> Run:
        """Score the winner and the earlier incumbents on the test rows, and sum up."""
        problem, trials = self._problem, tuple(self.ledger.trials)
        best = incumbent(trials)
        evaluation = _covered([(t.start, t.end) for t in trials]) + self._refit_seconds
        incumbents: tuple[Incumbent, ...] = ()
        test_score = confusion = None
        if self._winner is not None:
            try:
                test_score = problem.test_score(self._winner)
                confusion = problem.confusion_matrix(self._winner)
                incumbents = self._incumbents(trials, test_score)
            except BaseException as error:
                if unwinds(error):
                    raise
                # The winner cannot predict the test rows.
                self._error = error
                self._reason = f"the winner cannot be scored on the test rows: {one_line(error)}"
            if test_score is not None and not math.isfinite(test_score):
                self._reason = f"the winner's test score is {test_score}"
            if self._reason:
                test_score = confusion = None
        record = Record(
            schema=SCHEMA,
            model=problem.model.name,
            dataset=problem.dataset.name,
            tuner=self._tuner,
            seed=problem.seed,
            metric=problem.protocol.metric,
            positive="" if problem.positive is None else str(problem.positive),
            test_score=test_score,
            cv_score=best.score if best else None,
            ties=sum(trial.ok and trial.score == best.score for trial in trials) if best else 0,
            default_test_score=self.default_test_score,
            evaluations=len(trials),
            failed_trials=sum(not trial.ok for trial in trials),
            budget=self._budget.stated,
            time_budget=self._budget.seconds,
            status=self._status,
            reason=self._reason,
            seconds=self._seconds,
            evaluation_seconds=min(evaluation, self._seconds),
            search_seconds=max(self._seconds - evaluation, 0.0),
            evaluation=self._evaluation,
            timed_out=self._timed_out,
            peak_memory=self._memory.bytes,
            memory_growth=self._memory.growth,
            best_params=dict(best.params) if best and not self._reason else {},
            classes=problem.dataset.classes if problem.model.classifies else (),
            confusion_matrix=confusion,
            own_space=self._left_the_space(trials),
            trials_sha256=trials_hash(trials),
            dataset_sha256=problem.dataset.fingerprint(),
            setup_sha256=self._setup_hash(),
        )
        return Run(record, trials, incumbents, self._error)

    @property
    def _status(self) -> Status:
        if skips(self._error):
            return "skipped"
        return failure(self._cause or self._reason) if self._reason else "ok"

    def _setup_hash(self) -> str:
        space = self._problem.model.space_for(self._tuner)
        setup = [
            repr(replace(self._problem.protocol, metric="")),
            *(without_addresses(str(space[name])) for name in sorted(space)),
        ]
        return hashlib.sha256("\n".join(setup).encode()).hexdigest()

    def _left_the_space(self, trials: Sequence[Trial]) -> bool:
        model = self._problem.model
        outside = (trial.params and not contains(model.space, trial.params) for trial in trials)
        return self._tuner in model.spaces or any(outside)

    def _incumbents(self, trials: Sequence[Trial], winner_score: float) -> tuple[Incumbent, ...]:
        best = -math.inf
        found = []
        for position, trial in enumerate(trials):
            if trial.ok and trial.score > best:
                best = trial.score
                found.append(position)
        earlier = [self._earlier_score(trials[position]) for position in found[:-1]]
        return tuple(
            Incumbent(position, trials[position].score, score)
            for position, score in zip(found, [*earlier, winner_score], strict=True)
        )

    def _earlier_score(self, trial: Trial) -> float | None:
        try:
            return self._problem.test_score(self._problem.fit(trial.params))
        except BaseException as error:
            if unwinds(error):
                raise
            return None  # it was good on the folds, and was beaten: the run stands without it


def _warm_up(problem: Problem, jobs: int, *, shared: bool) -> None:
    """Do before the clock what is done once in a process: no tuner should pay for it."""
    X, y = problem.split.X_train, problem.split.y_train
    if jobs != 1 and problem not in _pooled:
        # The pool of worker processes, and what they import.
        cross_validate(clone(problem.estimator), X, y, cv=problem.folds, n_jobs=jobs)
        _pooled.add(problem)
    if shared and problem not in _compared:
        from tuners.search.evaluator import SharedEvaluator  # noqa: PLC0415  loaded where it is asked for

        # The kernel's compiler, and the comparison of what is shared with scikit-learn; two, since some families
        # share nothing with one.
        evaluator = SharedEvaluator(problem.estimator, X, y, problem.folds[:1], problem.scorer)
        list(evaluator.evaluate([{}, {}]))
        _compared.add(problem)


def _covered(intervals: list[tuple[float, float]]) -> float:
    """Return the length of the union of intervals: parallel evaluations count once."""
    total, reached = 0.0, -math.inf
    for start, end in sorted(intervals):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total
