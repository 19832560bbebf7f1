"""The contract that every tuner keeps on every model it can search; a new tuner is one more name."""

from __future__ import annotations

import json
import math
import threading
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
from sklearn.tree import DecisionTreeClassifier

from tests.estimators import Keeper, Wide, stump
from tuners import Budget, Dataset, Model, Objective, Problem, Protocol, Run, Trial, TuningError, when
from tuners.catalog import DATASETS, MODELS, TUNERS
from tuners.errors import MissingExtraError, NotApplicableError
from tuners.evaluation import parts as batches
from tuners.evaluation.listener import Listener
from tuners.execution.here import measure
from tuners.methods.grid import finer
from tuners.results.budget import UNLIMITED, BudgetExhausted
from tuners.results.keys import freeze
from tuners.results.trial import trials_hash
from tuners.spaces import as_space, contains, finite_values
from tuners.testing import ROWS, RunContract, TunerContract
from tuners.text.shown import shown

BUDGET = 6
WHOLE = "exhaustive"
"""The method that takes no budget and needs a finite space."""
LIKE: dict[str, dict[str, bool]] = {
    "default": {"draws": False, "searches": False, "few": True},
    "manual": {"draws": False, "few": True},
    "grid": {"draws": False},
    WHOLE: {"draws": False, "finite": True, "whole": True},
}
"""What methods are like that do not simply draw candidates from the space."""
FEW: dict[str, Any] = {"trees": (2, 12)}
BOOSTED: dict[str, Any] = {"iterations": (2, 5)}
EFFORT: dict[str, dict[str, Any]] = {
    "forest": FEW, "extra_trees": FEW, "boosting": BOOSTED, "lightgbm": BOOSTED, "xgboost": BOOSTED,
    "any": {**FEW, **BOOSTED}, "neighbours": {"most": 10}, "mlp": {"epochs": 2}, "ann": {"epochs": 1},
    "ann_plain": {"epochs": 1},
}  # fmt: skip
"""By model: what makes it cheap."""
BUDGETS = {"forest": BUDGET, "ann": 4, "ann_plain": 2}
"""By model. Of networks, each takes half a second to compile, and `ann_plain` does it for every fit."""
OTHERS = 3
"""The budget on other models, for which it is enough that every method can search their spaces."""
QUICK = {
    "forest": tuple(TUNERS),
    "ann": tuple(tuner for tuner in TUNERS if tuner != "asha"),
    "svm": tuple(TUNERS),
    "any": ("random", "grid", "optuna"),
    "logistic": ("random", "gradient"),
    "ridge": ("random", "gradient"),
}
"""By model: the methods that are always tried on it; others of `ONE` alone, and the rest with the slow tests.

Of those that compile a network for each part of its epochs, `halving` is."""
ONE = ("random",)
SLOW = {"ann_plain": ("random",), "ann": tuple(tuner for tuner in TUNERS if tuner != WHOLE)}
"""Models that not all methods are tried on."""
SMALL = {"criterion": ["gini", "entropy"], "max_depth": [2, None], "n_estimators": [2, 5, 7]}
"""A forest's space that is evaluated whole: its own has 1,440 points."""
ALIKE = (
    *("cmaes", "evolution", "flaml", "hyperband", "optuna_gp", "optuna_tpe_independent", "smac", "smac_hyperband"),
    "sobol",
)
"""Methods that treat candidates by the very lines that `optuna` or `asha` does: what is tried with it is slow here."""
BRIEF = {"smac": 3}
"""Evaluations in the tests that are not slow, of methods that think for a tenth of a second each."""
TRIED = [pytest.param(tuner, marks=pytest.mark.slow) if tuner in ALIKE else tuner for tuner in TUNERS]
ASKING = (
    *("bayesian", "genetic", "flaml", "hyperband", "optuna", "optuna_gp", "optuna_tpe_independent", "smac"),
    "smac_hyperband",
)
"""Methods that ask for known candidates while they look for the last new ones of a small space, which may take long."""
over_tuners = pytest.mark.parametrize("tuner", TRIED)


@cache
def iris() -> Dataset:
    """Load the dataset that the contract is tested on."""
    return DATASETS.load("iris")(None)


