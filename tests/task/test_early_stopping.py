"""Early stopping: an evaluation set from the rows of each fit, one way for all boosters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier, XGBRegressor

from tuners import Budget, Dataset, EarlyStopping, Model, Problem, Protocol, TuningError
from tuners.catalog import TUNERS
from tuners.execution.here import measure
from tuners.task.boosters import BOOSTERS
from tuners.task.early_stopping import EarlyStopped

RANDOM = np.random.default_rng(0)
X = pd.DataFrame({"a": RANDOM.normal(size=200), "b": RANDOM.normal(size=200), "town": RANDOM.choice(["x", "y"], 200)})
Y = np.where(X["a"] + RANDOM.normal(size=200) > 0, "yes", "no")
ROUNDS = 300
CLASSIFIERS: dict[str, tuple[Any, str]] = {
    "xgboost": (XGBClassifier(n_estimators=ROUNDS), "max_depth"),
    "lightgbm": (LGBMClassifier(n_estimators=ROUNDS, verbose=-1), "num_leaves"),
    "histogram": (HistGradientBoostingClassifier(max_iter=ROUNDS), "max_leaf_nodes"),
}
REGRESSORS: dict[str, Any] = {
    "xgboost": XGBRegressor(n_estimators=ROUNDS), "lightgbm": LGBMRegressor(n_estimators=ROUNDS, verbose=-1),
    "histogram": HistGradientBoostingRegressor(max_iter=ROUNDS),
}  # fmt: skip


def model(name: str, early: Any = 5) -> Model:
    """Return a booster that stops early."""
    estimator, parameter = CLASSIFIERS[name]
    return Model(name, estimator, {parameter: [2, 4]}, early_stopping=early, regressor=REGRESSORS[name])


def rounds(fitted: Any) -> int:
    """Return how many rounds a fitted booster predicts by."""
    while True:
        inner = next((getattr(fitted, name) for name in ("estimator_", "stopped_") if hasattr(fitted, name)), None)
        if inner is not None:
            fitted = inner
        elif hasattr(fitted, "steps"):
            fitted = fitted.steps[-1][1]
        else:
            break
    if hasattr(fitted, "n_iter_"):
        return int(fitted.n_iter_)
    return int(fitted.best_iteration_ if hasattr(fitted, "best_iteration_") else fitted.best_iteration)


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_boosters_stop_early(name: str) -> None:
    """Each stops long before its last round, on text labels and behind a preparation, the same each time."""
    on = Problem(model(name), Dataset("d", X, Y, positive="yes"), 0, Protocol(folds=2))
    first, second = on.fit({}), on.fit({})
    assert rounds(first) < ROUNDS / 2
    assert np.array_equal(first.predict_proba(on.split.X_test), second.predict_proba(on.split.X_test))
    assert set(first.predict(on.split.X_test)) == {"yes", "no"}
    assert measure("grid", TUNERS.load("grid"), on, Budget(2)).record.ok


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_regressors_stop_early_with_weights(name: str) -> None:
    """A model's regressor has its early stopping, and rows of both parts their weights."""
    target = X["a"] * 2 + RANDOM.normal(size=200)
    data = Dataset("d", X, target.to_numpy(), weights=np.arange(1.0, 201.0))
    on = Problem(model(name).for_task("regression"), data, 0, Protocol(metric="r2", folds=2))
    on.check()
    assert rounds(on.fit({})) < ROUNDS / 2


def test_a_pipelines_last_step_stops_early() -> None:
    """A pipeline of the user's own has its parameters by their own names."""
    own = make_pipeline(StandardScaler(), XGBClassifier(n_estimators=ROUNDS))
    on = Problem(
        Model("own", own, {"xgbclassifier__max_depth": [2, 4]}, early_stopping=EarlyStopping(5, share=0.3)),
        Dataset("d", X[["a", "b"]], Y, positive="yes"), 0, Protocol(folds=2),
    )  # fmt: skip
    assert rounds(on.fit({"xgbclassifier__max_depth": 2})) < ROUNDS / 2


@settings(max_examples=20)
@given(st.sampled_from([None, "groups", "time"]), st.floats(0.1, 0.5), st.integers(0, 5))
def test_the_evaluation_set_is_a_part_of_the_fit(role: str | None, share: float, seed: int) -> None:
    """Each row is in one part; no group is in two; the evaluation set is later; drawn rows keep the proportions."""
    stopped = EarlyStopped(HistGradientBoostingClassifier(), 5, share, seed)
    groups = np.random.default_rng(seed).integers(0, 12, 200)
    fit, other = stopped._divided(Y, groups if role == "groups" else None, groups if role == "time" else None)
    assert sorted([*fit, *other]) == list(range(200))
    assert len(fit)
    assert len(other)
    if role == "groups":
        assert not set(groups[fit]) & set(groups[other])
    elif role == "time":
        assert groups[fit].max() < groups[other].min()
    else:
        assert abs(np.mean(Y[fit] == "yes") - np.mean(Y[other] == "yes")) < 0.05


def test_groups_and_time_reach_the_fit() -> None:
    """A dataset's groups or time divide the rows of each fit, in folds and refit."""
    for role in ("groups", "time"):
        data = Dataset("d", X, Y, positive="yes", **{role: np.arange(200) // 4})  # type: ignore[arg-type]
        on = Problem(model("histogram"), data, 0, Protocol(folds=2))
        assert list(on.of_training_rows) == [role]
        assert measure("default", TUNERS.load("default"), on, Budget(1)).record.ok


@pytest.mark.parametrize(
    ("estimator", "early", "message"),
    [
        (RandomForestClassifier(), 5, "model 'm': RandomForestClassifier has no early stopping: expected XGBoost"),
        (XGBClassifier(), 0, "early stopping: expected a number of rounds of 1 or more, got 0"),
        (XGBClassifier(), True, "early stopping: expected a number of rounds of 1 or more, got True"),
        (XGBClassifier(), "ten", "early stopping: expected a number of rounds of 1 or more, got 'ten'"),
    ],
)
def test_what_cannot_stop_is_refused(estimator: Any, early: Any, message: str) -> None:
    """The line names what was expected and what came."""
    with pytest.raises(TuningError, match=message):
        Model("m", estimator, {"max_depth": [1, 2]}, early_stopping=early)


@pytest.mark.parametrize("share", [0, 1, "half"])
def test_a_share_that_is_none_is_refused(share: Any) -> None:
    """Neither part may be empty."""
    with pytest.raises(TuningError, match="early stopping: expected a share of the rows above 0 and below 1, got"):
        EarlyStopping(5, share=share)


def test_boosters_are_known_by_their_bases() -> None:
    """The table names each library once, and a class of the user's own is known by what it extends."""
    assert [each.package for each in BOOSTERS] == ["sklearn", "lightgbm", "xgboost"]

    class Mine(XGBClassifier):
        pass

    assert Model("mine", Mine(), {"max_depth": [1, 2]}, early_stopping=5).early_stopping == EarlyStopping(5)
