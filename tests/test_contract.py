"""The contract that every tuner keeps on every model it can search; a new tuner is one more name."""

from __future__ import annotations

import contextlib
import json
import math
import socket
from collections.abc import Sequence
from functools import cache, partial
from typing import Any

import numpy as np
import pytest
from ConfigSpace import Categorical, Constant, OrdinalHyperparameter
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import ParameterGrid
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from tests.estimators import Keeper, Wide, stump
from tuners import Budget, Dataset, Model, Objective, Problem, Protocol, Run, Trial, TuningError
from tuners.catalog import DATASETS, MODELS, TUNERS
from tuners.errors import MissingExtraError
from tuners.evaluation import parts as batches
from tuners.execution.here import measure
from tuners.methods.grid import finer
from tuners.results.budget import UNLIMITED, BudgetExhausted
from tuners.results.trial import trials_hash
from tuners.search.keys import freeze
from tuners.spaces import as_space, contains, finite_values
from tuners.text.shown import shown

BUDGET = 6
EFFORT: dict[str, dict[str, Any]] = {"forest": {"trees": (2, 12)}, "ann": {"epochs": 1}, "ann_plain": {"epochs": 1}}
WHOLE = "exhaustive"
"""The method that takes no budget and needs a finite space."""
UNSEARCHED: dict[str, list[dict[str, Any]]] = {"default": [{}]}
"""What is evaluated by definition rather than searched."""

SLOW = {"ann_plain": ("default", "random"), "ann": tuple(tuner for tuner in TUNERS if tuner != WHOLE)}
"""Models that not all methods are tried on: 0.7 s a fit, and half a second for each of 90 networks."""
CASES = [
    ("finite stump" if (model, tuner) == ("stump", WHOLE) else model, tuner)
    for model in ["stump", *MODELS]
    for tuner in TUNERS
    if tuner in SLOW.get(model, TUNERS)
]
over_everything = pytest.mark.parametrize(("model", "tuner"), CASES)
over_tuners = pytest.mark.parametrize("tuner", list(TUNERS))


@cache
def iris() -> Dataset:
    """Load the dataset that the contract is tested on."""
    return DATASETS.load("iris")(None)


def load(model: str) -> Model:
    """Load a model at the least effort; skip where its packages are missing."""
    try:
        return stump(model, finite=model != "stump") if "stump" in model else MODELS.load(model)(**EFFORT[model])
    except MissingExtraError as error:
        pytest.skip(str(error))


@cache
def problem(model: str, seed: int) -> Problem:
    """Return a small problem."""
    return Problem(load(model), iris(), seed, Protocol(folds=2, rows=75))


def run(tuner: str, on: Problem, budget: Budget, **options: Any) -> Run:
    """Run one tuner; skip where its packages are missing."""
    try:
        tune = TUNERS.load(tuner)
    except MissingExtraError as error:
        pytest.skip(str(error))
    return measure(tuner, tune, on, budget, **options)


@cache
def done(model: str, tuner: str, seed: int) -> Run:
    """Return a run that the tests share."""
    return run(tuner, problem(model, seed), Budget(BUDGET))


@over_everything
def test_budget_is_kept(model: str, tuner: str) -> None:
    """A tuner evaluates something, and never more than its budget."""
    result = done(model, tuner, 0)
    assert result.record.status == "ok", result.record.reason
    assert result.record.budget == BUDGET or tuner == WHOLE
    assert 1 <= len(result.trials) <= (result.record.budget or 0)
    assert result.record.evaluations == len(result.trials)


@pytest.mark.parametrize("tuner", ["random", "bayesian", "genetic"])
def test_budget_is_used(tuner: str) -> None:
    """A method that can always find another candidate uses its budget up."""
    assert len(done("forest", tuner, 0).trials) == BUDGET


@over_everything
def test_every_point_lies_in_the_space(model: str, tuner: str) -> None:
    """Every trial is a point of the model's space, of plain Python values; the default model is {}."""
    space = problem(model, 0).model.space
    points = [trial.params for trial in done(model, tuner, 0).trials]
    if tuner in UNSEARCHED:
        assert points == UNSEARCHED[tuner]
    else:
        assert all(contains(space, point) for point in points)
    assert not any(isinstance(value, np.generic) for point in points for value in point.values())


