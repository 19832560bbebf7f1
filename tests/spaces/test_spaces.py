"""Translating search spaces."""

from __future__ import annotations

import math
import re
import threading
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ConfigSpace import (
    Beta,
    Categorical,
    CategoricalHyperparameter,
    ConfigurationSpace,
    Float,
    Integer,
    Normal,
    NotEqualsCondition,
    OrdinalHyperparameter,
)
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.model_selection import ParameterGrid, ParameterSampler
from sklearn.svm import SVC

from tests.estimators import Keeper
from tuners import TuningError
from tuners.spaces import (
    as_space,
    contains,
    distributions,
    finite_values,
    from_hyperopt,
    grid,
    own_copy,
    plain_params,
    restored,
    samples,
    to_configspace,
    to_hyperopt,
    when,
)
from tuners.text.shown import shown, without_addresses

MIXED = as_space(
    {
        "choice": ["a", "b", None],
        "number": (1, 1000),
        "share": (0.0, 1.0),
        "rate": Float("rate", (1e-4, 1.0), log=True),
        "size": Integer("size", (1, 512), log=True),
        "level": OrdinalHyperparameter("level", [1, 5, 25, None]),
    }
)


@given(st.integers(1, 3000))
def test_grid_fits_the_budget_and_lies_in_the_space(budget: int) -> None:
    """The grid never has more points than the budget, and each is a point of the space."""
    levels = grid(MIXED, budget)
    points = list(ParameterGrid(levels))
    assert math.prod(len(values) for values in levels.values()) == len(points) <= budget
    assert all(contains(MIXED, point) for point in points[:50])


@given(st.integers(1, 3000))
def test_grid_cannot_grow(budget: int) -> None:
    """No hyperparameter with values left could have one level more within the budget."""
    levels = grid(MIXED, budget)
    size = math.prod(len(values) for values in levels.values())
    sizes = {"choice": 3, "number": 1000, "share": math.inf, "rate": math.inf, "size": 512, "level": 4}
    for name, values in levels.items():
        if len(values) < sizes[name]:
            assert size // len(values) * (len(values) + 1) > budget


def test_grid_spreads_over_the_whole_space() -> None:
    """Two levels are the ends of a range, and the levels are as even as the budget allows."""
    levels = grid(as_space({"a": (0.0, 1.0), "b": (0.0, 1.0), "c": (0.0, 1.0)}), 8)
    assert levels == {"a": [0.0, 1.0], "b": [0.0, 1.0], "c": [0.0, 1.0]}
    assert grid(as_space({"a": (0.0, 1.0), "b": [1, 2, 3]}), 1) == {"a": [0.5], "b": [2]}


def test_grid_of_a_finite_space_is_the_space() -> None:
    """With budget enough the grid holds every candidate."""
    space = as_space({"a": [1, 2, 3], "b": ["x", "y"]})
    assert len(ParameterGrid(grid(space, 100))) == 6


def test_random_samples_lie_in_the_space() -> None:
    """What scikit-learn samples from the translation is a point of the space."""
    samples = ParameterSampler(distributions(MIXED), 200, random_state=0)
    assert all(contains(MIXED, plain_params(sample)) for sample in samples)


def test_logarithmic_integers_are_sampled_on_their_scale() -> None:
    """Half of the samples of 1 to 512 lie below the geometric middle, and both ends are drawn."""
    drawn = [s["size"] for s in ParameterSampler({"size": distributions(MIXED)["size"]}, 4000, random_state=0)]
    assert set(drawn) >= {1, 2, 512}
    assert all(isinstance(size, int) and 1 <= size <= 512 for size in drawn)
    assert abs(np.median(drawn) - 16) <= 3


@given(st.floats(1e-6, 1e3), st.floats(1.001, 1e6), st.integers(1, 40))
def test_logarithmic_levels_stay_in_their_range(low: float, factor: float, budget: int) -> None:
    """No level is beyond the range, not by one bit."""
    space = as_space({"a": Float("a", (low, low * factor), log=True)})
    assert all(contains(space, {"a": level}) for level in grid(space, budget)["a"])


