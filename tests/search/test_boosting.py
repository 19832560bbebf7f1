"""Boosted trees that share bins, iterations and predictions are, bit for bit, those of their own fits."""

from __future__ import annotations

import importlib
import importlib.util
import pickle
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joblib import parallel_config
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor

from tests.search.compared import both, rows
from tuners.search import verification
from tuners.search.families import Rows, kept, prefix

METHODS = ("predict", "predict_proba", "decision_function")
KINDS = ("HistGradientBoosting", "LGBM", "XGB")
SIZES = {"HistGradientBoosting": "max_iter", "LGBM": "n_estimators", "XGB": "n_estimators"}
LEAVES = {"HistGradientBoosting": "max_leaf_nodes", "LGBM": "num_leaves", "XGB": "max_depth"}
PACKAGES = {"LGBM": "lightgbm", "XGB": "xgboost"}


def sent(value: Any) -> Any:
    """Return what another process gets."""
    return pickle.loads(pickle.dumps(value))  # noqa: S301  our own


def model(kind: str, *, classifies: bool, **params: Any) -> Any:
    """Return an unfitted model; skip where its library is not installed."""
    if kind == "HistGradientBoosting":
        return (HistGradientBoostingClassifier if classifies else HistGradientBoostingRegressor)(
            random_state=1, **params
        )
    package = PACKAGES[kind]
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed: pip install {package}")
    quiet = {"verbose": -1} if kind == "LGBM" else {}
    library = importlib.import_module(package)
    return getattr(library, kind + ("Classifier" if classifies else "Regressor"))(
        random_state=1, n_jobs=1, **quiet, **params
    )


def check(estimators: Iterable[Any], X: Any, y: Any, *, split: int) -> Rows:
    """Assert that candidates fitted together predict what each predicts alone; return the rows with their memory."""

    def some(data: Any, part: slice) -> Any:
        return data.iloc[part] if hasattr(data, "iloc") else data[part]

    fold = Rows(some(X, slice(split)), some(y, slice(split)), some(X, slice(split, None)))
    fold.X_asked_train = fold.X_train
    groups: dict[Any, dict[Any, Any]] = {}
    for estimator in estimators:
        plan = prefix.plan(type(estimator), estimator.get_params(), split, 5)
        assert plan is not None
        groups.setdefault(plan.group, {})[plan] = estimator
    for members in groups.values():
        for (plan,), fitted in prefix.fitted(list(members.items()), fold, lambda: None):
            alone = clone(members[plan]).fit(fold.X_train, fold.y_train)
            assert repr(fitted.get_params()) == repr(alone.get_params())
            # The rows of the fold, of which predictions are known, and others.
            for asked in (fold.X_asked, fold.X_train, fold.X_asked[3:40]):
                for method in METHODS:
                    if hasattr(alone, method):
                        found, expected = getattr(fitted, method)(asked), getattr(alone, method)(asked)
                        assert np.array_equal(found, expected), (method, plan.size, members[plan])
                        assert found.dtype == expected.dtype
                        assert found.flags["F_CONTIGUOUS"] == expected.flags["F_CONTIGUOUS"]
    return fold


def candidates(kind: str, *, classifies: bool, **params: Any) -> list[Any]:
    """Return models of three sizes, each with two learning rates and two sizes of tree."""
    grid = [
        {SIZES[kind]: size, "learning_rate": rate, LEAVES[kind]: leaves}
        for size in (7, 2, 5)
        for rate in (0.1, 0.4)
        for leaves in (3, 6)
    ]
    return [model(kind, classifies=classifies, **params).set_params(**each) for each in grid]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("classes", [0, 2, 10])
def test_bins_are_made_once(kind: str, classes: int) -> None:
    """Learning rates and sizes of trees share a fold's bins; predictions are those of each model's own fit."""
    X, y = rows(count=400, classes=classes)
    fold = check(candidates(kind, classifies=classes > 0), X, y, split=300)
    assert [len(made) for made in fold.memory.values()] == [1]


