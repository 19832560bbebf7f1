"""Recorded runs are plain ones bit for bit, and what is recorded is not fitted again."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from tests.estimators import Keeper, Stump, stump
from tuners import Budget, Model, Objective, Problem, Protocol, TuningError
from tuners.catalog import DATASETS, TUNERS
from tuners.evaluation.contract import Training, evaluator
from tuners.evaluation.recording import Recording, placed, recording_of
from tuners.evaluation.whole import Whole
from tuners.execution.here import measure
from tuners.results.run import Run
from tuners.results.trial import trials_hash
from tuners.testing import Cut

FOREST = Model("small", RandomForestClassifier(), {"n_estimators": [3, 9], "max_depth": [1, 2, None]})
THRESHOLDS = (0.1, 0.3, 0.5, 0.7, 0.9)


def problem(model: Model) -> Problem:
    """Return a small problem, made anew."""
    return Problem(model, DATASETS.load("iris")(None), 0, Protocol(folds=2))


def told(run: Run) -> dict[str, Any]:
    """Return all of a run that is no time, and not the table's."""
    record = replace(
        run.record, seconds=None, evaluation_seconds=None, search_seconds=None, evaluation="", clock="", regret=None,
        area=None, landmarks=None, peak_memory=None, memory_growth=None, confusion_matrix=None,
    )  # fmt: skip
    return {
        "record": record,
        "incumbents": [replace(each, seconds=None) for each in run.incumbents],
        "trials": [replace(each, fit_seconds=0, score_seconds=0, start=0, end=0, exact="") for each in run.trials],
        "error": run.error is None,
    }


def runs(tune: Any, model: Model, tables: Path, budget: int = 6, **options: Any) -> list[Run]:
    """Return a plain run and two that are recorded, the second of which only looks up."""
    name = tune if isinstance(tune, str) else tune.__name__
    method = TUNERS.load(tune) if isinstance(tune, str) else tune
    beside: Sequence[dict[str, Any]] = ({}, *[{"evaluation": "recorded", "tables": tables}] * 2)
    return [measure(name, method, problem(model), Budget(budget), **options, **each) for each in beside]


def assert_alike(made: Sequence[Run]) -> None:
    """Compare all that is no time, NaN equal to itself."""
    plain, *recorded = made
    for each in recorded:
        assert repr(told(each)) == repr(told(plain))
        assert each.record.clock == "recorded"


def mine(objective: Objective, seed: int) -> None:
    """Call, search, evaluate in part, and evaluate the same again."""
    objective({})
    objective({"feature": 2, "threshold": 0.5}, 0.5)
    objective.search(GridSearchCV(objective.estimator, {"feature": [2, 3], "threshold": [0.5]}))
    objective({"threshold": np.float64(0.5), "feature": np.int64(2)})
    objective({"feature": 3.0, "threshold": 0.9})
    objective({"feature": 1, "threshold": 0.123})


@pytest.mark.parametrize(
    ("model", "start", "tuner"),
    [
        *((stump(finite=True), "cold", tuner) for tuner in ("default", "random", "grid", "bayesian", "genetic")),
        *((stump(), "default", tuner) for tuner in ("random", "grid", "bayesian", "genetic")),
        (FOREST, "default", "random"),
    ],
)
def test_recorded_runs_are_plain_ones(model: Model, tuner: str, start: str, tmp_path: Path) -> None:
    """Trials, incumbents, scores and all, bit for bit: where candidates are recorded, and where they are looked up."""
    assert_alike(runs(tuner, model, tmp_path, start=start))


def test_a_method_of_the_users_own_runs_as_plain(tmp_path: Path) -> None:
    """With searches, candidates in part, NumPy's numbers, and candidates outside of the space."""
    made = runs(mine, stump(finite=True), tmp_path, 12)
    assert made[0].record.ok
    assert len(made[0].trials) == 7
    assert_alike(made)