def test_hyperopt_suggestions_lie_in_the_space() -> None:
    """What hyperopt samples from the translation reads back as a point of the space."""
    hyperopt = pytest.importorskip("hyperopt", reason="pip install 'pytest-tuners[bayesian]'")
    from hyperopt.pyll.stochastic import sample

    space = to_hyperopt(MIXED, hyperopt.hp)
    generator = np.random.default_rng(0)
    points = [from_hyperopt(MIXED, sample(space, rng=generator)) for _ in range(200)]
    assert all(contains(MIXED, point) for point in points)
    assert {point["level"] for point in points} == {1, 5, 25, None}


def test_params_are_plain_and_sorted() -> None:
    """NumPy scalars become Python's, names are in order."""
    params = plain_params({"b": np.int64(3), "a": np.float64(0.5), "c": None})
    assert list(params.items()) == [("a", 0.5), ("b", 3), ("c", None)]
    assert [type(value) for value in params.values()] == [float, int, type(None)]


def _conditional() -> ConfigurationSpace:
    space = ConfigurationSpace({"a": ["x", "y"], "b": (0.0, 1.0)})
    space.add(NotEqualsCondition(space["b"], space["a"], "x"))
    return space


@pytest.mark.parametrize(
    ("space", "message"),
    [
        ({"a": (1.0, 0.1)}, r"^search space: a: \(1.0, 0.1\): low above high: write \(0.1, 1.0\)$"),
        ({}, "the search space is empty: name at least one hyperparameter"),
        (_conditional(), "the condition b | a != 'x': expected EqualsCondition, InCondition, or AndConjunction"),
        (
            {"a": (0.0, 1.0), "b": when([1, 2], a=0.5)},
            "its condition on 'a': expected a hyperparameter of listed values or of at most 200,000 integers, got a,",
        ),
        (
            {"b": when([1, 2], a=0.5)},
            "b: its condition on 'a': expected another hyperparameter of the space",
        ),
        (
            {"a": [1, 2], "b": when([1], a=3)},
            r"its condition on 'a': expected values that 'a' can have .*, got \[3\]",
        ),
    ],
)
def test_spaces_that_not_every_method_can_search_are_refused(space: Any, message: str) -> None:
    """The error says what is wrong with the space and what would do."""
    with pytest.raises(TuningError, match=message):
        as_space(space)


VALUES = [
    1,
    1.0,
    True,
    "1",
    None,
    (1, 2),
    [1, 2],
    {"a": 1},
    {"a": 1.0},
    SVC(C=2),
    SVC(C=2.0),
    len,
    np.float64(0.5),
    np.array([1]),
]

LISTED: list[tuple[Any, list[Any]]] = [
    (VALUES, [*VALUES[:-2], 0.5, VALUES[-1]]),
    (range(1, 5), [1, 2, 3, 4]),
    (range(9, 0, -3), [9, 6, 3]),
    (np.arange(3), [0, 1, 2]),
    (np.logspace(-1, 1, 3), [0.1, 1.0, 10.0]),
    (np.array(["a", None], dtype=object), ["a", None]),
    (np.array(3), [3]),
    (pd.Series([0.1, 0.2], index=[5, 7]), [0.1, 0.2]),
    (pd.Index(["a", "b"]), ["a", "b"]),
    ("rbf", ["rbf"]),
    (None, [None]),
    (False, [False]),
    (np.int64(7), [7]),
    (len, [len]),
    (SVC(), [SVC()]),
    ((3, 3), [3]),
    ((2, 2.0), [2.0]),
    (stats.randint(4, 5), [4]),
]


@pytest.mark.parametrize(("given", "values"), LISTED, ids=lambda value: type(value).__name__)
def test_listed_values_are_what_is_listed(given: Any, values: list[Any]) -> None:
    """Lists, ranges, arrays and single values are their values, NumPy scalars plain, nothing merged or recast."""
    space = as_space({"a": given})
    found = finite_values(space["a"])
    assert found is not None
    assert shown(found) == shown(values)
    assert shown(distributions(space)["a"]) == shown(values)
    assert all(contains(space, {"a": value}) for value in values)
    others: list[Any] = ["other", 1.25, 77, (1,), {}, Keeper()]
    assert not any(contains(space, {"a": value}) for value in others)