@pytest.mark.parametrize(
    ("kind", "name", "values"),
    [
        ("HistGradientBoosting", "max_bins", [10, 200]),
        ("HistGradientBoosting", "class_weight", [None, "balanced"]),
        ("HistGradientBoosting", "categorical_features", [[1], [2]]),
        ("LGBM", "min_child_samples", [5, 60]),
        ("LGBM", "class_weight", [None, "balanced"]),
        ("XGB", "max_bin", [10, 200]),
        ("XGB", "missing", [np.nan, 1.0]),
    ],
)
def test_other_bins(kind: str, name: str, values: list[Any]) -> None:
    """Parameters that the bins depend on have bins of their own."""
    X, y = rows(count=400)
    X[:, 2] = X[:, 2].round().clip(0, 3)
    X[:, 1] = (X[:, 1] * 2).round().clip(0, 4)
    each = [candidates(kind, classifies=True, **{name: value}) for value in values]
    fold = check([*each[0], *each[1]], X, y, split=300)
    assert [len(made) for made in fold.memory.values()] == [2]


@pytest.mark.parametrize("kind", KINDS)
def test_gaps_and_categories(kind: str) -> None:
    """Gaps, and categories of a data frame, are the library's own."""
    X, y = rows(count=400)
    X[::7, 0] = np.nan
    frame = pd.DataFrame(X, columns=list("abcde"))
    frame["b"] = pd.Categorical(np.array(["low", "middle", "high"])[np.digitize(X[:, 1], [-0.5, 0.5])])
    own: dict[str, dict[str, Any]] = {
        "HistGradientBoosting": {"categorical_features": "from_dtype"},
        "XGB": {"enable_categorical": True},
    }
    check(candidates(kind, classifies=True, **own.get(kind, {})), frame, pd.Series(y), split=300)


@pytest.mark.parametrize(
    ("kind", "weights"),
    # scikit-learn itself looks weights of text labels up by their numbers, and fails.
    [("HistGradientBoosting", "balanced"), ("LGBM", "balanced"), ("LGBM", {"no": 1.0, "yes": 3.0})],
)
def test_text_labels_with_weights(kind: str, weights: Any) -> None:
    """Labels may be text, and have weights."""
    X, y = rows(count=400)
    check(candidates(kind, classifies=True, class_weight=weights), X, np.array(["no", "yes"])[y], split=300)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors])
@given(data=st.data())
def test_any_boosting(kind: str, data: st.DataObject) -> None:
    """Whatever the rows, sizes and learning rates, predictions are those of each model's own fit."""
    classes = data.draw(st.sampled_from([0, 2, 3]))
    subsample = data.draw(st.sampled_from([0.6, 1.0]))
    X, y = rows(count=150, classes=classes, seed=data.draw(st.integers(0, 2**31 - 1)))
    X = X.astype(data.draw(st.sampled_from([np.float32, np.float64])))
    drawn = {"max_features": subsample} if kind == "HistGradientBoosting" else {"subsample": subsample}
    drawn |= {"subsample_freq": 1} if kind == "LGBM" else {}
    sizes = data.draw(st.lists(st.integers(1, 30), min_size=1, max_size=4, unique=True))
    rates = data.draw(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=2, unique=True))
    grid = [{SIZES[kind]: size, "learning_rate": rate} for size in sizes for rate in rates]
    check([model(kind, classifies=classes > 0, **drawn).set_params(**each) for each in grid], X, y, split=100)