def load(model: str, tuner: str) -> Model:
    """Load a model at the least effort that a method can search; skip where its packages are missing."""
    if (model, tuner) == ("forest", WHOLE):
        return Model("forest", RandomForestClassifier(n_jobs=1), SMALL, scale=True)
    finite = {"finite": True} if tuner == WHOLE and model not in {"ann", "ann_plain"} else {}
    try:
        return MODELS.load(model)(**EFFORT.get(model, {}), **finite)
    except MissingExtraError as error:
        pytest.skip(str(error))


for name in TUNERS:
    like = LIKE.get(name, {})
    contract = TunerContract.of(name, **like)
    globals()[f"Test_{name}"] = pytest.mark.slow(contract) if name in ALIKE else contract
    if name in ALIKE:
        globals()[f"Test_{name}_in_brief"] = RunContract.of(name, budget=BRIEF.get(name, BUDGET), **like)
    for on in MODELS:
        if name in SLOW.get(on, TUNERS):
            made = RunContract.of(name, model=partial(load, on, name), budget=BUDGETS.get(on, OTHERS), **like)
            # Each fit of scikeras compiles a network anew; spaces of hundreds of candidates are evaluated whole.
            slow = on == "ann_plain" or name in ALIKE or (name == WHOLE and on not in BUDGETS)
            slow = slow or name not in QUICK.get(on, ONE)
            globals()[f"Test_{name}_on_{on}"] = pytest.mark.slow(made) if slow else made


@cache
def problem(model: str, seed: int, tuner: str = "") -> Problem:
    """Return a small problem."""
    mine = stump(finite=model != "stump") if "stump" in model else load(model, tuner)
    return Problem(mine, iris(), seed, Protocol(folds=2, rows=ROWS))


def run(tuner: str, on: Problem, budget: Budget, **options: Any) -> Run:
    """Run one tuner; skip where its packages are missing."""
    try:
        tune = TUNERS.load(tuner)
    except MissingExtraError as error:
        pytest.skip(str(error))
    try:
        found = measure(tuner, tune, on, budget, **options)
    except NotApplicableError as error:
        pytest.skip(str(error))
    if found.record.status == "skipped":  # it has seen so on its way
        pytest.skip(found.record.reason)
    return found


def test_the_untuned_model_is_evaluated_as_it_is() -> None:
    """The default method has one candidate, of no parameters."""
    assert [trial.params for trial in run("default", problem("stump", 0), Budget(BUDGET)).trials] == [{}]


@pytest.mark.parametrize("tuner", ["random", "bayesian", "genetic"])
def test_budget_is_used(tuner: str) -> None:
    """A method that can always find another candidate uses its budget up."""
    assert len(run(tuner, problem("stump", 0), Budget(BUDGET)).trials) == BUDGET


@over_tuners
def test_same_trials_whatever_the_jobs(tuner: str) -> None:
    """Two processes make the trials that one makes, in the same order."""
    one, two = (run(tuner, problem("forest", 0, tuner), Budget(BUDGET), jobs=jobs) for jobs in (1, 2))
    assert trials_hash(one.trials) == trials_hash(two.trials)


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
    result = run(tuner, Problem(model, iris(), 0, Protocol(folds=2, rows=ROWS)), Budget(9))
    assert result.record.status == "ok", result.record.reason
    points = [trial.params for trial in result.trials]
    assert not any(trial.reason for trial in result.trials)
    if tuner == "default":
        assert points == [{}]
    elif tuner != "manual":  # whose values are the guesses' own
        assert all(any(point["value"] is value for value in listed) for point in points)
        assert all(contains(model.space, point) for point in points)
        assert not result.record.own_space
    assert [shown(value) for value in listed] == before
    assert "0x" not in json.dumps(result.record.as_dict())


def test_genetic_search_needs_no_cluster() -> None:
    """TPOT's own would be threads, which a fork does not have, and a port that another session may hold."""
    tune = TUNERS.load("genetic")
    threads: list[int] = []

    def counted(objective: Objective, seed: int) -> None:
        threads.append(threading.active_count())
        tune(objective, seed)
        threads.append(threading.active_count())

    result = measure("genetic", counted, problem("stump", 2), Budget(BUDGET))
    assert result.record.status == "ok", result.record.reason
    assert threads[0] == threads[1]