@over_everything
def test_same_seed_same_trials(model: str, tuner: str) -> None:
    """Run again, a tuner makes the same trials with the same scores, bit for bit."""
    again = run(tuner, Problem(problem(model, 0).model, iris(), 0, Protocol(folds=2, rows=75)), Budget(BUDGET))
    assert [t.params for t in again.trials] == [t.params for t in done(model, tuner, 0).trials]
    assert again.record.trials_sha256 == done(model, tuner, 0).record.trials_sha256
    assert again.record.test_score == done(model, tuner, 0).record.test_score


@over_everything
def test_other_seed_other_trials(model: str, tuner: str) -> None:
    """Another seed splits otherwise and searches otherwise, so that the trials differ."""
    assert done(model, tuner, 1).record.trials_sha256 != done(model, tuner, 0).record.trials_sha256


@over_tuners
def test_same_trials_whatever_the_jobs(tuner: str) -> None:
    """Two processes make the trials that one makes, in the same order."""
    parallel = run(tuner, problem("forest", 0), Budget(BUDGET), jobs=2)
    assert trials_hash(parallel.trials) == trials_hash(done("forest", tuner, 0).trials)


KINDS: dict[str, Any] = {
    "integers beside floats and bools": [1, 1.0, True, 2, 0.5, 0, 0.0, False],
    "None": [None, 1, 0.5],
    "text like numbers": ["1", 1, "1.0", 1.0, "None", None, "nan", math.nan],
    "tuples": [(1,), (1, 2), (1.0, 2), (), (2,)],
    "lists": [[1, 2], [1.0, 2], [], [3]],
    "dictionaries": [{0: 1, 1: 5}, {0: 1, 1: 5.0}, {"0": 1}, {None: 2, "a": [1]}, {}],
    "estimators": [
        SVC(C=2),
        SVC(C=2.0),
        make_pipeline(StandardScaler(), SVC()),
        RandomForestClassifier(3),
        "passthrough",
    ],
    "callables": [len, np.log1p, lambda x: x, lambda x: -x, partial(pow, 2), partial(pow, 3), Keeper, math.sqrt],
    "NumPy scalars": [np.int64(3), np.float64(0.25), np.str_("a"), np.bool_(True), np.float32(0.5)],
    "arrays": [np.array([0.5, 0.5]), np.array([1, 2]), np.array([1.0, 2.0]), None],
    "a range": range(2, 12, 3),
    "an array of numbers": np.linspace(0.1, 0.9, 5),
    "one dictionary": [{1: 50}],
    "one value": None,
    "ConfigSpace's own choices": Categorical("value", [2, 0.5, 3]),
    "ConfigSpace's own, mixed": Categorical("value", [None, "a", (1, 2), 3.5]),
    "ConfigSpace's own order": OrdinalHyperparameter("value", [1, 2.5, True + 2, None]),
    "ConfigSpace's own constant": Constant("value", "a"),
}
"""Kinds of values that a hyperparameter may have."""


@pytest.mark.parametrize("kind", KINDS)
@over_tuners
def test_values_come_back_as_they_are_listed(tuner: str, kind: str) -> None:
    """Whatever is listed is evaluated, and kept in the trials, as that very object; fitting leaves it as it was."""
    guesses = [{"value": value} for value in KINDS[kind]] if isinstance(KINDS[kind], list) else [{"value": None}]
    model = Model("keeper", Keeper(), {"value": KINDS[kind], "level": [1, 2, 3]}, guesses=guesses)
    listed = finite_values(model.space["value"])
    assert listed is not None
    before = [shown(value) for value in listed]
    result = run(tuner, Problem(model, iris(), 0, Protocol(folds=2, rows=30)), Budget(9))
    assert result.record.status == "ok", result.record.reason
    points = [trial.params for trial in result.trials]
    assert not any(trial.reason for trial in result.trials)
    if tuner in UNSEARCHED:
        assert points == UNSEARCHED[tuner]
    elif tuner != "manual":  # whose values are the guesses' own
        assert all(any(point["value"] is value for value in listed) for point in points)
        assert all(contains(model.space, point) for point in points)
        assert not result.record.own_space
    assert [shown(value) for value in listed] == before
    assert "0x" not in json.dumps(result.record.as_dict())


