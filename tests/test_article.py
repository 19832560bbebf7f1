"""The article's own ways."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from tuners import Budget, Problem, Protocol
from tuners.article import GRID_SIZE, around, forest, grid_around_random
from tuners.catalog import DATASETS
from tuners.execution.here import measure

BEST = {"criterion": "gini", "max_depth": None, "max_features": "sqrt"}


def test_the_small_grid() -> None:
    """3 x 3 x 5 around the best; what a forest would refuse is dropped."""
    grid = around({**BEST, "min_samples_leaf": 6, "min_samples_split": 7, "n_estimators": 500})
    assert grid["min_samples_leaf"] == [4, 6, 8]
    assert grid["min_samples_split"] == [4, 7, 10]
    assert grid["n_estimators"] == [350, 400, 500, 600, 650]
    assert math.prod(map(len, grid.values())) == GRID_SIZE
    assert around({**BEST, "min_samples_leaf": 1, "min_samples_split": 2, "n_estimators": 100})["n_estimators"] == [
        100,
        200,
        250,
    ]


@given(st.integers(1, 45))
def test_a_smaller_grid_keeps_the_best(size: int) -> None:
    """However small, the grid fits and holds the point it is around."""
    best = {**BEST, "min_samples_leaf": 6, "min_samples_split": 7, "n_estimators": 500}
    grid = around(best, size)
    assert math.prod(map(len, grid.values())) <= size
    assert all(best[name] in values for name, values in grid.items())


def test_the_articles_grid_may_begin_with_the_default_configuration() -> None:
    """Where a session says so, it costs the article's method one of its evaluations, too."""
    problem = Problem(forest(), DATASETS.load("iris")(None), 0, Protocol(folds=2, rows=60))
    run = measure("grid", grid_around_random, problem, Budget(4), start="default")
    assert run.trials[0].params == {**BEST, "min_samples_leaf": 1, "min_samples_split": 2, "n_estimators": 10}
    assert run.record.evaluations <= 4


def test_a_smaller_budget_is_shared_and_kept() -> None:
    """Random search and the grid around its best share any budget."""
    problem = Problem(forest(), DATASETS.load("iris")(None), 0, Protocol(folds=2, rows=60))
    run = measure("grid", grid_around_random, problem, Budget(3))
    record = run.record
    assert (record.status, record.evaluations, record.own_space) == ("ok", 3, True)
