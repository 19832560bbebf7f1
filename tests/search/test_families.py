"""Every family gives scikit-learn's scores, bit for bit, and shares what it promises to."""

from __future__ import annotations

import importlib.util
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from tests.search.compared import both, rows
from tuners.search import SharedGridSearchCV
from tuners.search.families.trees import Draws

TREES = {
    "n_estimators": [3, 9],
    "max_depth": [None, 3],
    "min_samples_split": [2, 9, 0.3],
    "min_samples_leaf": [1, 4],
    "max_features": ["sqrt", 0.7],
}
MANY = {"n_estimators": [3, 70], "max_depth": [None, 3]}
"""More trees than are drawn at once."""
STEPS = [2, 5, 9]


@pytest.mark.parametrize(
    ("model", "bootstrap", "classes"),
    [
        (RandomForestClassifier, True, 4),
        (ExtraTreesClassifier, False, 2),
        *(
            pytest.param(*each, marks=pytest.mark.slow)
            for each in itertools.product([RandomForestClassifier, ExtraTreesClassifier], [True, False], [2, 4])
            if each not in {(RandomForestClassifier, True, 4), (ExtraTreesClassifier, False, 2)}
        ),
    ],
)
def test_forests_of_classifiers(model: Callable[..., Any], bootstrap: bool, classes: int) -> None:
    """Forests share trees across sizes, depths, splits, leaves and features, with the very scores of their own fits."""
    X, y = rows(classes=classes)
    grid = [{**TREES, "criterion": ["gini", "entropy"]}, MANY]
    assert both(model(random_state=4, bootstrap=bootstrap), grid, X, y, scoring="neg_log_loss", cv=2).shared_.all()


@pytest.mark.parametrize("model", [RandomForestRegressor, ExtraTreesRegressor])
def test_forests_of_regressors(model: Callable[..., Any]) -> None:
    """Regression forests, too, whose trees have real-valued targets."""
    X, y = rows(classes=0)
    assert both(model(random_state=4), [TREES, MANY], X, y, return_train_score=True).shared_.all()


FORESTS = given(
    seed=st.integers(0, 2**31 - 1),
    shape=st.tuples(st.integers(12, 90), st.integers(3, 9), st.sampled_from([0, 2, 3])),
    random=st.booleans(),
    data=st.data(),
)


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@FORESTS
def test_any_forest(seed: int, shape: tuple[int, int, int], random: bool, data: st.DataObject) -> None:
    """Whatever the rows and the limits, every score is that of a forest grown alone."""
    check_forest(seed, shape, random, data)


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@FORESTS
def test_a_hundred_forests(seed: int, shape: tuple[int, int, int], random: bool, data: st.DataObject) -> None:
    """The same, tried more often."""
    check_forest(seed, shape, random, data)


def check_forest(seed: int, shape: tuple[int, int, int], random: bool, data: st.DataObject) -> None:
    """Draw a grid of forests, and compare."""
    X, y = rows(*shape, seed)
    classes = shape[2]

    def some(values: st.SearchStrategy[Any]) -> list[Any]:
        return data.draw(st.lists(values, min_size=1, max_size=3, unique=True))

    grid = {
        "n_estimators": some(st.integers(1, 75)),
        "max_depth": some(st.none() | st.integers(1, 8)),
        "min_samples_split": some(st.integers(2, 40)),
        "min_samples_leaf": some(st.integers(1, 20)),
        "max_features": data.draw(st.sampled_from([["sqrt"], [1, 3], [None, 0.5]])),
    }
    kinds = {True: (ExtraTreesClassifier, ExtraTreesRegressor), False: (RandomForestClassifier, RandomForestRegressor)}
    model = kinds[random][classes == 0](random_state=seed)
    scoring = "neg_log_loss" if classes == 2 else None
    shared = both(model, grid, X, y, scoring=scoring, cv=2)
    assert shared.shared_.sum() >= len(shared.shared_) - 1


