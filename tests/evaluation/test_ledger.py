"""Budget and scores are the harness's, whatever a tuner tries."""

from __future__ import annotations

import math
import pickle
import threading
import time
import warnings
from collections.abc import Callable
from types import FunctionType, MethodType
from typing import Any

import numpy as np
import pytest

from tests.estimators import stump
from tuners import Budget, Objective, Problem, Protocol, Run, Trial, TuningError
from tuners.catalog import DATASETS
from tuners.evaluation.listener import Listener
from tuners.execution.here import measure
from tuners.results.budget import BudgetExhausted
from tuners.task.metrics import in_range, score_range

POINT = {"feature": 2, "threshold": 0.5}


def problem(metric: str = "accuracy") -> Problem:
    """Return a cheap problem of three folds."""
    return Problem(stump(), DATASETS.load("iris")(None), 0, Protocol(folds=3, metric=metric))


def executed(tune: Callable[[Objective, int], None], budget: int = 5, **options: Any) -> Run:
    """Run a tuner."""
    return measure(tune.__name__, tune, problem(), Budget(budget), **options)


def endless(objective: Objective) -> None:
    """Evaluate until the budget ends it."""
    while True:
        objective(POINT)


def raises_the_budget(objective: Objective, seed: int) -> None:
    """Set a budget of one's own."""
    objective.budget = Budget(10**6)  # type: ignore[misc]  # what is tried


def forgets_trials(objective: Objective, seed: int) -> None:
    """Delete trials to make room for more."""
    for _ in range(40):
        objective(POINT)
        objective.trials.clear()


def uses_threads(objective: Objective, seed: int) -> None:
    """Evaluate in eight threads at once."""

    def work() -> None:
        try:
            endless(objective)
        except BudgetExhausted:
            return

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_no_tuner_has_a_larger_budget() -> None:
    """Setting one is an error, deleting trials and threads bring no evaluation more."""
    refused = executed(raises_the_budget).record
    assert (refused.status, refused.evaluations) == ("failed", 0)
    for tune in (forgets_trials, uses_threads):
        record = executed(tune).record
        assert (record.status, record.evaluations, record.budget) == ("ok", 5, 5)


@pytest.mark.parametrize(
    ("scores", "options", "message"),
    [
        ([5.0] * 3, {}, "got 5, outside of 0 to 1"),
        ([0.5, 0.5, -0.1], {}, "got -0.1, outside of 0 to 1"),
        ([0.5, 0.5, math.inf], {}, "got inf, outside of 0 to 1"),
        ([0.5], {}, "got 1 fold scores"),
        ([0.5] * 4, {}, "got 4 fold scores"),
        ([], {}, "got 0 fold scores"),
        ([0.5] * 3, {"start": 0, "end": 99}, "got 0 and 99 at"),
        ([0.5] * 3, {"start": -1, "end": 0}, "got -1 and 0 at"),
        ([0.5] * 3, {"fit_seconds": -5.0}, "got -5 s of fits and 0 s of scoring between"),
        ([0.5] * 3, {"score_seconds": math.nan}, "got 0 s of fits and nan s of scoring between"),
    ],
)
def test_reported_scores_are_such_as_the_metric_gives(
    scores: list[float], options: dict[str, Any], message: str
) -> None:
    """One a fold, within the metric's range, timed on the run's clock: else one line that says what came."""
    mine = Objective(problem(), "mine", Budget(5))
    expected = r"record: expected 3 fold scores that accuracy can give, and start and end .*; " + message
    with pytest.raises(TuningError, match=expected):
        mine.record(POINT, scores, **({"start": 0, "end": 0} | options))
    assert mine.trials == []


@pytest.mark.parametrize(
    ("metric", "inside", "outside"),
    [
        ("accuracy", (0, 1, math.nan), (1.001, -0.001)),
        ("neg_log_loss", (-99, 0), (0.1,)),
        ("r2", (-99, 1), (1.1,)),
        ("matthews_corrcoef", (-1, 1), (-1.1, 1.1)),
        ("positive_likelihood_ratio", (0, 99), (-1,)),
    ],
)
def test_ranges_of_metrics(metric: str, inside: tuple[float, ...], outside: tuple[float, ...]) -> None:
    """Losses end at 0, shares lie from 0 to 1, and others are as their definitions say."""
    assert all(in_range(metric, score) for score in inside)
    assert not any(in_range(metric, score) for score in outside)


