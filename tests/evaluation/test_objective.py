"""The objective, its probe, and the run around them."""

from __future__ import annotations

import math
import signal
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, cross_val_score

from tests.estimators import Stump, stump
from tuners import Budget, Dataset, Model, Objective, Problem, Protocol, Trial, TuningError
from tuners.catalog import DATASETS
from tuners.evaluation.alarm import deadline
from tuners.evaluation.listener import Listener
from tuners.execution.here import measure
from tuners.execution.measurement import tuner_seed
from tuners.execution.scoring import _covered
from tuners.objective import ledger_of
from tuners.results.budget import BudgetExhausted
from tuners.results.trial import trials_hash


def iris() -> Dataset:
    """Load a small dataset."""
    return DATASETS.load("iris")(None)


def problem(**stump_parameters: Any) -> Problem:
    """Return a cheap problem."""
    return Problem(stump(**stump_parameters), DATASETS.load("iris")(None), 0, Protocol(folds=3))


def objective(budget: int = 10, **options: Any) -> Objective:
    """Return an objective on it."""
    return Objective(problem(), "mine", Budget(budget), **options)


def test_a_call_is_scikit_learns_cross_validation() -> None:
    """The score is the mean of `cross_val_score` on the same folds, and the trial keeps each."""
    mine = objective()
    params = {"feature": 2, "threshold": 0.4}
    expected = cross_val_score(mine.estimator.set_params(**params), mine.X, mine.y, cv=mine.folds)
    assert mine(params) == expected.mean()
    assert mine.trials[0].fold_scores == tuple(expected)
    assert mine.trials[0].params == params


def test_a_search_and_calls_make_the_same_trials() -> None:
    """A candidate scores the same whether a search or the objective evaluates it."""
    searched, called = objective(), objective()
    searched.search(GridSearchCV(searched.estimator, {"feature": [0, 1], "threshold": [0.2, 0.8]}))
    for trial in searched.trials:
        called(trial.params)
    assert trials_hash(searched.trials) == trials_hash(called.trials)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_searchs_times_are_each_candidates_own(jobs: int) -> None:
    """Trials of a search have starts and ends on the run's clock and their folds' seconds."""
    mine = Objective(problem(seconds=0.02), "mine", Budget(10), jobs=jobs)
    ledger_of(mine).clock.start()
    mine.search(GridSearchCV(mine.estimator, {"feature": [0, 1, 2, 3]}))
    assert len(mine.trials) == 4
    for trial in mine.trials:
        assert 0 <= trial.start < trial.end <= mine.clock()
        assert 3 * 0.02 <= trial.fit_seconds < 3 * 0.02 + 0.5


class Heard(Listener):
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.positions: list[int] = []
        self.trials: list[Trial] = []

    def trial(self, position: int, trial: Trial) -> None:
        """Keep both."""
        self.positions.append(position)
        self.trials.append(trial)


def test_a_search_reports_live() -> None:
    """The listener hears of each candidate when it ends, not of all at the end."""
    heard = Heard()
    mine = objective(listener=heard)
    mine.search(RandomizedSearchCV(mine.estimator, {"feature": [0, 1, 2, 3]}, n_iter=4, random_state=0))
    assert heard.positions == [0, 1, 2, 3]
    assert heard.trials == mine.trials


@pytest.mark.parametrize(
    ("search", "message"),
    [
        (
            lambda e: GridSearchCV(e, {"feature": [0, 1, 2, 3]}),
            "GridSearchCV has 4 candidates for the 3 evaluations left",
        ),
        (lambda e: RandomizedSearchCV(e, {"feature": [0, 1]}, n_iter=2), "with an integer random_state, got Random"),
        (lambda e: e, "objective.search takes GridSearchCV, or RandomizedSearchCV .*, got Stump: from others"),
    ],
)
def test_searches_that_cannot_be_listed_are_refused(search: Any, message: str) -> None:
    """A search beyond the budget, one whose candidates cannot be told, and what is no search: one line each."""
    mine = objective(budget=3)
    with pytest.raises(TuningError, match=message):
        mine.search(search(mine.estimator))
    assert mine.trials == []


def test_successive_halving_is_refused() -> None:
    """Its candidates are evaluated several times, on fewer rows: no trials like the others'."""
    from sklearn.experimental import enable_halving_search_cv  # noqa: F401  it must be
    from sklearn.model_selection import HalvingGridSearchCV

    mine = objective()
    with pytest.raises(TuningError, match="got HalvingGridSearchCV: from others, call objective"):
        mine.search(HalvingGridSearchCV(mine.estimator, {"feature": [0, 1, 2]}))


