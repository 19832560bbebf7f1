"""Metrics: which fit which task, how they read, and those of the user's own."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import get_scorer_names, make_scorer, mean_absolute_error
from sklearn.svm import LinearSVC

from tuners import Budget, Dataset, Model, Problem, Protocol, TuningError, register_metric
from tuners.analysis import units
from tuners.catalog import TUNERS
from tuners.evaluation.contract import Training
from tuners.evaluation.plain import Plain
from tuners.evaluation.shared import Shared
from tuners.execution.here import measure
from tuners.results.scorers import is_loss, read_as, spoken
from tuners.task import metrics
from tuners.task.address import address
from tuners.task.winner import MOST_PREDICTIONS, told

NUMBERS = Dataset("numbers", *load_diabetes(return_X_y=True))
TWO = Dataset("two", *load_breast_cancer(return_X_y=True))
THREE = Dataset("three", *load_iris(return_X_y=True))
CLASSIFIER = Model("logistic", LogisticRegression(), {"C": [0.1, 1.0]}, scale=True)
REGRESSOR = Model("ridge", Ridge(), {"alpha": [0.1, 1.0]}, scale=True)
ON = {"regression": (REGRESSOR, NUMBERS), "two classes": (CLASSIFIER, TWO), "three classes": (CLASSIFIER, THREE)}


@pytest.mark.parametrize("metric", sorted(get_scorer_names()))
@pytest.mark.parametrize("on", ON)
def test_every_scorer_is_accepted_or_refused_with_a_line(metric: str, on: str) -> None:
    """On each task: a score within its range, or one line; the scorer's own task is not refused for its task."""
    problem = Problem(*ON[on], 0, Protocol(folds=2, metric=metric))
    refused = ""
    try:
        problem.check()
    except TuningError as error:
        refused = str(error)
    if refused:
        assert len(refused.splitlines()) == 1
        assert metric in refused
    else:
        assert metrics.in_range(metric, problem.default_test_score)
        assert metrics.fits(metric, problem.model.task)


@pytest.mark.parametrize("metric", ["neg_log_loss", "neg_brier_score", "roc_auc"])
def test_what_needs_probabilities_says_so(metric: str) -> None:
    """Of an estimator without them, and what would have them; decision values serve where the metric takes them."""
    problem = Problem(Model("svm", LinearSVC(), {"C": [1.0]}), TWO, 0, Protocol(metric=metric))
    if metric == "roc_auc":
        problem.check()
        return
    with pytest.raises(
        TuningError, match="it needs probabilities, and the estimator has no predict_proba: expected an"
    ):
        problem.check()


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        ("neg_root_mean_squared_error", "root mean squared error"),
        ("neg_log_loss", "log loss"),
        ("neg_brier_score", "Brier score"),
        ("neg_negative_likelihood_ratio", "negative likelihood ratio"),
        ("roc_auc", "roc_auc"),
        ("r2", "r2"),
        ("neg_", "neg_"),
        ("", ""),
    ],
)
def test_losses_have_names_that_people_use(metric: str, words: str) -> None:
    """Others keep the name by which they are asked for."""
    assert spoken(metric) == words


SCORES = st.floats(-1e6, 1e6)


@given(st.sampled_from(sorted(get_scorer_names())), SCORES, SCORES)
def test_a_better_score_is_never_read_as_a_worse_one(metric: str, one: float, other: float) -> None:
    """A loss that is lower is better, any other score that is higher; differences have the same direction."""
    one, other = max(one, other), min(one, other)  # as they are kept, larger is better
    read = read_as(metric, one), read_as(metric, other)
    assert read[0] <= read[1] if is_loss(metric) else read[0] >= read[1]
    text = units.difference(one - other, (one - other, one - other), metric)
    sign = "-" if is_loss(metric) else "+"
    assert text[0] == sign or float(text.split()[0]) == 0
    assert units.size(one - other, metric)[0] not in "+-"


@given(
    SCORES,
    st.floats(0, 1e6),
    st.floats(0, 1e6),
    st.sampled_from(["accuracy", "neg_log_loss", "r2", "of the earlier neg_x"]),
)
def test_intervals_are_read_in_order(value: float, below: float, above: float, metric: str) -> None:
    """Turned or not, the lower end comes first and the value lies between."""
    read, ends = units.read(value, (value - below, value + above), metric)
    assert ends is not None
    assert ends[0] <= read <= ends[1]
    apart, ends = units.apart(value, (value - below, value + above), metric)
    assert ends is not None
    assert math.copysign(1, apart) == math.copysign(1, value)


def cost(y_true: Any, y_pred: Any) -> float:
    """Return what errors cost."""
    return float(np.abs(y_true - y_pred).mean() * 3)


def profit(estimator: Any, X: Any, y: Any) -> float:
    """Return what the predictions earn, which may be any number."""
    return float(100 - cost(y, estimator.predict(X)))


def constant(value: float) -> Any:
    """Return a scorer that always gives one value."""
    return lambda *_: value


@pytest.mark.parametrize("evaluation", ["plain", "shared"])
def test_a_callable_and_a_loss_of_ones_own_steer_a_search(evaluation: str) -> None:
    """By whatever range; a loss is recorded under a name that says so, and shared evaluation scores by it, too."""
    register_metric("profit", profit)
    register_metric("cost", make_scorer(cost, greater_is_better=False))
    forest = Model("forest", RandomForestRegressor(n_jobs=1), {"n_estimators": [2, 5, 9], "max_depth": [1, 3]})
    records = []
    for metric in ("profit", "cost"):
        on = Problem(forest, NUMBERS, 0, Protocol(folds=2, metric=metric))
        on.check()
        record = measure("random", TUNERS.load("random"), on, Budget(4), evaluation=evaluation).record
        assert record.ok, record.reason
        records.append(record)
    assert [each.metric for each in records] == ["profit", "neg_cost"]
    assert records[0].test_score == pytest.approx(100 + (records[1].test_score or 0.0))
    assert (records[1].test_score or 0.0) < 0
    assert records[0].best_params == records[1].best_params


