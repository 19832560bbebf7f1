"""Translating search spaces."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from ConfigSpace import (
    Categorical,
    CategoricalHyperparameter,
    ConfigurationSpace,
    EqualsCondition,
    Float,
    Integer,
    NormalFloatHyperparameter,
    OrdinalHyperparameter,
)
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import ParameterGrid, ParameterSampler

from tuners import TuningError
from tuners.spaces import as_space, contains, distributions, from_hyperopt, grid, plain_params, to_hyperopt

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
    space.add(EqualsCondition(space["b"], space["a"], "x"))
    return space


@pytest.mark.parametrize(
    ("space", "message"),
    [
        ({"a": (1.0, 0.1)}, "the search space cannot be read: .*'a'.*: expected lists of choices"),
        ({}, "the search space is empty: name at least one hyperparameter"),
        (
            ConfigurationSpace({"a": Categorical("a", ["x", "y"], weights=[0.9, 0.1])}),
            "hyperparameter 'a' has weights, which grid search cannot express",
        ),
        (_conditional(), "conditions or forbidden clauses, which grid and random search cannot express"),
        (
            ConfigurationSpace({"a": NormalFloatHyperparameter("a", 0, 1, -1, 1)}),
            "hyperparameter 'a' is a NormalFloatHyperparameter: expected one of Categorical",
        ),
    ],
)
def test_spaces_that_not_every_method_can_search_are_refused(space: Any, message: str) -> None:
    """The error says what is wrong with the space and what would do."""
    with pytest.raises(TuningError, match=message):
        as_space(space)


def test_contains_needs_every_name_and_legal_values() -> None:
    """A point lacks nothing, adds nothing and has legal values."""
    space = ConfigurationSpace()
    space.add(CategoricalHyperparameter("a", [1, None]), Float("b", (0, 1)))
    assert contains(space, {"a": None, "b": 0.5})
    assert not contains(space, {"a": None})
    assert not contains(space, {"a": 2, "b": 0.5})
    assert not contains(space, {"a": 1, "b": 0.5, "c": 1})