def test_predictions_are_summed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each iteration of histogram boosting predicts the rows of a fold once, for all sizes."""
    X, y = rows(count=200)
    fold = Rows(X[:150], y[:150], X[150:])
    members = [HistGradientBoostingClassifier(random_state=1, max_iter=size) for size in (6, 2, 4)]
    plans = {prefix.plan(type(each), each.get_params(), 150, 5): each for each in members}
    fitted = prefix.fitted([(plan, each) for plan, each in plans.items() if plan], fold, lambda: None)
    asked = []
    own = TreePredictor.predict

    def predict(self: Any, *args: Any, **options: Any) -> Any:
        asked.append(self)
        return own(self, *args, **options)

    monkeypatch.setattr(TreePredictor, "predict", predict)
    for _, each in fitted:
        each.predict(fold.X_asked)
        each.predict_proba(fold.X_asked)
    assert len(asked) == 6


@pytest.mark.parametrize("kind", KINDS)
def test_fitted_models_are_pickled(kind: str) -> None:
    """A scorer may copy the model by pickling: the copy predicts the same."""
    X, y = rows(count=200)
    fold = Rows(X[:150], y[:150], X[150:])
    members = [model(kind, classifies=True).set_params(**{SIZES[kind]: size}) for size in (2, 6)]
    plans = {prefix.plan(type(each), each.get_params(), 150, 5): each for each in members}
    for _, fitted in prefix.fitted([(plan, each) for plan, each in plans.items() if plan], fold, lambda: None):
        copied = sent(fitted)
        assert np.array_equal(copied.predict_proba(fold.X_asked), fitted.predict_proba(fold.X_asked))


@pytest.mark.parametrize("kind", KINDS)
def test_scorers_of_the_trees(kind: str) -> None:
    """A scorer that asks for figures of the trees gets those of the first iterations."""
    X, y = rows(count=200)

    def figure(fitted: Any, _X: Any, _y: Any) -> float:
        if kind == "LGBM":
            return float(fitted.feature_importances_[0] + 1000 * fitted.n_estimators_)
        if kind == "XGB":
            return float(fitted.feature_importances_[0] + 1000 * fitted.get_booster().num_boosted_rounds())
        return float(fitted.n_iter_ + sum(stage[0, 0] for stage in fitted.staged_predict_proba(_X)))

    assert both(model(kind, classifies=True), {SIZES[kind]: [2, 5, 9]}, X, y, scoring=figure).shared_.any()


def test_bins_in_worker_processes() -> None:
    """Worker processes, which get rows and groups by themselves, share bins, too, with the same scores."""
    X, y = rows(count=300)
    grid = {"max_iter": [2, 4, 6], "learning_rate": [0.1, 0.3, 0.5]}
    shared = both(HistGradientBoostingClassifier(random_state=1), grid, X, y, scoring="neg_log_loss", n_jobs=2)
    assert shared.shared_.sum() >= len(shared.shared_) - 3


def test_an_objective_of_ones_own_is_left_to_lightgbm(capfd: pytest.CaptureFixture[str]) -> None:
    """LightGBM wraps it in its fit: such models are not shared, and nothing is tried in vain."""
    lightgbm = pytest.importorskip("lightgbm", reason="pip install 'tuners[lightgbm]'")
    X, y = rows(count=200, classes=0)
    mine = lightgbm.LGBMRegressor(random_state=1, verbose=-1, objective=lambda y, raw: (raw - y, np.ones_like(y)))
    shared = both(mine, {"n_estimators": [2, 4, 6], "learning_rate": [0.1, 0.3]}, X, y)
    assert not shared.shared_.any()
    assert "Fatal" not in "".join(capfd.readouterr())


def test_a_callers_choice_of_processes_stands() -> None:
    """What is shared ends no process that scikit-learn's part of the search goes on with."""
    X, y = rows(count=300)
    grid = {"max_iter": [2, 4, 6], "learning_rate": [0.1, 0.3, 0.5]}
    with parallel_config(backend="loky", n_jobs=2):
        shared = both(HistGradientBoostingClassifier(random_state=1), grid, X, y)
    assert shared.shared_.sum() >= len(shared.shared_) - 3


@pytest.mark.parametrize("kind", KINDS)
def test_bins_in_threads(kind: str) -> None:
    """Threads have bins of their own, with the same scores."""
    X, y = rows(count=300)
    grid = {SIZES[kind]: [2, 4, 6], "learning_rate": [0.1, 0.3, 0.5]}
    with parallel_config(backend="threading", n_jobs=2):
        shared = both(model(kind, classifies=True), grid, X, y, scoring="neg_log_loss")
    assert shared.shared_.sum() >= len(shared.shared_) - 3


def test_rows_that_come_again_have_their_memory() -> None:
    """Rows that a process gets again find what was kept of them; those of many folds ago do not."""
    fold = Rows(np.zeros((2, 1)), np.zeros(2), np.zeros((1, 1)))
    assert kept.once(sent(fold).memory, "bins", lambda: "made") == "made"
    assert kept.once(sent(fold).memory, "bins", lambda: "made again") == "made"
    for _ in range(kept.FOLDS):
        sent(Rows(None, None, None))
    assert kept.once(sent(fold).memory, "bins", lambda: "made again") == "made again"


def test_what_was_used_least_recently_goes_first() -> None:
    """A fold keeps so many things, the last that were asked for."""
    memory: dict[str, Any] = {}
    for number in range(kept.KEPT):
        kept.once(memory, number, lambda: "first")
    kept.once(memory, 0, lambda: "second")
    kept.once(memory, kept.KEPT, lambda: "first")
    assert kept.once(memory, 0, lambda: "second") == "first"
    assert kept.once(memory, 1, lambda: "second") == "second"


def test_the_self_check_says_nothing(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """LightGBM, which prints by default, does not print about the rows of the self-check."""
    monkeypatch.setattr(verification, "_verified", {})
    estimator = model("LGBM", classifies=True)
    assert verification.verified(type(estimator)(random_state=1), prefix.FAMILY)
    assert capfd.readouterr().out == ""