def test_every_scorer_gives_scores_within_its_range() -> None:
    """Measured on random predictions: no metric of scikit-learn's is refused what it gives."""
    from sklearn.dummy import DummyClassifier, DummyRegressor
    from sklearn.metrics import get_scorer, get_scorer_names

    generator = np.random.default_rng(0)
    X = generator.normal(size=(60, 2))
    tried = 0
    for name in get_scorer_names():
        targets = [generator.integers(0, 2, 60), generator.integers(0, 3, 60), generator.uniform(1, 9, 60)]
        for y, dummy in zip(targets, [DummyClassifier, DummyClassifier, DummyRegressor], strict=True):
            fitted = dummy(strategy="stratified", random_state=0) if dummy is DummyClassifier else dummy()
            try:
                with warnings.catch_warnings(action="ignore"):  # of undefined scores
                    score = get_scorer(name)(fitted.fit(X, y), X, y)
            except (ValueError, AttributeError):
                continue  # of another task
            tried += 1
            assert in_range(name, score), (name, score, score_range(name))
    assert tried > 50


def reachable(start: object) -> list[object]:
    """Return all that attributes, items and closures lead to, modules and classes left out."""
    found: dict[int, object] = {}
    waiting = [start]
    while waiting:
        this = waiting.pop()
        if id(this) in found or isinstance(this, type) or type(this).__name__ == "module":
            continue
        found[id(this)] = this
        waiting += list(getattr(this, "__dict__", {}).values())
        if isinstance(this, dict):
            waiting += [*this.keys(), *this.values()]
        elif isinstance(this, list | tuple | set):
            waiting += list(this)
        elif isinstance(this, MethodType):
            waiting += [this.__self__, this.__func__]
        elif isinstance(this, FunctionType):
            waiting += [cell.cell_contents for cell in this.__closure__ or ()]
    return list(found.values())


def test_no_attribute_leads_to_the_test_rows() -> None:
    """From what a tuner holds, before and after it has searched, nothing that holds the test set can be reached."""
    from sklearn.model_selection import GridSearchCV

    on = problem()
    heard: list[int] = []
    seen: list[object] = []

    def looks(objective: Objective, seed: int) -> None:
        search = GridSearchCV(objective.estimator, {"feature": [0, 1]})
        objective.search(search)
        seen.extend([*reachable(objective), *reachable(search)])

    class Hears(Listener):
        """Leads to the test rows, as the harness's own does."""

        def trial(self, position: int, trial: Trial) -> None:
            heard.append(len(on.split.X_test))

    run = measure("looks", looks, on, Budget(5), listener=Hears())
    assert run.record.ok
    assert heard
    assert len(seen) > 20
    test_rows = on.split.X_test.shape
    assert not [each for each in seen if isinstance(each, Problem) or getattr(each, "shape", None) == test_rows]


def test_a_patched_clock_reaches_no_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds, starts and ends are the harness's own readings, in calls and in searches."""
    from sklearn.model_selection import GridSearchCV

    def patches(objective: Objective, seed: int) -> None:
        for name in ("time", "perf_counter", "monotonic", "process_time"):
            monkeypatch.setattr(time, name, lambda: -1e6 * next(steps))
        objective(POINT)
        objective.search(GridSearchCV(objective.estimator, {"feature": [0, 1]}))

    steps = iter(range(10**6))
    try:
        run = measure("patches", patches, problem(), Budget(5))
    finally:
        monkeypatch.undo()

    assert run.record.ok, run.record.reason
    assert run.record.seconds is not None
    assert 0 < run.record.seconds < 60
    for trial in run.trials:
        assert 0 <= trial.start <= trial.end <= run.record.seconds
        assert 0 <= trial.fit_seconds <= trial.end - trial.start
        assert 0 <= trial.score_seconds <= trial.end - trial.start


def test_an_objective_stays_in_its_process() -> None:
    """Pickled, it would lose what it remembers: one line says what to use instead."""
    with pytest.raises(TuningError, match="the objective stays in its process: .* use threads, or --tuning-jobs"):
        pickle.dumps(Objective(problem(), "mine", Budget(5)))