@pytest.mark.parametrize(
    ("model", "size", "others"),
    [
        (BaggingClassifier(random_state=1), "n_estimators", {"max_samples": [0.5, 1.0]}),
        (BaggingRegressor(random_state=1, max_features=0.5), "n_estimators", {}),
        (BaggingClassifier(LogisticRegression(), random_state=1), "n_estimators", {}),
        (GradientBoostingClassifier(random_state=1, subsample=0.7), "n_estimators", {"max_depth": [1, 3]}),
        (GradientBoostingRegressor(random_state=1), "n_estimators", {"learning_rate": [0.1, 0.5]}),
        (HistGradientBoostingClassifier(random_state=1), "max_iter", {"max_leaf_nodes": [4, 31]}),
        (HistGradientBoostingRegressor(random_state=1, max_features=0.5), "max_iter", {}),
        (MLPClassifier(random_state=1, hidden_layer_sizes=(6,)), "max_iter", {"solver": ["sgd", "adam"]}),
        (MLPRegressor(random_state=1, hidden_layer_sizes=(6,), batch_size=11), "max_iter", {"alpha": [0.1, 1e-4]}),
        (RandomForestClassifier(random_state=1, class_weight="balanced"), "n_estimators", {}),
        (RandomForestClassifier(random_state=1, max_samples=0.5), "n_estimators", {"max_leaf_nodes": [5, 9]}),
    ],
    ids=lambda value: type(value).__name__ if hasattr(value, "fit") else None,
)
@pytest.mark.parametrize("classes", [2, 3])
def test_models_that_grow(model: Any, size: str, others: dict[str, list[Any]], classes: int) -> None:
    """Models that grow step by step are fitted once for all their sizes."""
    regresses = type(model).__name__.endswith("Regressor")
    X, y = rows(count=240, classes=0 if regresses else classes)
    assert both(model, {size: STEPS, **others}, X, y, return_train_score=True).shared_.sum() >= 2 * len(STEPS) - 4


@pytest.mark.parametrize("package", ["lightgbm", "xgboost"])
@pytest.mark.parametrize("classes", [0, 2, 3])
def test_boosting_libraries(package: str, classes: int) -> None:
    """LightGBM and XGBoost are fitted once for all their iterations; DART's are not."""
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed: pip install {package}")
    library = importlib.import_module(package)
    name = {"lightgbm": "LGBM", "xgboost": "XGB"}[package] + ("Classifier" if classes else "Regressor")
    quiet = {"verbose": -1} if package == "lightgbm" else {}
    X, y = rows(count=300, classes=classes)
    model = getattr(library, name)(random_state=1, n_jobs=1, subsample=0.8, **quiet)
    scoring = "neg_log_loss" if classes else "neg_mean_squared_error"
    shared = both(model, {"n_estimators": [*STEPS, 40], "max_depth": [2, 4]}, X, y, scoring=scoring)
    assert shared.shared_.sum() >= len(shared.shared_) - 1
    dart = {"boosting_type": "dart"} if package == "lightgbm" else {"booster": "dart"}
    model.set_params(**dart)
    assert not both(model, {"n_estimators": STEPS}, X, y, scoring=scoring).shared_.any()


