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
from tuners.spaces import candidates, contains

X, Y = load_diabetes(return_X_y=True)
EFFORT: dict[str, dict[str, Any]] = {"ann": {"epochs": 3}, "ann_plain": {"epochs": 3}}
RMSE = "neg_root_mean_squared_error"


@pytest.fixture(params=sorted(MODELS))
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


def test_guesses_and_the_default_lie_in_the_space(regressor: Any) -> None:
    """So that no method is told to be outside of it, and the default has its rank among the candidates."""
    on = Problem(regressor, Dataset("numbers", X, Y), 0, Protocol(metric=RMSE))
    assert contains(regressor.space, on.untuned(regressor.space))
    assert regressor.guesses
    assert all(contains(regressor.space, guess) for guess in regressor.guesses)
    assert len(candidates(regressor.space) or ()) > 50


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
