"""Spaces with conditions: whatever they are, all that makes points makes points of the space."""

from __future__ import annotations

import itertools
from collections import Counter
from itertools import islice
from typing import Any

import numpy as np
import pytest
from ConfigSpace import (
    BetaIntegerHyperparameter,
    Categorical,
    ConfigurationSpace,
    ForbiddenAndConjunction,
    ForbiddenEqualsClause,
    NormalFloatHyperparameter,
    OrConjunction,
)
from ConfigSpace import EqualsCondition as Equals
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare
from sklearn.model_selection import ParameterGrid
from sklearn.svm import SVC

from tuners import Model, TuningError, when
from tuners.results.keys import freeze
from tuners.spaces import (
    active,
    as_space,
    candidates,
    cardinality,
    contains,
    distributions,
    finite_values,
    from_positions,
    grid,
    grids,
    needed_by,
    samples,
    to_configspace,
    to_hyperopt,
    to_positions,
)
from tuners.spaces.unit import from_unit, to_unit

VALUES: list[Any] = [[2, 3, 4], [None, "a", (1, 2)], [True, 1, 1.0], [0.5], range(2, 6)]
SVM = as_space(
    {
        "kernel": ["linear", "rbf", "poly"],
        "C": [0.1, 1.0],
        "gamma": when([0.01, 0.1, 1.0], kernel=["rbf", "poly"]),
        "degree": when([2, 3], kernel="poly"),
        "coef0": when([0.0, 1.0], degree=3, kernel="poly"),
    }
)


@st.composite
def spaces(draw: st.DrawFn) -> ConfigurationSpace:
    """Draw a finite space whose hyperparameters may depend on earlier ones."""
    made: dict[str, Any] = {}
    for number in range(draw(st.integers(1, 5))):
        values = draw(st.sampled_from(VALUES))
        able = [name for name, known in made.items() if True not in list(getattr(known, "values", known))]
        parents = draw(st.lists(st.sampled_from(able), max_size=2, unique=True)) if able else []
        needed = {}
        for parent in parents:
            known = made[parent].values if hasattr(made[parent], "needed") else made[parent]
            needed[parent] = draw(st.lists(st.sampled_from(list(known)), min_size=1, max_size=2, unique_by=repr))
        made[f"h{number}"] = when(values, needed) if needed else values
    return as_space(made)


def every(space: ConfigurationSpace) -> set[Any]:
    """Return all points of a finite space, by trying each combination of all values."""
    names = list(space)
    listed = [finite_values(space[name]) or [] for name in names]
    whole = (dict(zip(names, point, strict=True)) for point in itertools.product(*listed))
    return {freeze({name: point[name] for name in active(space, point)}) for point in whole}


GRANDPARENTS = as_space(
    {"a": [1, 2], "b": when([1, 2], a=1), "c": when([1, 2], b=1), "d": when([1, 2], {"a": 1, "c": 1})}
)
"""Where one parent is active, the other may be not."""


@given(spaces(), st.integers(1, 60))
@example(GRANDPARENTS, 60)
@settings(max_examples=60, deadline=None)
def test_points_are_points_of_the_space(space: ConfigurationSpace, budget: int) -> None:
    """Listed, in grids that fit the budget, drawn, and read from the unit cube; those listed are all."""
    points = every(space)
    listed = candidates(space)
    assert listed is not None
    assert {freeze(point) for point in listed} == points
    assert len(listed) == len(points) == cardinality(space)
    of_grids = list(ParameterGrid(grids(space, budget)))
    assert len({freeze(point) for point in of_grids}) == len(of_grids) <= budget
    drawn = list(islice(samples(space, budget), len(points)))
    of_cube = [from_unit(space, u) for u in np.random.default_rng(budget).uniform(size=(20, len(space)))]
    assert all(contains(space, point) for point in [*listed, *of_grids, *drawn, *of_cube])
    assert all(freeze(from_unit(space, to_unit(space, point))) == freeze(point) for point in listed)
    assert all(freeze(from_positions(space, to_positions(space, point))) == freeze(point) for point in listed)
    assert len({freeze(point) for point in drawn}) == len(drawn)


def test_grids_share_the_budget_among_branches() -> None:
    """Each kernel has its grid, and the smallest is the one that grows."""
    sizes = Counter(point["kernel"] for point in ParameterGrid(grids(SVM, 12)))
    assert sum(sizes.values()) <= 12
    assert set(sizes) == {"linear", "rbf", "poly"}
    assert {freeze(point) for point in ParameterGrid(grids(SVM, 10_000))} == every(SVM)


def test_draws_follow_configspaces_prior() -> None:
    """Kernels are drawn alike, though poly has most points; a point that was drawn is not drawn again."""
    wide = as_space({"kernel": ["linear", "rbf"], "gamma": when((0.0, 1.0), kernel="rbf"), "C": (0.0, 1.0)})
    drawn = Counter(point["kernel"] for point in islice(samples(wide, 0), 2000))
    assert chisquare(list(drawn.values())).pvalue > 0.01
    again = [freeze(point) for point in islice(samples(wide, 0), 50)]
    assert again == [freeze(point) for point in islice(samples(wide, 0), 50)]


def test_libraries_spaces_lead_back() -> None:
    """What hyperopt's nested choices and a ConfigSpace of positions draw are points of the space, of each branch."""
    hyperopt = pytest.importorskip("hyperopt", reason="pip install 'pytest-tuners[bayesian]'")
    from hyperopt.pyll.stochastic import sample

    generator, nested = np.random.default_rng(0), to_hyperopt(SVM, hyperopt.hp)
    of_positions = to_configspace(SVM)
    of_positions.seed(0)
    for points in (
        [from_positions(SVM, sample(nested, rng=generator)) for _ in range(100)],
        [from_positions(SVM, dict(each)) for each in of_positions.sample_configuration(100)],
    ):
        assert all(contains(SVM, point) for point in points)
        assert len({frozenset(point) for point in points}) == 4


