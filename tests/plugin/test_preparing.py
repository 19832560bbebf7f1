"""Data as people have them in a session: a frame of all sorts, weights, and a pipeline of the user's own."""

from __future__ import annotations

import pytest

from tests.bench import PLAIN, run

SUITE = """
import numpy as np
import pandas as pd
import pytest
import tuners
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

random = np.random.default_rng(0)
FRAME = pd.DataFrame({
    "age": random.normal(40, 10, 160), "town": random.choice(["a", "b", None], 160),
    "name": [f"name {each}" for each in random.permutation(160)], "day": pd.date_range("2024-01-01", periods=160),
})
FRAME.loc[::7, "age"] = None
Y = np.where((FRAME["town"] == "a") ^ (FRAME["age"] > 40), "yes", "no")
COLUMNS = ColumnTransformer([("n", StandardScaler(), ["age"]), ("t", OneHotEncoder(handle_unknown="ignore"), ["town"])])
OWN = Pipeline([("columns", COLUMNS), ("tree", DecisionTreeClassifier())])
BOOSTING = HistGradientBoostingClassifier(max_iter=30)
MODELS = {
    "own": tuners.Model("own", OWN, {"tree__max_depth": [1, 2, 3]}),
    "tree": tuners.Model("tree", DecisionTreeClassifier(), {"max_depth": [1, 2, 3]}),
    "boosting": tuners.Model("boosting", BOOSTING, {"max_depth": [1, 2]}, early_stopping=3),
    "neighbours": tuners.Model("neighbours", KNeighborsClassifier(), {"n_neighbors": [1, 2]}),
}
WEIGHTS = random.integers(1, 4, 160)
NAMES = %s
PEOPLE = tuners.Dataset("people", FRAME, Y, positive="yes"%s)


@pytest.mark.tuning(models=[MODELS[name] for name in NAMES], datasets=[PEOPLE])
def test_tuning(tune, tuner, problem):
    tune(tuner, problem)
"""


def test_all_sorts_of_columns_are_tuned(bench: pytest.Pytester) -> None:
    """Weighted rows, with a pipeline of the user's own, a tree, and a booster that stops early."""
    bench.makepyfile(test_mine=SUITE % (["own", "tree", "boosting"], ", weights=WEIGHTS"))
    options = (*PLAIN, "--tuning-tuners=grid", "--tuning-budget=1", "--tuning-seeds=1")
    run(bench, "test_mine.py", *options).assert_outcomes(passed=3)


def test_a_model_without_weights_ends_the_session(bench: pytest.Pytester) -> None:
    """Bad input is one line before the first run, with what to do."""
    bench.makepyfile(test_mine=SUITE % (["tree", "neighbours"], ", weights=WEIGHTS"))
    result = run(bench, "test_mine.py", "--tuning-seeds=1", *PLAIN)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([
        "ERROR: model 'neighbours': KNeighborsClassifier does not take sample weights, which dataset 'people' has: *",
    ])  # fmt: skip