RANGES: list[tuple[Any, tuple[float, float, bool]]] = [
    ((1, 10), (1, 10, False)),
    ((1, 10.0), (1.0, 10.0, False)),
    ((1.0, 10), (1.0, 10.0, False)),
    ((np.int64(1), np.int32(9)), (1, 9, False)),
    ((0.1, 10, "log"), (0.1, 10.0, True)),
    ((1, 512, "log-uniform"), (1, 512, True)),
    ((-3, 3), (-3, 3, False)),
    ((1e-12, 1e-3, "log"), (1e-12, 1e-3, True)),
    ((0.0, 1e-11), (0.0, 1e-11, False)),
    (stats.uniform(), (0.0, 1.0, False)),
    (stats.uniform(0.5, 2), (0.5, 2.5, False)),
    (stats.uniform(loc=-1, scale=2), (-1.0, 1.0, False)),
    (stats.loguniform(0.01, 10), (0.01, 10.0, True)),
    (stats.loguniform(1, 10, scale=2), (2.0, 20.0, True)),
    (stats.reciprocal(1e-10, 1), (1e-10, 1.0, True)),
    (stats.randint(1, 10), (1, 9, False)),
    (stats.randint(0, 5, loc=3), (3, 7, False)),
    (range(5000), (0, 4999, False)),
]