def test_forbidden_points_are_in_nothing() -> None:
    """Not listed, not in a grid, not drawn."""
    space = as_space({"a": [1, 2, 3], "b": when(["x", "y"], a=[2, 3])})
    space.add(ForbiddenAndConjunction(ForbiddenEqualsClause(space["a"], 3), ForbiddenEqualsClause(space["b"], "y")))
    points = every(space) - {freeze({"a": 3, "b": "y"})}
    assert {freeze(point) for point in candidates(space) or ()} == points
    assert {freeze(point) for point in ParameterGrid(grids(space, 100))} == points
    assert {freeze(point) for point in samples(space, 0)} == points
    assert cardinality(space) == len(points) == 4
    assert not contains(space, {"a": 3, "b": "y"})


def test_other_distributions_are_drawn_and_read_by_their_quantiles() -> None:
    """Weights, normal and beta: draws follow them, and so do points of the unit cube that are spread evenly."""
    space = ConfigurationSpace()
    space.add(
        Categorical("kind", ["often", "seldom"], weights=[0.9, 0.1]),
        NormalFloatHyperparameter("rate", mu=5.0, sigma=1.0, lower=0.0, upper=10.0),
        BetaIntegerHyperparameter("depth", alpha=2, beta=5, lower=1, upper=9),
    )
    as_space(space)
    drawn = list(islice(samples(space, 0), 1500))
    spread = [from_unit(space, [u] * 3) for u in (np.arange(1500) + 0.5) / 1500]
    for points in (drawn, spread):
        assert all(contains(space, point) for point in points)
        assert abs(np.mean([point["kind"] == "often" for point in points]) - 0.9) < 0.03
        assert abs(np.std([point["rate"] for point in points]) - 1.0) < 0.1
        assert abs(np.mean([point["depth"] for point in points]) - np.mean([point["depth"] for point in drawn])) < 0.3


def test_what_takes_several_grids_is_no_one_grid() -> None:
    """The functions of a plain space say which to use instead."""
    with pytest.raises(TuningError, match=r"use spaces\.grids, whose grids together cover it"):
        grid(SVM, 10)
    with pytest.raises(TuningError, match=r"use spaces\.samples"):
        distributions(SVM)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: when([1, 2]), "when: expected the hyperparameter that it depends on"),
        (lambda: when(when([1], a=1), b=2), "name all parents in one"),
        (
            lambda: as_space({"b": [1, 1.0], "a": when([1], b=1)}),
            "expected numbers that differ in more than their type",
        ),
        (lambda: as_space({"a": when([1], a=1)}), "its condition on 'a': expected another hyperparameter"),
    ],
)
def test_a_condition_that_cannot_hold_is_one_line(make: Any, message: str) -> None:
    """It names the hyperparameter and what was expected."""
    with pytest.raises(TuningError, match=message) as raised:
        make()
    assert "\n" not in str(raised.value)


def test_conditions_of_other_kinds_are_refused_by_name() -> None:
    """Or is none that all methods can search."""
    space = ConfigurationSpace({"a": [1, 2], "b": [1, 2], "c": [1, 2]})
    space.add(OrConjunction(Equals(space["c"], space["a"], 1), Equals(space["c"], space["b"], 1)))
    with pytest.raises(TuningError, match="expected EqualsCondition, InCondition, or AndConjunction of them"):
        as_space(space)


def test_conditions_are_read_from_configspaces_classes() -> None:
    """As from a mapping."""
    assert needed_by(SVM) == {
        "gamma": {"kernel": ("rbf", "poly")}, "degree": {"kernel": ("poly",)},
        "coef0": {"degree": (3,), "kernel": ("poly",)},
    }  # fmt: skip


def test_a_grid_finds_what_is_allowed() -> None:
    """Where the middle is forbidden, a budget of one has another point; grids of any size stay within the budget."""
    space = as_space({"a": [1, 2, 3], "b": [1, 2, 3, 4]})
    space.add(ForbiddenEqualsClause(space["a"], 2))
    assert len(grids(space, 1)) == 1
    assert all(len(ParameterGrid(grids(space, budget))) <= budget for budget in range(1, 13))


def test_cmaes_reaches_every_value() -> None:
    """Weights and logarithmic scales make cells of unlike widths."""
    pytest.importorskip("cmaes", reason="pip install 'pytest-tuners[cmaes]'")
    from tuners.methods.cmaes import _cells

    space = as_space({"kind": Categorical("kind", ["a", "b", "c"], weights=[0.9, 0.05, 0.05]), "size": (1, 50, "log")})
    for name in space:
        values = {from_unit(space, [at if each == name else 0.5 for each in space])[name] for at in _cells(space[name])}
        assert len(values) == (3 if name == "kind" else 50)


def test_circles_are_said() -> None:
    """Two hyperparameters that wait for each other are none to search."""
    with pytest.raises(TuningError, match="conditions form a circle, some of 'a', 'b' depend on each other"):
        as_space({"a": when([1, 2], b=1), "b": when([1, 2], a=1)})


def test_a_guess_of_an_inactive_hyperparameter_is_refused() -> None:
    """It would be evaluated, and shown, as another candidate than it is."""
    guess = {"kernel": "linear", "gamma": 0.1}
    with pytest.raises(TuningError, match="model 'svm': expected guesses of active hyperparameters, got 'gamma' in"):
        Model("svm", SVC(), {"kernel": ["linear", "rbf"], "gamma": when((0.1, 1.0), kernel="rbf")}, guesses=[guess])