def test_points_outside_the_space_are_marked() -> None:
    """A tuner that leaves the model's space did not search what the others did, and its record says so."""

    def outside(objective: Objective, seed: int) -> None:
        objective({"feature": 1, "threshold": 0.5, "seconds": 0.001})

    on = problem("stump", 0)
    assert measure("outside", outside, on, Budget(BUDGET)).record.own_space
    assert not any(run(tuner, on, Budget(BUDGET)).record.own_space for tuner in ("default", "manual", "random"))


@over_tuners
def test_time_alone_is_a_budget(tuner: str) -> None:
    """Without a number of evaluations, a method ends with the time, or with a finite space."""
    result = run(tuner, Problem(stump(finite=True), iris(), 0, Protocol(folds=2)), Budget(seconds=2.0))
    assert result.record.status == "ok", result.record.reason
    assert result.record.budget is None or tuner == WHOLE
    assert result.record.evaluations > BUDGET or tuner in ("default", "manual", "genetic")
    assert not result.record.timed_out or tuner in ASKING, "20 candidates are all there are"


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

    class Enough(Listener):
        """Ends the search at 12 trials."""

        def trial(self, position: int, trial: Trial) -> None:
            heard.append(position + 1)
            if position == 11:
                raise BudgetExhausted

    for tuner in ("random", "grid"):
        for cap in (10**12, UNLIMITED):
            for finite in (False, True):
                space = {name: [*range(200)] if finite else (0.0, 1.0) for name in ("value", "level")}
                wide = {**space, **{f"choice{n}": [1, 2] for n in range(60)}}
                mine = Problem(Model("wide", Wide(), wide), iris(), 0, Protocol(folds=2))
                heard.clear()
                result = run(tuner, mine, Budget(cap, seconds=600.0), listener=Enough())
                assert result.record.evaluations == heard[-1] == 12


def test_random_search_of_more_points_than_can_be_numbered() -> None:
    """Of a finite space, with and without a start."""
    space = {
        **{name: [*range(1000)] for name in ("value", "level")},
        **{f"choice{n}": [*range(1, 9)] for n in range(60)},
    }
    mine = Problem(Model("wide", Wide(), space), iris(), 0, Protocol(folds=2))
    first, second = (run("random", mine, Budget(5)) for _ in range(2))
    assert first.record.evaluations == 5, first.record.reason
    assert first.record.trials_sha256 == second.record.trials_sha256
    assert run("random", mine, Budget(5), start="default").record.evaluations == 5


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


def begun(tuner: str, estimator: Any, space: dict[str, Any], budget: Budget, **options: Any) -> Run:
    """Run a method that is to begin with the default configuration."""
    guesses = [{name: values[0] for name, values in space.items()}]
    on = Problem(Model("tree", estimator, space, guesses=guesses), iris(), 0, Protocol(folds=2, rows=ROWS))
    on.know_default_test_score(0.5)  # of an untuned model that cannot be fitted, there is none
    return run(tuner, on, budget, start="default", **options)


DEPTHS, LEAVES = [1, 2, 3, None], [1, 2, 4]
over_searches = pytest.mark.parametrize("tuner", [each for each in TRIED if each != "default"])


@pytest.mark.parametrize("evaluation", ["plain", "shared"])
@over_searches
def test_a_search_begins_with_the_default_configuration(tuner: str, evaluation: str) -> None:
    """It is the first trial, as the space lists it, charged; only a library that knows its score may ask again."""
    space = {"max_depth": DEPTHS, "min_samples_leaf": LEAVES}
    result = begun(tuner, DecisionTreeClassifier(), space, Budget(9), evaluation=evaluation)
    points = [trial.params for trial in result.trials]
    assert points[0] == {"max_depth": None, "min_samples_leaf": 1}
    # In part, a library may ask for it again, as for any other.
    assert [trial.params for trial in result.trials if trial.fidelity == 1].count(points[0]) == 1 or tuner == "bayesian"
    assert (result.record.status, result.record.start, result.record.own_space) == ("ok", "default", False)
    assert result.record.evaluations <= (result.record.budget or 0) == (12 if tuner == WHOLE else 9)
    assert len(points) == 12 or tuner != WHOLE