@pytest.mark.parametrize(("given", "expected"), RANGES, ids=lambda value: str(value)[:40])
def test_ranges_are_those_that_users_mean(given: Any, expected: tuple[float, float, bool]) -> None:
    """A float bound makes a range of floats; SciPy's distributions are the ranges they draw from."""
    space = as_space({"a": given})
    low, high, _ = expected
    found: Any = space["a"]
    assert (found.lower, found.upper, found.log) == expected
    assert (type(found.lower), type(found.upper)) == (type(low), type(high))
    assert distributions(as_space(distributions(space)))["a"].rvs(random_state=0) == distributions(space)["a"].rvs(
        random_state=0
    )
    drawn = [{"a": sample["a"]} for sample in ParameterSampler(distributions(space), 40, random_state=0)]
    space.seed(0)
    sampled = [dict(configuration) for configuration in to_configspace(space).sample_configuration(40)]
    assert all(contains(space, plain_params(point)) for point in (*drawn, *sampled, {"a": low}, {"a": high}))
    assert not any(contains(space, {"a": value}) for value in (high * 2 + 1, None, True, "1", [low]))
    assert isinstance(low, int) or not contains(as_space({"a": (1, 3)}), {"a": 2.0})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((6, 2), "(6, 2): low above high: write (2, 6)"),
        ((5, 0.5, "log"), "(5, 0.5, 'log'): low above high: write (0.5, 5, 'log')"),
        ((0, 1, "log"), "(0, 1, 'log'): a logarithmic range begins above 0"),
        ((0, math.inf), "(0, inf): a bound is not finite: write two numbers"),
        ((1, 10**20), "a bound is beyond 2**53: write floats"),
        ((False, True), 'a tuple is a range, (low, high) or (low, high, "log"), of numbers: write choices as a list'),
        (("a", "b"), "write choices as a list, ['a', 'b']"),
        ((1, 2, 3), "write choices as a list, [1, 2, 3]"),
        ([], "[]: there is no value: list at least one"),
        (range(5, 1), "range(5, 1): there is no value: list at least one"),
        ([1, 2, 1], "[1, 2, 1]: 1 is listed twice: list each value once"),
        ([SVC(), SVC()], "SVC() is listed twice: list each value once"),
        ({1, 2}, "got a set: write list(...) of it, sorted where it has no order"),
        ((each for each in "ab"), "got a generator: write list(...) of it"),
        (
            {"min": 1},
            "{'min': 1}: expected a list of choices, a (low, high) range of numbers, or one value, got a dict",
        ),
        (np.ones((2, 2)), "an array of 2 dimensions: expected one, or a list of choices"),
        (
            stats.norm(0, 1),
            "range, or ConfigSpace's, which has bounds: Float(name, (low, high), distribution=ConfigSpace.Normal(...))",
        ),
        (
            stats.beta(2, 5),
            "range, or ConfigSpace's, which has bounds: Float(name, (low, high), distribution=ConfigSpace.Beta(...))",
        ),
        (stats.expon(), "expon(): expon is not drawn evenly from a range: write a (low, high) range, or stats.randint"),
        (stats.loguniform(1, 9, loc=2), "loguniform(1, 9, loc=2): a shifted loguniform is not even on a logarithmic"),
        (stats.randint(5, 5), "randint(5, 5): nothing can be drawn (randint excludes its upper bound)"),
        (stats.uniform, "a distribution without its bounds: write a (low, high) range, or stats.randint"),
        (Float("b", (0, 1)), "it is named 'b': name it 'a'"),
    ],
    ids=lambda value: without_addresses(str(value)),
)
def test_what_is_no_hyperparameter_is_said_in_one_line(given: Any, message: str) -> None:
    """The line names the hyperparameter, what came, what is wrong, and the remedy."""
    with pytest.raises(TuningError, match=re.escape(message)) as caught:
        as_space({"a": given})
    assert str(caught.value).startswith("search space: a: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("distribution", [Normal(0.3, 0.1), Beta(2, 5)], ids=["normal", "beta"])
def test_a_normal_or_beta_distribution_is_configspaces(distribution: Any) -> None:
    """What is said in place of SciPy's can be put into a mapping, and is drawn from as it is distributed."""
    space = as_space({"a": Float("a", (0.0, 1.0), distribution=distribution), "b": [1, 2]})
    drawn = [point["a"] for point, _ in zip(samples(space, 0), range(500), strict=False)]
    assert all(0 <= value <= 1 for value in drawn)
    assert np.mean(drawn) == pytest.approx(0.3 if isinstance(distribution, Normal) else 2 / 7, abs=0.05)


@pytest.mark.parametrize("space", [[{"a": [1]}], None, "a"])
def test_what_is_no_space_is_said(space: Any) -> None:
    """A list of grids, as scikit-learn takes it, is none; the line shows what is."""
    with pytest.raises(TuningError, match="the search space is a .*: expected a mapping of hyperparameters, as in "):
        as_space(space)


def test_a_copy_is_a_tuners_own() -> None:
    """A tuner may seed a copy, add to it and change its values: the space stays as it was."""
    choices = [{"a": 1}, [1, 2], SVC(C=2), np.array([1.0]), None, threading.Lock()]
    space = as_space({"a": choices, "b": (0.0, 1.0), "c": OrdinalHyperparameter("c", [1, 2.5])})
    before = str(space)
    copied = own_copy(space)
    assert str(copied) == before
    state = str(space.random.get_state())
    copied.seed(7)
    copied.sample_configuration(5)
    copied.add(Float("d", (0, 1)))
    values = finite_values(copied["a"])
    assert values is not None
    values[0]["a"] = 2
    values[1].append(3)
    values[2].set_params(C=9)
    values[3][:] = 0
    assert str(space) == before
    assert str(space.random.get_state()) == state
    assert shown(choices[:4]) == "[{'a': 1}, [1, 2], SVC(C=2), array([1.0])]"


@pytest.mark.parametrize("own", [False, True])
def test_points_of_a_copy_come_back_as_the_listed_objects(own: bool) -> None:
    """What is made of a copy's values, sampled from it or computed with floats, is restored to the space's objects."""
    listed = [1, 2.5, {"a": 1}, SVC(C=2), (1, 2), None, partial(max, 1)]
    value: Any = Categorical("value", listed) if own else listed
    space = as_space({"value": value, "number": (1, 9), "share": (0.0, 1.0)})
    copied = own_copy(space)
    copied.seed(0)
    points = [restored(space, dict(configuration)) for configuration in copied.sample_configuration(60)]
    assert all(contains(space, point) for point in points)
    assert all(any(point["value"] is each for each in listed) for point in points)
    assert len({id(point["value"]) for point in points}) == len(listed)
    assert restored(space, {"value": 1.0, "number": np.float64(3.0)}) == {"value": 1, "number": 3}
    assert type(restored(space, {"value": True})["value"]) is int
    assert restored(as_space({"value": [1, 1.0, True]}), {"value": True})["value"] is True
    outside = {"a": 2}
    kept = restored(space, {"value": outside})["value"]
    outside["a"] = 3
    assert kept == {"a": 2}, "what is not listed is kept as it was"


def test_contains_needs_every_name_and_legal_values() -> None:
    """A point lacks nothing, adds nothing and has legal values."""
    space = ConfigurationSpace()
    space.add(CategoricalHyperparameter("a", [1, None]), Float("b", (0, 1)))
    assert contains(space, {"a": None, "b": 0.5})
    assert not contains(space, {"a": None})
    assert not contains(space, {"a": 2, "b": 0.5})
    assert not contains(space, {"a": 1, "b": 0.5, "c": 1})