def test_what_is_recorded_is_not_fitted_again(tmp_path: Path) -> None:
    """By this session or another one; the untuned model and the winner's refit included."""
    options: dict[str, Any] = {"evaluation": "recorded", "tables": tmp_path}
    first = measure("random", TUNERS.load("random"), problem(stump()), Budget(6), **options)
    fits = Cut.fits
    again = measure("random", TUNERS.load("random"), problem(stump()), Budget(6), **options)
    assert Cut.fits == fits
    assert again.record.trials_sha256 == first.record.trials_sha256
    measure("other", TUNERS.load("random"), problem(stump()), Budget(6), **options)
    # Its six candidates are others: two folds and a refit of each.
    assert Cut.fits == fits + 18


def test_numbers_of_numpy_are_recorded_as_plain_ones(tmp_path: Path) -> None:
    """A candidate that a library has computed is found again."""
    objective = Objective(problem(stump()), "a", Budget(9), evaluation="recorded", tables=tmp_path)
    objective({"feature": np.int64(1), "threshold": np.float64(0.25)})
    fits = Cut.fits
    objective({"feature": 1, "threshold": 0.25})
    objective({"feature": np.int8(1), "threshold": np.float32(0.25)})
    assert Cut.fits == fits


def test_numbers_become_the_spaces_own_as_in_plain_runs(tmp_path: Path) -> None:
    """Though a search has recorded the same number in another type."""

    def tune(objective: Objective, seed: int) -> None:
        objective.search(GridSearchCV(objective.estimator, {"level": [2.0, True, 3]}))
        for level in (2.0, 2, True, 1, 3.0):
            objective({"level": level})

    for name, space in (("range", {"level": (1, 9)}), ("list", {"level": [1, 2, 3]})):
        assert_alike(runs(tune, Model(name, Keeper(), space), tmp_path, 8))


@pytest.mark.parametrize("tuner", ["random", "grid", "bayesian", "genetic"])
@pytest.mark.parametrize("thresholds", [THRESHOLDS, (0.7, 0.9)])
def test_failing_candidates_fail_with_the_same_reason(thresholds: Sequence[float], tuner: str, tmp_path: Path) -> None:
    """Some, or all of them; a failure is recorded as any candidate is."""
    space = {"feature": [0, 1, 2, 3], "threshold": list(thresholds)}
    made = runs(tuner, Model("failing", Stump(raise_above=0.5), space), tmp_path)
    assert made[0].record.ok == (thresholds == THRESHOLDS)
    assert "threshold above 0.5" in next(trial.reason for trial in made[0].trials if not trial.ok)
    assert_alike(made)


class Picky(Cut):
    """Fails on some rows only."""

    def fit(self, X: Any, y: Any) -> Picky:
        """Raise for a threshold on the smaller fold, which has 52 rows."""
        super().fit(X, y)
        if self.threshold == THRESHOLDS[0] and len(X) == 52:
            message = "too few rows"
            raise ValueError(message)
        return self


class Mute(Cut):
    """Predicts no test rows from a threshold on."""

    def __init__(self, feature: int = 2, threshold: float = 0.1, mute_from: float = 1.0) -> None:
        """Keep the parameters."""
        super().__init__(feature, threshold)
        self.mute_from = mute_from

    def predict(self, X: Any) -> Any:
        """Raise for the test rows, which are 45."""
        if self.threshold >= self.mute_from and len(X) == 45:
            message = "no prediction"
            raise RuntimeError(message)
        return super().predict(X)


PICKY = Model("picky", Picky(), {"feature": [2, 3], "threshold": list(THRESHOLDS)})


def searching(objective: Objective, seed: int) -> None:
    """Evaluate all of a space by scikit-learn."""
    space = {"feature": [2, 3], "threshold": list(THRESHOLDS)}
    objective.search(GridSearchCV(objective.estimator, space))


def calling(objective: Objective, seed: int) -> None:
    """Evaluate all of a space."""
    for feature in (2, 3):
        for threshold in THRESHOLDS:
            objective({"feature": feature, "threshold": threshold})