def test_failed_candidates_keep_their_parameters() -> None:
    """The history says what failed, also where nothing could be fitted."""
    mine = Objective(problem(raise_above=-1), "mine", Budget(10))
    mine.search(GridSearchCV(mine.estimator, {"threshold": [0.25, 0.5]}))
    assert [trial.params for trial in mine.trials] == [{"threshold": 0.25}, {"threshold": 0.5}]
    assert {trial.reason for trial in mine.trials} == {"ValueError: threshold above -1"}


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_search_cut_by_time_keeps_whole_trials(jobs: int) -> None:
    """What ended in time is kept, with parameters and scores; nothing is left behind."""

    def slow(objective: Objective, seed: int) -> None:
        grid = {"threshold": np.linspace(0, 1, 200).tolist()}
        objective.search(GridSearchCV(objective.estimator, grid))

    before = set(Path(tempfile.gettempdir()).glob("tuning-probe-*"))
    run = measure("slow", slow, problem(seconds=0.05), Budget(200, seconds=1.5), jobs=jobs)
    assert run.record.timed_out
    assert 0 < len(run.trials) < 200
    assert all(trial.ok and set(trial.params) == {"threshold"} for trial in run.trials)
    assert set(Path(tempfile.gettempdir()).glob("tuning-probe-*")) <= before


def test_an_incumbent_that_cannot_be_refitted_is_none() -> None:
    """A beaten incumbent that fails on all training rows costs its own test score, not the run."""

    class Small(Stump):
        """Raises on many rows at a low threshold."""

        def fit(self, X: Any, y: Any) -> Stump:
            if len(X) > 90 and self.threshold < 0.5:
                message = "too many rows"
                raise MemoryError(message)
            return super().fit(X, y)

    def two(objective: Objective, seed: int) -> None:
        objective({"feature": 0, "threshold": 0.1})
        objective({"feature": 2, "threshold": 0.6})

    small = Problem(Model("small", Small(), {"feature": [0, 2], "threshold": (0.0, 1.0)}), iris(), 0, Protocol(folds=3))
    run = measure("two", two, small, Budget(5))
    assert run.record.ok
    assert [incumbent.test_score is None for incumbent in run.incumbents] == [True, False]


def test_a_winner_that_cannot_be_scored_is_a_failed_run() -> None:
    """A test score that cannot be had is a reason, not a traceback."""
    mine = problem()

    def one(objective: Objective, seed: int) -> None:
        objective({"feature": 2})
        mine.__dict__["scorer"] = lambda *arguments: math.nan  # noqa: ARG005  a scorer's signature

    run = measure("one", one, mine, Budget(5))
    assert (run.record.status, run.record.test_score) == ("failed", None)
    assert run.record.reason == "the winner's test score is nan"


def test_calls_beyond_the_budget_are_refused() -> None:
    """The budget is hard, and a closed objective takes nothing more."""
    mine = objective(budget=1)
    mine({"feature": 1, "threshold": 0.5})
    with pytest.raises(BudgetExhausted):
        mine({"feature": 1, "threshold": 0.5})
    late = objective()
    ledger_of(late).close()
    with pytest.raises(BudgetExhausted):
        late({"feature": 1, "threshold": 0.5})
    assert late.trials == []


def test_unknown_parameter_is_a_failed_trial() -> None:
    """A tuner that invents a parameter gets NaN, and the trial says why."""
    mine = objective()
    assert math.isnan(mine({"depth": 3}))
    assert mine.trials[0].reason.startswith("ValueError: Invalid parameter 'depth'")


def test_nan_score_is_a_failed_trial() -> None:
    """A library's own NaN is no score."""
    mine = objective()
    assert math.isnan(mine.record({"feature": 0, "threshold": 0.1}, [0.5, math.nan, 0.5], start=0, end=0))
    assert mine.trials[0].reason == "the score is nan"


def test_failing_scorer_is_a_failed_trial_of_a_search() -> None:
    """A metric that raises leaves its own words as the reason."""

    def broken(estimator: Any, X: Any, y: Any) -> float:
        message = "no such metric"
        raise RuntimeError(message)

    on = problem()
    vars(on)["scorer"] = broken
    mine = Objective(on, "mine", Budget(10))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mine.search(GridSearchCV(mine.estimator, {"feature": [0, 1]}))
    assert [trial.reason for trial in mine.trials] == ["RuntimeError: no such metric"] * 2


def test_incumbent_is_the_earliest_of_equals() -> None:
    """Of equal scores the first found counts."""
    mine = objective()
    for threshold in (0.1, 0.2, 0.3):
        mine.record({"threshold": threshold}, [0.5] * 3, start=0, end=0)
    assert mine.incumbent == mine.trials[0]