@over_tuners
def test_inputs_are_unchanged(tuner: str) -> None:
    """A tuner leaves the data and the estimator as they were."""
    mine = Problem(stump(finite=tuner == WHOLE), iris(), 0, Protocol(folds=2))
    before = [np.array(part) for part in (mine.split.X_train, mine.split.y_train, mine.split.X_test)]
    params = mine.estimator.get_params()
    run(tuner, mine, Budget(BUDGET))
    after = (mine.split.X_train, mine.split.y_train, mine.split.X_test)
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    assert mine.estimator.get_params() == params


@over_tuners
def test_no_test_row_reaches_a_tuner(tuner: str) -> None:
    """Scrambling the test rows changes no trial."""
    mine = Problem(stump(finite=tuner == WHOLE), iris(), 0, Protocol(folds=2))
    mine.split.X_test[:] = np.random.default_rng(0).permutation(mine.split.X_test) * 100
    assert run(tuner, mine, Budget(BUDGET)).record.trials_sha256 == trials_hash(
        run(tuner, Problem(stump(finite=tuner == WHOLE), iris(), 0, Protocol(folds=2)), Budget(BUDGET)).trials
    )


@over_tuners
def test_candidate_that_raises_is_a_failed_trial(tuner: str) -> None:
    """A failed candidate keeps its reason and no score; the others count."""
    result = run(
        tuner, Problem(stump(finite=tuner == WHOLE, raise_above=0.55), iris(), 0, Protocol(folds=2)), Budget(12)
    )
    assert result.record.status == "ok", result.record.reason
    for trial in result.trials:
        failed = trial.params.get("threshold", 0.5) > 0.55
        assert trial.ok is not failed
        assert math.isnan(trial.score) is failed
        assert trial.reason == ("ValueError: threshold above 0.55" if failed else "")
    assert result.record.failed_trials == sum(not trial.ok for trial in result.trials)
    if tuner != "default":
        assert 0 < result.record.failed_trials < len(result.trials)


@over_tuners
def test_all_candidates_failing_fails_the_run(tuner: str) -> None:
    """Where no candidate can be fitted the run has failed, with the candidates' reason and no score."""
    mine = Problem(stump(finite=tuner == WHOLE, raise_above=-1), iris(), 0, Protocol(folds=2))
    mine.__dict__["default_test_score"] = 0.5  # the untuned model fails, too: it is not the subject here
    result = run(tuner, mine, Budget(BUDGET))
    assert result.record.status == "failed"
    assert result.record.reason == "every candidate failed: ValueError: threshold above -1"
    assert result.record.test_score is None
    assert result.record.cv_score is None


def test_genetic_search_needs_no_particular_port() -> None:
    """Another session's status page, or any server, may hold the port that dask would take."""
    with socket.socket() as other:
        with contextlib.suppress(OSError):  # held already: as good
            other.bind(("", 8787))
            other.listen()
        result = run("genetic", problem("stump", 2), Budget(BUDGET))
    assert result.record.status == "ok", result.record.reason


def test_points_outside_the_space_are_marked() -> None:
    """A tuner that leaves the model's space did not search what the others did, and its record says so."""

    def outside(objective: Objective, seed: int) -> None:
        objective({"feature": 1, "threshold": 0.5, "seconds": 0.001})

    run = measure("outside", outside, problem("stump", 0), Budget(BUDGET))
    assert run.record.own_space
    assert not any(done("stump", tuner, 0).record.own_space for tuner in ("default", "manual", "random"))