def test_candidates_that_fail_on_one_fold_fail_alike(tmp_path: Path) -> None:
    """Bit for bit where they are called; a search of scikit-learn's keeps the scores of the other folds."""
    made = runs(calling, PICKY, tmp_path, 10)
    assert made[0].record.failed_trials == 2
    assert_alike(made)
    plain, *recorded = runs(searching, PICKY, tmp_path, 10)
    for each in recorded:
        assert [trial.reason for trial in each.trials] == [trial.reason for trial in plain.trials]
        assert [repr(trial.score) for trial in each.trials] == [repr(trial.score) for trial in plain.trials]
        assert (each.record.test_score, each.record.best_params) == (plain.record.test_score, plain.record.best_params)


@pytest.mark.parametrize("threshold", [0.5, 0.3])
def test_winners_that_cannot_be_scored_fail_the_run_alike(threshold: float, tmp_path: Path) -> None:
    """On the test rows, in the same words; earlier incumbents without a test score are left without one."""
    model = Model("p", Mute(mute_from=threshold), {"feature": [2, 3], "threshold": [0.2, 0.3, 0.5]})

    def tune(objective: Objective, seed: int) -> None:
        for each in (0.2, 0.3, 0.5):
            objective({"feature": 2, "threshold": each})

    made = runs(tune, model, tmp_path, 3)
    assert made[0].record.reason.startswith("the winner cannot be scored on the test rows: RuntimeError: no prediction")
    assert_alike(made)


def test_values_that_no_file_can_hold_are_evaluated(tmp_path: Path) -> None:
    """Estimators as choices: as plain, each time."""
    values = [GaussianNB(), DecisionTreeClassifier(max_depth=1), {"a": 1}, None]
    model = Model("keeper", Keeper(), {"value": values, "level": [1, 2]})
    made = runs("random", model, tmp_path, 8)
    assert any(trial.params["value"] is not None for trial in made[0].trials)
    assert_alike(made)


def test_confusion_matrices_are_of_their_own_candidates(tmp_path: Path) -> None:
    """Of those that a table holds, and of those that it does not."""
    values = [{"a": 1}, {"b": 2}]
    on = problem(Model("keeper", Keeper(), {"value": [*values, None], "level": [1, 2, 3]}))
    recording = recording_of(on, tmp_path)
    for params in [{"value": value, "level": level} for value in (*values, None) for level in (1, 2, 3)]:
        for _ in range(2):
            matrix = recording.told(recording.row(params)).confusion_matrix
            assert matrix == on.confusion_matrix(on.fit(params))
    fresh = recording_of(problem(Model("keeper", Keeper(), {"value": [*values, None], "level": [1, 2, 3]})), tmp_path)
    assert fresh.table.path == recording.table.path
    matrix = fresh.told(fresh.row({"value": None, "level": 2})).confusion_matrix
    assert matrix == on.confusion_matrix(on.fit({"level": 2}))


def test_a_time_budget_ends_a_run_on_the_recorded_clock(tmp_path: Path) -> None:
    """After as many evaluations as their recorded seconds allow, though looking up takes none."""
    model = stump(finite=True, seconds=0.01)
    calls = []

    def tune(objective: Objective, seed: int) -> None:
        for feature in range(4):
            for threshold in THRESHOLDS:
                objective({"feature": feature, "threshold": threshold})
                calls.append(objective.clock())

    options: dict[str, Any] = {"evaluation": "recorded", "tables": tmp_path}
    all_of_them = measure("t", tune, problem(model), Budget(20), **options)
    assert all_of_them.record.evaluations == 20
    assert all_of_them.record.seconds is not None
    ends = [trial.end for trial in all_of_them.trials]
    assert all(trial.end - trial.start >= 0.02 for trial in all_of_them.trials)
    assert all_of_them.record.seconds >= ends[-1] >= 20 * 0.02
    assert calls == sorted(calls)
    limit = (ends[9] + ends[10]) / 2
    for budget in (Budget(20, seconds=limit), Budget(seconds=limit)):
        limited = measure("t", tune, problem(model), budget, **options)
        assert limited.record.evaluations == 10
        assert limited.record.timed_out
        assert trials_hash(limited.trials) == trials_hash(all_of_them.trials[:10])
        assert limited.record.seconds is not None
        # Its refit, as recorded, comes on top.
        assert limited.record.seconds >= limit