def _trial(**values: Any) -> Trial:
    usual = {"params": {"a": 1}, "fold_scores": (0.5, 0.25), "score": 0.375}
    times = {"fit_seconds": 0.1, "score_seconds": 0.1, "start": 0.0, "end": 1.0}
    return Trial(**{**usual, **times, **values})


def test_hash_is_of_parameters_and_fold_scores_only() -> None:
    """Times do not count; a parameter, a score in its last bit and the order do."""
    base = trials_hash([_trial(), _trial(params={"a": 2})])
    assert base == trials_hash([_trial(end=9.0, fit_seconds=3.0), _trial(params={"a": 2})])
    assert base != trials_hash([_trial(params={"a": 2}), _trial()])
    assert base != trials_hash([_trial(fold_scores=(0.5, np.nextafter(0.25, 1))), _trial(params={"a": 2})])


def test_seeds_of_tuners_differ() -> None:
    """No two tuners share a seed, nor does one over two seeds."""
    assert len({tuner_seed(seed, name) for seed in range(50) for name in ("random", "bayesian", "genetic")}) == 150


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 10)).map(lambda pair: (pair[0], pair[0] + pair[1]))))
def test_covered_counts_overlaps_once(intervals: list[tuple[float, float]]) -> None:
    """The union is no longer than the sum, and no shorter than the longest interval."""
    lengths = [end - start for start, end in intervals]
    assert max(lengths, default=0) - 1e-9 <= _covered(intervals) <= sum(lengths) + 1e-9


def test_covered_by_hand() -> None:
    """Two overlapping intervals and one apart."""
    assert _covered([(0, 2), (1, 3), (5, 6)]) == 4


def test_a_broken_tuner_is_a_failed_run_that_keeps_its_trials() -> None:
    """An exception of the tuner ends the run as failed, with its reason and the trials so far."""

    def broken(objective: Objective, seed: int) -> None:
        objective({"feature": seed % 4, "threshold": 0.5})
        raise RuntimeError("lost its way\nin two lines")  # noqa: EM101, TRY003  a foreign error

    run = measure("broken", broken, problem(), Budget(5))
    assert (run.record.status, run.record.reason) == ("failed", "RuntimeError: lost its way")
    assert (len(run.trials), run.record.test_score) == (1, None)
    assert run.record.default_test_score is not None


def test_a_tuner_that_evaluates_nothing_fails() -> None:
    """Doing nothing is no result."""
    run = measure("idle", lambda objective, seed: None, problem(), Budget(5))  # noqa: ARG005  the contract
    assert run.record.reason.startswith("the tuner evaluated no candidate: it must call objective(params)")


def test_interrupts_pass_through() -> None:
    """Ctrl-C is not a tuner's failure."""

    def interrupted(objective: Objective, seed: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure("interrupted", interrupted, problem(), Budget(5))


def test_overtuning_shows_in_the_incumbents() -> None:
    """Each incumbent's test score is that of its own parameters, refitted."""

    def upwards(objective: Objective, seed: int) -> None:
        for threshold in (0.9, 0.6, 0.34):
            objective({"feature": 2, "threshold": threshold})

    run = measure("upwards", upwards, problem(), Budget(5))
    assert len(run.incumbents) >= 2
    for incumbent in run.incumbents:
        fitted = problem().fit(run.trials[incumbent.trial].params)
        assert incumbent.test_score == problem().test_score(fitted)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no interval timer on this platform")
def test_deadline_interrupts_a_fit_and_restores_the_timer() -> None:
    """What runs when the time is up is unwound; an earlier timer of another's is set again."""
    rung: list[int] = []
    previous = signal.signal(signal.SIGALRM, lambda signum, frame: rung.append(signum))  # noqa: ARG005  a handler
    signal.setitimer(signal.ITIMER_REAL, 60)
    try:
        began = time.monotonic()
        with pytest.raises(BudgetExhausted), deadline(0.2):
            time.sleep(30)
        assert time.monotonic() - began < 5
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 60
        assert rung == []
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def test_an_alarm_that_falls_into_a_finaliser_rings_again() -> None:
    """The interpreter drops what is raised there: a search would outlive its budget."""

    class Slow:
        """Takes its time when it is thrown away."""

        def __del__(self) -> None:
            time.sleep(0.3)

    ended: list[float] = []

    def throws_away(objective: Objective, seed: int) -> None:
        while len(ended) < 200:  # a minute, were the alarm lost each time
            Slow()
            time.sleep(0.05)
            ended.append(time.perf_counter())

    hook = sys.unraisablehook
    run = measure("slow", throws_away, problem(), Budget(200, seconds=0.5))
    assert len(ended) < 200
    assert run.record.reason.startswith("no candidate was evaluated within 0.5 s")
    assert sys.unraisablehook is hook