@over_searches
def test_a_default_outside_of_the_space_comes_first_all_the_same(tuner: str) -> None:
    """It costs an evaluation as any other, and makes no space of the method's own."""
    space = {"max_depth": DEPTHS, "min_samples_leaf": LEAVES[1:]}
    result = begun(tuner, DecisionTreeClassifier(), space, Budget(6))
    points = [trial.params for trial in result.trials]
    assert points[0] == {"max_depth": None, "min_samples_leaf": 1}
    assert all(contains(as_space(space), point) for point in points[1:])
    assert (result.record.status, result.record.own_space) == ("ok", False)
    assert len(points) == (9 if tuner == WHOLE else 2 if tuner == "manual" else len(points))
    assert result.record.evaluations <= (result.record.budget or 0) == (9 if tuner == WHOLE else 6)


@over_searches
def test_a_search_of_a_conditional_space_begins_with_the_default(tuner: str) -> None:
    """Though half of the hyperparameters are inactive there; what a library draws after its first twenty has them."""
    space = {
        "kernel": ["linear", "rbf", "poly"],
        "C": [0.1, 1, 10, 100],
        "gamma": when([0.01, 0.1, 1, 10], kernel=["rbf", "poly"]),
        "degree": when([2, 3, 4], kernel="poly"),
    }
    on = Problem(Model("machine", SVC(kernel="linear", C=1), space), iris(), 0, Protocol(folds=2))
    result = run(tuner, on, Budget(30), start="default")
    assert result.record.status == "ok", result.record.reason
    assert result.trials[0].params == {"kernel": "linear", "C": 1}
    assert all(contains(as_space(space), trial.params) for trial in result.trials)


@over_searches
def test_a_budget_of_one_is_the_default_configuration(tuner: str) -> None:
    """Nothing is left after it, and that is no error."""
    result = begun(tuner, DecisionTreeClassifier(), {"max_depth": DEPTHS}, Budget(1))
    assert result.record.status == "ok", result.record.reason
    assert [trial.params for trial in result.trials][:1] == [{"max_depth": None}]
    assert len(result.trials) == (len(DEPTHS) if tuner == WHOLE else 1)


@pytest.mark.parametrize("tuner", [each for each in TRIED if each not in ("default", WHOLE, "manual")])
def test_a_small_space_is_searched_whole_from_the_start_on(tuner: str) -> None:
    """With more budget than points, all come, and none comes twice in full, or at the same fidelity."""
    result = begun(tuner, DecisionTreeClassifier(), {"max_depth": DEPTHS, "min_samples_leaf": LEAVES}, Budget(24))
    evaluated = [(freeze(trial.params), trial.fidelity) for trial in result.trials]
    assert result.record.status == "ok", result.record.reason
    assert len(set(evaluated)) == len(evaluated) or tuner == "bayesian"
    assert len({point for point, _ in evaluated}) == 12 or tuner in ASKING


@pytest.mark.parametrize("tuner", ["random", "grid", "bayesian", "genetic"])
def test_a_start_that_cannot_be_fitted_is_a_failed_trial(tuner: str) -> None:
    """Where the default configuration fails, the search goes on without it."""
    space = {"max_depth": [1, 2, 3, "deep"], "min_samples_leaf": LEAVES}
    result = begun(tuner, DecisionTreeClassifier(max_depth="deep"), space, Budget(9))
    assert result.record.status == "ok", result.record.reason
    assert not result.trials[0].ok


@pytest.mark.parametrize("tuner", ["random", "grid", "bayesian", "genetic"])
def test_time_alone_is_a_budget_with_a_start(tuner: str) -> None:
    """Without a number of evaluations, the default configuration comes first, and the search ends with the time."""
    result = begun(
        tuner, DecisionTreeClassifier(), {"max_depth": DEPTHS, "min_samples_leaf": LEAVES}, Budget(seconds=2)
    )
    assert result.record.status == "ok", result.record.reason
    assert result.trials[0].params == {"max_depth": None, "min_samples_leaf": 1}


@pytest.mark.parametrize(("tuner", "deterministic"), [(tuner, tuner in LIKE) for tuner in TUNERS])
def test_methods_that_draw_nothing_say_so(tuner: str, deterministic: bool) -> None:
    """A deterministic method's runs on a problem are all the same, so that one is made."""
    try:
        assert getattr(TUNERS.load(tuner), "deterministic", False) is deterministic
    except MissingExtraError as error:
        pytest.skip(str(error))