def test_shared_evaluation_scores_by_ones_own_metric() -> None:
    """Bit for bit as plain evaluation does."""
    register_metric("profit", profit)
    forest = Model("forest", RandomForestRegressor(n_jobs=1), {"n_estimators": [2, 5, 9], "max_depth": [1, 3]})
    training = Training.of(Problem(forest, NUMBERS, 0, Protocol(folds=2, metric="profit")))
    params = {"n_estimators": 5, "max_depth": 3}
    assert Shared(training).evaluate(params).fold_scores == Plain(training).evaluate(params).fold_scores


def test_two_scorers_of_one_name_have_tables_of_their_own() -> None:
    """Their parameters and their code are in the address; of scikit-learn's metrics nothing is added."""
    on = Problem(REGRESSOR, NUMBERS, 0, Protocol(metric="cost"))
    found = []
    for scorer in (
        make_scorer(cost), make_scorer(mean_absolute_error), make_scorer(cost, greater_is_better=False),
        constant(1.0), constant(2.0),
    ):  # fmt: skip
        register_metric("cost", scorer)
        found.append(str(address(Problem(REGRESSOR, NUMBERS, 0, on.protocol))))
    assert len(set(found)) == len(found)
    assert address(Problem(REGRESSOR, NUMBERS, 0, Protocol(metric="r2")))["metric"] == "r2 of None"


WRONG: dict[str, tuple[str, Any, str]] = {
    "a name that exists": ("r2", profit, "metric 'r2' exists already: give yours another name"),
    "a name that breaks a line": ("my profit", profit, "metric 'my profit': expected a name of letters, digits, dots"),
    "no scorer": ("profit", 3, "metric 'profit': expected a scorer, a function of (estimator, X, y)"),
    "a name": ("profit", "r2", "expected a scorer, a function of (estimator, X, y) or what make_scorer makes"),
    "a function of values": ("profit", cost, "got a function of (y_true, y_pred)"),
    "scikit-learn's own function": ("profit", mean_absolute_error, "got a function of (y_true, y_pred"),
    "a loss of another's name": (
        "log_loss", make_scorer(cost, greater_is_better=False), "records have a loss as 'neg_log_loss', which exists",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_metric_is_refused(case: str) -> None:
    """When it is registered, in one line with what is expected."""
    name, scorer, message = WRONG[case]
    with pytest.raises(TuningError) as raised:
        register_metric(name, scorer)
    assert message in str(raised.value)
    assert len(str(raised.value).splitlines()) == 1


def test_a_metric_that_breaks_ends_the_session_with_a_line() -> None:
    """Before any search: what it raised, or that it gives no number."""
    register_metric("broken", lambda *_: 1 / 0)
    register_metric("endless", constant(math.inf))
    with pytest.raises(TuningError, match="'broken' does not fit ridge on numbers: ZeroDivisionError: division by"):
        Problem(REGRESSOR, NUMBERS, 0, Protocol(metric="broken")).check()
    with pytest.raises(TuningError, match="'endless' does not fit ridge on numbers: it gives inf for these numbers"):
        Problem(REGRESSOR, NUMBERS, 0, Protocol(metric="endless")).check()
    with pytest.raises(TuningError, match="unknown metric 'brken': did you mean broken"):
        Problem(REGRESSOR, NUMBERS, 0, Protocol(metric="brken")).check()


@pytest.mark.parametrize("others", [("r2", "neg_max_error"), ("accuracy",), ("r3",)])
def test_further_metrics_are_checked_like_the_first(others: tuple[str, ...]) -> None:
    """One that does not fit the task, or that nobody knows, ends the session with its name."""
    on = Problem(REGRESSOR, NUMBERS, 0, Protocol(metric="r2", others=others))
    if others[0] == "r2":
        on.check()
        found = told(on, on.fit({})).other_scores
        assert found == {name: on.test_score(on.fit({}), name) for name in others}
        return
    with pytest.raises(TuningError, match=others[0]):
        on.check()


def test_further_metrics_change_no_setup_and_no_trial() -> None:
    """Nothing is chosen by them: hashes and scores are those without them."""
    records = [
        measure(
            "random", TUNERS.load("random"), Problem(CLASSIFIER, TWO, 0, Protocol(folds=2, others=others)), Budget(2)
        ).record
        for others in ((), ("f1", "neg_log_loss"))
    ]
    for field in ("setup_sha256", "trials_sha256", "test_score", "positive", "confusion_matrix"):
        assert getattr(records[0], field) == getattr(records[1], field)
    assert records[0].other_scores is None
    assert list(records[1].other_scores or ()) == ["f1", "neg_log_loss"]
    assert records[1].other_positive == "1"


@given(st.integers(2, 700))
def test_predictions_of_a_record_are_few_and_even(rows: int) -> None:
    """At most so many, the lowest and the highest among them, in order."""

    class Fixed:
        def predict(self, X: Any) -> Any:
            return np.zeros(len(X))

    y = np.random.default_rng(rows).normal(size=rows * 2)
    on = Problem(REGRESSOR, Dataset("drawn", y[:, None], y, task="regression"), 0, Protocol("r2", test_size=0.5))
    found = told(on, Fixed()).predictions or []
    true = [pair[0] for pair in found]
    assert len(found) == min(MOST_PREDICTIONS, rows)
    assert true == sorted(true)
    assert (true[0], true[-1]) == pytest.approx((on.split.y_test.min(), on.split.y_test.max()), abs=1e-3)