@pytest.mark.parametrize(
    ("model", "grid"),
    [
        (AdaBoostClassifier(random_state=1), {"n_estimators": STEPS}),
        (KNeighborsClassifier(metric="cosine"), {"n_neighbors": STEPS}),
        (LogisticRegression(max_iter=5), {"C": [0.1, 1.0]}),
        (DecisionTreeClassifier(random_state=1), {"max_depth": [1, 2]}),
        (RandomForestClassifier(random_state=1, n_jobs=2), {"n_estimators": STEPS}),
        (RandomForestClassifier(random_state=1, warm_start=True), {"n_estimators": STEPS}),
        (RandomForestClassifier(random_state=1, oob_score=True, n_estimators=50), {"max_depth": [1, 2]}),
        (GradientBoostingClassifier(random_state=1, n_iter_no_change=2), {"n_estimators": STEPS}),
        (MLPClassifier(random_state=1, solver="lbfgs"), {"max_iter": STEPS}),
        (MLPClassifier(random_state=1, early_stopping=True), {"max_iter": STEPS}),
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore:Some inputs do not have OOB scores")
def test_what_is_not_shared(model: Any, grid: dict[str, list[Any]]) -> None:
    """What no family promises goes through scikit-learn, with its results."""
    X, y = rows()
    assert not both(model, grid, X, y).shared_.any()


def test_no_seed_shares_nothing() -> None:
    """Without an integer `random_state` no two fits are the same, so none are shared."""
    X, y = rows()
    for state in (None, np.random.RandomState(3)):
        search = SharedGridSearchCV(RandomForestClassifier(random_state=state), {"n_estimators": STEPS}, cv=2)
        assert not search.fit(X, y).shared_.any()


@pytest.mark.parametrize("early", [True, "auto"])
def test_histogram_boosting_that_may_stop(early: bool | str) -> None:
    """Early stopping of histogram boosting is left alone."""
    X, y = rows(count=300)
    model = HistGradientBoostingClassifier(random_state=1, early_stopping=early)
    assert both(model, {"max_iter": STEPS}, X, y).shared_.any() == (early == "auto")


def test_a_split_that_rounding_makes_a_leaf() -> None:
    """Entropy of a split that gains nothing may come out below that of none: a leaf in scikit-learn, and here."""
    cells = [
        ((0, 0), [1, 1, 0, 0, 0]),
        ((0, 1), [0, 0, 1, 1, 1]),
        ((1, 0), [0, 0, 1, 1, 1]),
        ((1, 1), [25, 25, 24, 24, 24]),
    ]
    X = np.array([cell for cell, counts in cells for _ in range(sum(counts))], dtype=float)
    y = np.array([label for _, counts in cells for label, count in enumerate(counts) for _ in range(count)])
    model = RandomForestClassifier(random_state=0, bootstrap=False, criterion="entropy")
    both(model, {"n_estimators": [1, 2, 5]}, X, y, scoring="neg_log_loss", cv=[(np.arange(len(y)), np.arange(len(y)))])


@pytest.mark.parametrize(
    ("model", "size", "read"),
    [
        (MLPClassifier(random_state=1, hidden_layer_sizes=(4,)), "max_iter", lambda model: model.best_loss_),
        (
            GradientBoostingClassifier(random_state=1, subsample=0.7),
            "n_estimators",
            lambda model: model.oob_improvement_.sum(),
        ),
    ],
    ids=["perceptron", "boosting"],
)
def test_scorers_of_the_training(model: Any, size: str, read: Callable[[Any], float]) -> None:
    """Scorers that read figures of the training itself have scikit-learn's."""
    X, y = rows()
    both(model, {size: [2, 3, 6]}, X, y, scoring=lambda fitted, _X, _y: float(read(fitted)))


@pytest.mark.parametrize(
    ("model", "grid"),
    [
        (RandomForestClassifier(random_state=1), {"n_estimators": [2, 3], "n_jobs": [0, 1]}),
        (RandomForestClassifier(random_state=1), [{"n_estimators": [2]}, {"n_estimators": [3, 4], "oob_score": [0]}]),
        (MLPClassifier(random_state=1), {"max_iter": [2, 3], "hidden_layer_sizes": [(3.0,), (3,)]}),
        (
            make_pipeline(StandardScaler(copy=False), RandomForestClassifier(random_state=0)),
            {"randomforestclassifier__n_estimators": [2, 3, 6]},
        ),
    ],
    ids=["no job", "0 for False", "a float for an int", "in place"],
)
def test_values_that_only_look_alike(model: Any, grid: Any) -> None:
    """What scikit-learn refuses is not taken for its equal, and what works in place is left to it."""
    X, y = rows()
    both(model, grid, X, y, scoring=["accuracy", "neg_log_loss"])


def test_an_interrupted_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt between two draws leaves the ones before, so that later trees are the same."""
    expected = Draws(5, 30)
    found = Draws(5, 30)
    with monkeypatch.context() as patch:

        def interrupt(seeds: Any) -> Any:
            raise KeyboardInterrupt

        patch.setattr(found, "first_draws", interrupt)
        with pytest.raises(KeyboardInterrupt):
            found.states([0, 1])
    assert np.array_equal(found.states(range(70)), expected.states(range(70)))
    assert np.array_equal(found.counts(range(200)), expected.counts(range(200)))
