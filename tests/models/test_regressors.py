"""The regressor of each model that comes with the package: reproducible, in the target's own unit, with its default."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone, is_regressor
from sklearn.datasets import load_diabetes

from tuners import Dataset, Problem, Protocol
from tuners.catalog import MODELS
from tuners.errors import MissingExtraError

X, Y = load_diabetes(return_X_y=True)
CLASSIFIERS = ("logistic",)
"""Models without a regressor."""
BOOSTED: dict[str, Any] = {"iterations": (5, 25)}
EFFORT: dict[str, dict[str, Any]] = {
    "ann": {"epochs": 3}, "ann_plain": {"epochs": 3}, "mlp": {"epochs": 3}, "boosting": BOOSTED, "lightgbm": BOOSTED,
    "xgboost": BOOSTED, "any": BOOSTED,
}  # fmt: skip
RMSE = "neg_root_mean_squared_error"


@pytest.fixture(params=sorted(set(MODELS) - set(CLASSIFIERS)))
def regressor(request: pytest.FixtureRequest) -> Any:
    """Return each model's regressor, cheap to fit."""
    try:
        return MODELS.load(request.param)(**EFFORT.get(request.param, {})).for_task("regression")
    except MissingExtraError as error:
        pytest.skip(str(error))


def test_same_seed_same_predictions(regressor: Any) -> None:
    """Bit for bit, whatever was fitted before; and whatever the target's unit, the same up to rounding."""
    assert is_regressor(regressor.estimator)
    problems = [
        Problem(regressor, Dataset("numbers", X, y), 0, Protocol(metric=RMSE, rows=120)) for y in (Y, 1e4 * Y + 1e6)
    ]
    fitted = [problem.fit({}) for problem in (problems[0], problems[1], problems[0])]
    rows = problems[0].split.X_test
    one, scaled, again = (each.predict(rows) for each in fitted)
    assert np.array_equal(one, again)
    assert scaled == pytest.approx(1e4 * one + 1e6, rel=1e-4)


@pytest.mark.parametrize("any_size", [False, True])
def test_a_network_standardises_the_target_by_its_own_rows(any_size: bool) -> None:
    """By those that it is fitted on: others change nothing, and a constant target is foretold as it is."""
    pytest.importorskip("tensorflow", reason="tensorflow is not installed: pip install 'pytest-tuners[ann]'")
    from tuners.models._network import NetworkRegressor

    model = NetworkRegressor(epochs=2, any_size=any_size, random_state=3)
    fitted = clone(model).fit(X[:80], Y[:80])
    assert fitted.standard_ == (pytest.approx(Y[:80].mean()), pytest.approx(Y[:80].std()))
    predicted = fitted.predict(X[80:])
    assert predicted.shape == (len(X) - 80,)
    assert abs(predicted.mean() - Y.mean()) < 3 * Y.std()
    assert clone(model).fit(X[:80], np.full(80, 7.0)).predict(X[:5]) == pytest.approx(np.full(5, 7.0), abs=3.0)