def test_seconds_of_a_run_are_those_recorded_and_its_methods_own(tmp_path: Path) -> None:
    """A method that thinks pays for it; what evaluating takes now does not count."""

    def thinks(objective: Objective, seed: int) -> None:
        time.sleep(0.05)
        objective({"feature": 2, "threshold": 0.5})

    made = runs(thinks, stump(finite=True, seconds=0.02), tmp_path)
    for each in made[1:]:
        trial, record = each.trials[0], each.record
        assert 0.05 <= trial.start < 0.09
        assert trial.end - trial.start >= 0.04
        assert record.seconds is not None
        assert record.search_seconds is not None
        assert 0.05 <= record.search_seconds < 0.09
        assert record.seconds >= trial.end + 0.02
    assert made[1].trials[0].fit_seconds == made[2].trials[0].fit_seconds


def test_a_limit_of_a_trial_is_refused(tmp_path: Path) -> None:
    """A look-up cannot hold it, and a folder is needed."""
    on = problem(stump())
    with pytest.raises(TuningError, match="recorded evaluation has no time limit of a trial"):
        evaluator("recorded", Training.of(on, tmp_path), trial_seconds=1.0)
    with pytest.raises(TuningError, match="expected a folder of tables, got none"):
        evaluator("recorded", Training.of(on))


def test_landmarks_are_those_of_the_whole_space(tmp_path: Path) -> None:
    """By hand, from the plain scores of all ten candidates; until all are recorded, only the default's is known."""
    model = Model("tree", DecisionTreeClassifier(), {"max_depth": [1, 2, 3, 4, 5], "criterion": ["gini", "entropy"]})
    on = problem(model)
    recording = Recording(on, tmp_path)
    before = recording.landmarks()
    assert (before.whole, before.recorded, before.candidates, before.optimum) == (False, 0, 10, None)
    assert recording.candidates is not None
    recording.add(recording.candidates, lambda done: True)  # noqa: ARG005  it goes on
    found = recording.landmarks()
    plain = evaluator("plain", Training.of(on))
    scores = sorted((float(np.mean(plain.evaluate(each).fold_scores)) for each in recording.candidates), reverse=True)
    tests = [on.test_score(on.fit(each)) for each in recording.candidates]
    default = float(np.mean(plain.evaluate({}).fold_scores))
    assert (found.whole, found.candidates, found.modelled) == (True, 10, False)
    assert (found.optimum, found.tenth, found.hundredth) == (scores[0],) * 3
    assert found.ties == sum(score >= scores[0] - 1e-9 for score in scores)
    assert found.median == (scores[4] + scores[5]) / 2
    assert found.oracle == max(tests)
    assert found.default == before.default == default
    assert found.default_rank == 1 + sum(score > default + 1e-9 for score in scores)


def test_the_untuned_model_is_known_by_its_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the space has it, it is recorded with the space, and its scores are those of a plain evaluation."""
    model = Model("tree", DecisionTreeClassifier(), {"max_depth": [1, None], "criterion": ["gini", "entropy"]})
    on = problem(model)
    recording = Recording(on, tmp_path)
    assert recording.candidates is not None
    recording.add(recording.candidates, lambda done: True)  # noqa: ARG005  it goes on
    with monkeypatch.context() as patched:
        patched.delattr(Whole, "plain")
        row = recording.row({})
    assert row.params == {}
    assert row.fold_scores == evaluator("plain", Training.of(on)).evaluate({}).fold_scores
    assert row.test_score == on.test_score(on.fit({}))


def test_landmarks_of_candidates_that_fail_are_below_all(tmp_path: Path) -> None:
    """A failed candidate is worse than any score; where half of them fail, there is no median."""
    known: dict[str, Any] = {"candidates": 4, "recorded": 4, "modelled": False}
    found = placed([0.5, math.nan, 0.9, 0.7], 0.6, known)
    assert (found.optimum, found.median, found.tenth, found.default_rank, found.ties) == (0.9, 0.6, 0.9, 3, 1)
    found = placed([0.5, math.nan, math.nan, math.nan], None, known)
    assert (found.optimum, found.median, found.default_rank, found.whole) == (0.5, None, None, True)
    assert not placed([math.nan] * 4, 0.5, known).whole