@over_tuners
def test_time_budget_stops_the_search(tuner: str) -> None:
    """A time budget ends a search that would go on for minutes, and the run keeps what it has."""
    result = run(
        tuner,
        Problem(stump(finite=tuner == WHOLE, seconds=0.15), iris(), 0, Protocol(folds=2)),
        Budget(1000, seconds=3.0),  # of which the first trial takes 0.3, and starting TPOT's scheduler about as much
    )
    assert result.record.status == "ok"
    assert 1 <= result.record.evaluations < (result.record.budget or 0)
    assert result.record.timed_out or tuner in ("default", "manual")  # these have few candidates


@over_tuners
def test_time_alone_is_a_budget(tuner: str) -> None:
    """Without a number of evaluations, a method ends with the time, or with a finite space."""
    result = run(tuner, Problem(stump(finite=True), iris(), 0, Protocol(folds=2)), Budget(seconds=2.0))
    assert result.record.status == "ok", result.record.reason
    assert result.record.budget is None or tuner == WHOLE
    assert result.record.evaluations > BUDGET or tuner in ("default", "manual", "genetic")
    assert not result.record.timed_out or tuner in ("bayesian", "genetic"), "20 candidates are all there are"


@pytest.mark.parametrize("tuner", ["random", "grid"])
@pytest.mark.parametrize("model", ["stump", "finite stump"])
def test_trials_are_the_same_with_a_time_budget_beside_the_evaluations(tuner: str, model: str) -> None:
    """A time that is not used up changes no trial, though candidates are then drawn as the search goes on."""
    plain, timed = (run(tuner, problem(model, 0), Budget(20, seconds=seconds)) for seconds in (None, 600.0))
    assert len(plain.trials) > batches.FIRST
    assert timed.record.trials_sha256 == plain.record.trials_sha256


def test_candidates_to_come_cost_nothing() -> None:
    """With a time budget, a search of more candidates than any machine can list evaluates its first at once."""
    heard: list[int] = []

    def enough(trials: Sequence[Trial], budget: Budget) -> None:
        heard.append(len(trials))
        if len(trials) == 12:
            raise BudgetExhausted

    for tuner in ("random", "grid"):
        for cap in (10**12, UNLIMITED):
            for finite in (False, True):
                space = {name: [*range(200)] if finite else (0.0, 1.0) for name in ("value", "level")}
                wide = {**space, **{f"choice{n}": [1, 2] for n in range(60)}}
                mine = Problem(Model("wide", Wide(), wide), iris(), 0, Protocol(folds=2))
                heard.clear()
                result = run(tuner, mine, Budget(cap, seconds=600.0), listener=enough)
                assert result.record.evaluations == heard[-1] == 12


def test_finer_grids_cover_a_finite_space_once() -> None:
    """With no limit but time, each grid spreads over the space without an earlier one's points, until all are done."""
    space = as_space({"a": [1, 1.0, True, None], "b": range(30), "c": (1, 9)})
    grids = list(finer(space))
    points = [point for each in grids for point in ParameterGrid(each)]
    assert len(points) == 4 * 30 * 9 == len({freeze(point) for point in points})
    assert len(grids) > 3
    assert {point["b"] for point in ParameterGrid(grids[0])} >= {0, 29}


def test_a_budget_must_end() -> None:
    """Neither evaluations nor seconds is refused."""
    with pytest.raises(TuningError, match="a budget has neither evaluations nor seconds: give one of them, or both"):
        Budget()


@over_everything
def test_times_and_incumbents_add_up(model: str, tuner: str) -> None:
    """Evaluating and searching make up the seconds; incumbents improve and end with the winner."""
    record = done(model, tuner, 0).record
    assert record.seconds is not None
    assert record.evaluation_seconds is not None
    assert record.search_seconds is not None
    assert record.evaluation_seconds + record.search_seconds == pytest.approx(record.seconds)
    incumbents = done(model, tuner, 0).incumbents
    scores = [incumbent.cv_score for incumbent in incumbents]
    assert scores == sorted(set(scores))
    assert (incumbents[-1].cv_score, incumbents[-1].test_score) == (record.cv_score, record.test_score)
    trials = done(model, tuner, 0).trials
    assert all(0 <= trial.start <= trial.end <= record.seconds + 1e-3 for trial in trials)
