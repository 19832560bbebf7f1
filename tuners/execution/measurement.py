"""The measurement of a run: one tuner on one problem, under a clock.

load the tuner, fit the untuned model, warm up what is done once in a process
start the clock
    let the tuner search until it returns, or its budget is spent
    refit the winner on all training rows
stop the clock
score the winner on the test rows (`scoring`)
"""

from __future__ import annotations

import math
import zlib
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tuners.errors import TuningError, one_line
from tuners.evaluation.alarm import deadline
from tuners.evaluation.recorded import RecordedLedger
from tuners.execution.memory import PeakMemory
from tuners.execution.refits import Fitted, LookedUp, Refits
from tuners.execution.warm_up import warm_up
from tuners.objective import Objective, ledger_of
from tuners.results.budget import Budget, BudgetExhausted
from tuners.results.record import EVALUATIONS, STARTS
from tuners.spaces import contains

if TYPE_CHECKING:
    from pathlib import Path

    from tuners.evaluation.clock import Clock
    from tuners.evaluation.listener import Listener
    from tuners.evaluation.recording import Recording
    from tuners.objective import Tuner
    from tuners.results.params import Params
    from tuners.store.table import Row
    from tuners.task.problem import Problem


def tuner_seed(seed: int, tuner: str, repeat: int = 0) -> int:
    """Derive a tuner's own seed, so that no two methods, and no two repeats, share a stream of random numbers."""
    entropy = [seed, zlib.crc32(tuner.encode()), *([repeat] if repeat else [])]
    return int(np.random.SeedSequence(entropy).generate_state(1)[0])


SHORT = 0.01
"""Seconds by which an alarm of the wall's may ring before a recorded clock is there: what look-ups have taken."""


class Measurement:
    """One run of a tuner: `prepare`, then `search`, which is what the clock covers; the attributes say what came of it.

    Attributes: `ledger`, which has the trials; `default_test_score`; `seconds`, of search and refit; `refit_seconds`;
    `refits`, which has the test scores; `refitted`; `timed_out`; `memory`; `reason`, `cause` and `error` of a run that
    failed.
    """

    def __init__(
        self,
        tuner: str,
        tune: Tuner,
        problem: Problem,
        budget: Budget,
        *,
        jobs: int = 1,
        evaluation: str = EVALUATIONS[0],
        start: str = STARTS[0],
        repeat: int = 0,
        tables: Path | None = None,
        clock: Clock | None = None,
        listener: Listener | None = None,
    ) -> None:
        """Take what is measured: `start` is one of `STARTS`, `repeat` its number from 0, `tables` a folder.

        `clock` is the wall's by default, or the recorded one.

        The folds that a scikit-learn search evaluates itself, and what ends a run or a trial, are timed by the wall's.
        A method whose function has an attribute `evaluations`, called with the space, says so how many it needs
        whatever the budget, and gets one more for a start outside of the space; one with an attribute `check`, called
        with the model, raises there `NotApplicableError` for a model that it cannot serve.
        """
        check = getattr(tune, "check", None)
        if check is not None:
            check(problem.model)
        evaluations = getattr(tune, "evaluations", None)
        space = problem.model.space_for(tuner)
        self.begun_at: Params | None = None if start == STARTS[0] else problem.untuned(space)
        """The default configuration, where the search begins with it."""
        if evaluations is not None:
            further = self.begun_at is not None and not contains(space, self.begun_at)
            budget = replace(budget, evaluations=(evaluations(space) or budget.evaluations) + further)
        self.tuner = tuner
        self.problem = problem
        self.budget = budget
        self.evaluation = evaluation
        self.start = start
        self._repeat = repeat
        self._tune = tune
        self._jobs = jobs
        self._shares = evaluation == "shared" or evaluations is not None
        self.default_test_score: float | None = None
        self.memory = PeakMemory(children=jobs != 1)
        self.seconds = math.nan
        self.refit_seconds = 0.0
        self.refitted = False
        self.reason = ""
        self.error: BaseException | None = None
        self.cause = ""
        """Why the first candidate failed, where all did."""
        self.timed_out = False
        self.objective = Objective(
            problem, tuner, budget,
            jobs=jobs, evaluation=evaluation, start=start, tables=tables, clock=clock, listener=listener,
        )  # fmt: skip
        self.ledger = ledger_of(self.objective)
        self.recording: Recording | None = None
        """The problem's, of a run that is looked up."""
        self.refits: Refits = Fitted(problem)
        if isinstance(self.ledger, RecordedLedger):
            self.recording = self.ledger.recording
            self.refits = LookedUp(self.ledger)

    @property
    def rows(self) -> list[Row]:
        """The rows of trials that were looked up, in the order of the method; none of others."""
        return self.ledger.rows if isinstance(self.ledger, RecordedLedger) else []

    def prepare(self) -> None:
        """Fit the untuned model, and do what is done once in a process (a compiler, a pool): no tuner pays for it."""
        if self.recording is not None:
            untuned = self.recording.row({}).test_score
            if untuned is not None:
                self.problem.know_default_test_score(untuned)
            self.default_test_score = self.problem.default_test_score
            return
        self.default_test_score = self.problem.default_test_score
        warm_up(self.problem, self._jobs, shared=self._shares)

    def search(self) -> None:
        """Search, and refit the winner on all training rows: what a benchmark times.

        A tuner's exception ends the run as failed and is kept as its reason; nothing but an
        interrupt leaves this method.
        """
        ledger = self.ledger
        # A run that is looked up takes milliseconds, and the memory of the table.
        with self.memory if self.recording is None else nullcontext():
            ledger.clock.start()
            try:
                try:
                    # Of a run that is looked up it ends a method that thinks on: no look-up takes so long.
                    with deadline(self.budget.seconds):
                        self._tune(self.objective, tuner_seed(self.problem.seed, self.tuner, self._repeat))
                except BudgetExhausted:
                    limit = self.budget.seconds
                    self.timed_out = limit is not None and ledger.clock() >= limit - SHORT
                ledger.close()
                self._refit()
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt):
                    raise
                # Libraries give up in words of their own when nothing worked; what failed says more.
                trials = ledger.trials
                hopeless = trials and not any(trial.ok for trial in trials)
                self.error = error
                self.reason = self._nothing_found() if hopeless else one_line(error)
                self.cause = trials[0].reason if hopeless else ""
            finally:
                ledger.close()
                self.seconds = ledger.clock()

    def _refit(self) -> None:
        best = self.ledger.incumbent
        if best is None:
            raise TuningError(self._nothing_found())
        begun = self.ledger.clock()
        position = next(place for place, trial in enumerate(self.ledger.trials) if trial is best)
        self.refits.refit(position, best)
        self.refitted = True
        self.refit_seconds = self.ledger.clock() - begun

    def _nothing_found(self) -> str:
        trials = self.ledger.trials
        if any(trial.ok for trial in trials):
            return "no candidate was evaluated in full: expected objective(params) without a fidelity for one at least"
        if trials:
            return f"every candidate failed: {trials[0].reason}"
        if self.timed_out:
            return f"no candidate was evaluated within {self.budget.seconds:g} s: give it more time"
        return "the tuner evaluated no candidate: it must call objective(params) or objective.search(search)"
