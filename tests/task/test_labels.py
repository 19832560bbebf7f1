"""Estimators see the user's own labels, and metrics of one class know which."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score, recall_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from tests.bench import PLAIN
from tests.estimators import stump
from tuners import Budget, Dataset, Model, Problem, Protocol, TuningError
from tuners.catalog import MODELS, TUNERS
from tuners.execution.here import measure
from tuners.task.labels import NumberedClasses, with_own_labels

X, Y = load_breast_cancer(return_X_y=True)
SPACE = {"C": [0.1, 1.0]}


def labelled(first: Any, second: Any, **options: Any) -> Dataset:
    """Return the breast cancer data with other labels for malignant (0) and benign (1)."""
    return Dataset("cancer", X, np.where(Y == 0, first, second), **options)


def weighted(weights: Any) -> Model:
    """Return a logistic regression with weights by class."""
    return Model("lr", LogisticRegression(class_weight=weights), SPACE, scale=True)


@pytest.mark.parametrize(("first", "second"), [(1, 2), (-1, 1), ("b", "m"), (False, True)])
def test_class_weights_are_of_the_users_labels(first: Any, second: Any) -> None:
    """The same class weighted under other labels is the same model."""
    expected = Problem(weighted({0: 50, 1: 1}), labelled(0, 1), 0)
    mine = Problem(weighted({first: 50, second: 1}), labelled(first, second), 0)
    matrix = expected.confusion_matrix(expected.fit({}))
    assert mine.confusion_matrix(mine.fit({})) == matrix
    assert set(np.unique(mine.split.y_train)) == {first, second}


class Numbered(ClassifierMixin, BaseEstimator):
    """Refuses labels other than 0 to n-1, as XGBoost does, and has weights by class."""

    __module__ = "xgboost.sklearn"

    def __init__(self, depth: int = 1, class_weight: Any = None) -> None:
        """Keep the parameters."""
        self.depth = depth
        self.class_weight = class_weight

    def fit(self, X: Any, y: Any) -> Numbered:
        """Fit a tree on numbers."""
        assert np.array_equal(np.unique(y), np.arange(len(np.unique(y))))
        self.tree_ = DecisionTreeClassifier(max_depth=self.depth, class_weight=self.class_weight, random_state=0)
        self.tree_.fit(X, y)
        self.classes_ = self.tree_.classes_
        return self

    def predict(self, X: Any) -> Any:
        """Predict numbers."""
        return self.tree_.predict(X)

    def predict_proba(self, X: Any) -> Any:
        """Return the tree's shares."""
        return self.tree_.predict_proba(X)


@pytest.mark.parametrize("piped", [False, True])
def test_what_takes_numbers_only_gets_them_inside(piped: bool) -> None:
    """Labels outside, numbers inside, hyperparameters by their own names, weights of classes translated."""
    text = np.where(Y == 0, "malignant", "benign")
    inner = Numbered(class_weight={"malignant": 50, "benign": 1})
    estimator = make_pipeline(StandardScaler(), inner) if piped else inner
    wrapped = clone(with_own_labels(estimator, np.unique(text)))
    wrapped.set_params(**{"numbered__depth" if piped else "depth": 3})
    wrapped.fit(X, text)
    plain = DecisionTreeClassifier(max_depth=3, class_weight={"malignant": 50, "benign": 1}, random_state=0)
    plain.fit(StandardScaler().fit_transform(X) if piped else X, text)
    rows = StandardScaler().fit(X).transform(X) if piped else X
    assert wrapped.predict(X).tolist() == plain.predict(rows).tolist()
    assert np.array_equal(wrapped.predict_proba(X), plain.predict_proba(rows))
    assert wrapped.classes_.tolist() == ["benign", "malignant"]


def test_numbers_from_0_need_no_wrapper() -> None:
    """Data that are numbered already are fitted by the estimator itself, and others' estimators always are."""
    assert isinstance(with_own_labels(Numbered(), np.array([0, 1])), Numbered)
    assert isinstance(with_own_labels(Numbered(), np.array([1, 2])), NumberedClasses)
    assert isinstance(with_own_labels(LogisticRegression(), np.array(["a", "b"])), LogisticRegression)
    assert not hasattr(with_own_labels(Numbered(), np.array([1, 2])), "decision_function")


@pytest.mark.parametrize(("first", "second"), [("malignant", "benign"), (1, 2)])
def test_xgboost_is_tuned_on_any_labels(first: Any, second: Any) -> None:
    """Search, refit and scores are those of the numbered data."""
    xgboost = pytest.importorskip("xgboost", reason="needs xgboost: pip install xgboost-cpu")
    space = {"max_depth": [1, 2, 3]}
    records = []
    for data in (labelled(first, second), labelled(*((1, 0) if first == "malignant" else (0, 1)))):
        on = Problem(Model("xgb", xgboost.XGBClassifier(n_estimators=5, n_jobs=1), space), data, 0, Protocol(folds=2))
        run = measure("random", TUNERS.load("random"), on, Budget(3))
        records.append(run.record)
    assert records[0].status == "ok", records[0].reason
    assert records[0].trials_sha256 == records[1].trials_sha256
    assert records[0].confusion_matrix == records[1].confusion_matrix


@pytest.mark.parametrize("model", ["ann", "ann_plain"])
def test_networks_are_tuned_on_text_labels(model: str) -> None:
    """Keras gets numbers from its wrapper; the scores are those of the numbered data."""
    pytest.importorskip("tensorflow", reason="needs tensorflow: pip install 'pytest-tuners[ann]'")
    network = MODELS.load(model)(epochs=1)
    scores = [
        Problem(network, data, 0, Protocol(folds=2)).default_test_score for data in (labelled("x", "y"), labelled(0, 1))
    ]
    assert scores[0] == scores[1]


@pytest.mark.parametrize(
    ("metric", "function"), [("f1", f1_score), ("recall", recall_score), ("average_precision", average_precision_score)]
)
@pytest.mark.parametrize("positive", ["malignant", "benign"])
def test_the_positive_class_is_scored(metric: str, function: Any, positive: str) -> None:
    """Given by the dataset or by the option, whichever way the alphabet has it."""
    by_dataset = Problem(weighted(None), labelled("malignant", "benign", positive=positive), 0, Protocol(metric=metric))
    by_option = Problem(weighted(None), labelled("malignant", "benign"), 0, Protocol(metric=metric, positive=positive))
    fitted = by_dataset.fit({})
    split = by_dataset.split
    if metric == "average_precision":
        predicted = fitted.predict_proba(split.X_test)[:, list(fitted.classes_).index(positive)]
    else:
        predicted = fitted.predict(split.X_test)
    expected = function(split.y_test, predicted, pos_label=positive)
    assert by_dataset.test_score(fitted) == pytest.approx(expected)
    assert by_option.test_score(fitted) == by_dataset.test_score(fitted)
    assert by_dataset.positive == by_option.positive == positive


def test_the_option_wins_over_the_dataset() -> None:
    """It is what the user said last."""
    data = labelled("malignant", "benign", positive="malignant")
    assert Problem(weighted(None), data, 0, Protocol(metric="f1", positive="benign")).positive == "benign"


@pytest.mark.parametrize("pair", [(0, 1), (False, True), (-1, 1), (0.0, 1.0)])
def test_of_conventional_labels_the_larger_is_positive(pair: tuple[Any, Any]) -> None:
    """As everybody expects, unless told otherwise."""
    data = Dataset("cancer", X, np.array(pair)[Y])
    assert Problem(weighted(None), data, 0, Protocol(metric="f1")).positive == pair[1]
    assert Problem(weighted(None), data, 0, Protocol(metric="f1", positive=str(pair[0]))).positive == pair[0]


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        ("malignant", "benign", "has 'benign' and 'malignant': say which is positive, --tuning-positive=malignant"),
        (1, 2, "has '1' and '2': say which is positive, --tuning-positive=2 or Dataset(..., positive=2)"),
        ("0", "1", "has '0' and '1': say which is positive"),
    ],
)
@pytest.mark.parametrize("metric", ["f1", "precision", "jaccard", "average_precision", "positive_likelihood_ratio"])
def test_an_unsaid_positive_class_is_refused(metric: str, first: Any, second: Any, shown: str) -> None:
    """The alphabet does not decide: the error has both labels and the option."""
    with pytest.raises(TuningError) as caught:
        Problem(weighted(None), labelled(first, second), 0, Protocol(metric=metric)).check()
    assert shown in str(caught.value)


@pytest.mark.parametrize("metric", ["accuracy", "f1_macro", "roc_auc", "matthews_corrcoef", "balanced_accuracy"])
def test_metrics_of_all_classes_need_no_positive_one(metric: str) -> None:
    """They are the same whichever is called positive, and the record names none."""
    on = Problem(weighted(None), labelled("b", "m", positive="b"), 0, Protocol(metric=metric))
    on.check()
    assert on.positive is None
    assert on.default_test_score == pytest.approx(
        Problem(weighted(None), labelled(0, 1), 0, Protocol(metric=metric)).default_test_score
    )


def test_likelihood_ratios_are_of_the_positive_class() -> None:
    """scikit-learn takes the last label for it."""
    scores = {
        positive: Problem(
            weighted(None), labelled("b", "m"), 0, Protocol(metric="positive_likelihood_ratio", positive=positive)
        ).default_test_score
        for positive in ("b", "m")
    }
    numbered = Problem(weighted(None), labelled(0, 1), 0, Protocol(metric="positive_likelihood_ratio"))
    assert scores["m"] == numbered.default_test_score != scores["b"]


def test_a_positive_class_that_is_none_is_refused() -> None:
    """The error lists the labels."""
    with pytest.raises(TuningError, match=r"expected a label of its target as positive \('a', 'b'\), got 'c'"):
        labelled("a", "b", positive="c")


TEST = """
import numpy as np, pytest
from sklearn.datasets import load_iris
from tests.estimators import stump
from tuners import Dataset

X, y = load_iris(return_X_y=True)
LEFT = Dataset("customers", X, np.where(y == 1, "left", "stayed"))

@pytest.mark.tuning(models=[stump()], datasets=[LEFT])
def test_left(tune, tuner, problem):
    tune(tuner, problem)
"""
CHEAP = ("-p", "tuners.plugin", *PLAIN, "--tuning-tuners=default", "--tuning-seeds=1", "--tuning-metric=f1")


def test_header_table_and_record_say_the_positive_class(pytester: pytest.Pytester) -> None:
    """All three, and a run with another positive class is not compared with it."""
    pytester.makepyfile(TEST)
    result = pytester.runpytest_inprocess(*CHEAP, "--tuning-positive=left", "--benchmark-save=a")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        [
            "tuning: f1 (positive class of customers: left), 4 folds*",
            "stump on customers  verdict*",
        ]
    )
    saved = next(pytester.path.glob(".benchmarks/*/0001_a.json")).read_text()
    assert '"positive": "left"' in saved
    result = pytester.runpytest_inprocess(*CHEAP, "--tuning-positive=stayed", "--benchmark-compare", "-v")
    result.stdout.fnmatch_lines(["not compared, because they differ in positive class (left, now stayed): *"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "metric 'f1' scores one class, and dataset 'customers' has 'left' and 'stayed': say which is positive*"),
        (
            ("--tuning-positive=gone",),
            "--tuning-positive: expected a class of a dataset, got 'gone': customers has left, stayed",
        ),
    ],
)
def test_a_wrong_positive_class_ends_the_session(
    pytester: pytest.Pytester, options: tuple[str, ...], message: str
) -> None:
    """One line and exit code 4, before anything is measured."""
    pytester.makepyfile(TEST)
    result = pytester.runpytest_inprocess(*CHEAP, *options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {message}"])


@pytest.mark.parametrize(
    ("metric", "y", "model", "message"),
    [
        ("r2", Y, stump(), "metric 'r2' is for regression, and stump is a classifier: expected a metric of classes"),
        ("neg_mean_absolute_error", Y, stump(), "is for regression, and stump is a classifier"),
        (
            "accuracy",
            X[:, 0],
            stump(),
            "distinct numbers in 569 rows, which is regression, and stump is a classifier",
        ),
        ("accuracy", np.arange(569) * 100, stump(), "which is regression, and stump is a classifier: tune a regressor"),
    ],
)
def test_tasks_that_do_not_fit_are_told_apart(metric: str, y: Any, model: Model, message: str) -> None:
    """A metric of regression for classes, and a price for a classifier, are each one line with what to do."""
    with pytest.raises(TuningError, match=message):
        Problem(model, Dataset("d", X, y), 0, Protocol(metric=metric)).check()


def test_a_regressor_on_text_labels_is_refused() -> None:
    """One line, before anything is measured."""
    from sklearn.linear_model import Ridge

    with pytest.raises(TuningError, match="the target holds labels such as 'a', and ridge is a regressor"):
        Problem(Model("ridge", Ridge(), {"alpha": [1.0]}), labelled("a", "b"), 0, Protocol(metric="r2")).check()


def test_a_rare_class_keeps_the_rows_that_it_needs() -> None:
    """A sample in proportion would hold none of it; the sample stays as large as asked for."""
    generator = np.random.default_rng(0)
    y = np.zeros(20_000, dtype=int)
    y[::500] = 1
    data = Dataset("rare", generator.normal(size=(20_000, 4)), y)
    for seed in range(5):
        on = Problem(stump(), data, seed, Protocol(folds=2, rows=400))
        on.check()
        assert len(on.split.y_train) + len(on.split.y_test) == 400
        assert on.split.y_test.sum() >= 1
        assert all(on.split.y_train[validation].sum() for _, validation in on.folds)


def test_what_is_drawn_in_proportion_stays() -> None:
    """Where each class has rows enough, the draw is scikit-learn's own."""
    from sklearn.model_selection import train_test_split

    on = Problem(stump(), labelled(0, 1), 3, Protocol(folds=2, rows=100))
    drawn, _ = train_test_split(np.arange(len(Y)), train_size=100, random_state=3, stratify=on.dataset.y)
    mine = np.concatenate([on.split.X_train, on.split.X_test])
    assert np.array_equal(np.sort(mine, axis=0), np.sort(X[drawn], axis=0))


def test_a_class_too_rare_for_the_sample_says_how_to_use_more() -> None:
    """The message names the option."""
    y = np.zeros(1000, dtype=int)
    y[:400], y[-5:] = 1, 2
    data = Dataset("rare", pd.DataFrame({"a": np.arange(1000.0)}), y)
    with pytest.raises(TuningError, match="use more data, or more than 12 rows of it .--tuning-rows=all.$"):
        Problem(stump(), data, 0, Protocol(folds=4, rows=12)).check()


@pytest.mark.parametrize(
    "y",
    [
        Y.astype(object),
        Y.astype(bool).astype(object),
        Y.astype(float).astype(object),
        np.array([b"a", b"b"])[Y],
        np.array([b"a", b"b"], dtype=object)[Y],
        np.array(["a", "b"], dtype=np.dtypes.StringDType())[Y],
        pd.cut(pd.Series(Y), [-1, 0, 1]).to_numpy(),
        pd.PeriodIndex(["2020", "2021"], freq="Y")[Y].to_numpy(),
    ],
    ids=["ints", "bools", "floats", "bytes", "bytes as objects", "strings", "intervals", "periods"],
)
def test_labels_that_objects_hold_are_labels(y: Any) -> None:
    """As data frames often have them: the scores are those of the numbered labels."""
    on = Problem(weighted(None), Dataset("cancer", X, y), 0)
    on.check()
    assert on.default_test_score == Problem(weighted(None), labelled(0, 1), 0).default_test_score


def test_labels_of_several_types_are_refused() -> None:
    """They have no order: one line says which types came, and what to do."""
    mixed = np.array([0, "a"], dtype=object)[Y]
    with pytest.raises(TuningError, match="expected a target of one type, text or numbers, got int, str: write the"):
        Dataset("cancer", X, mixed)


def test_numbers_that_objects_hold_are_numbers() -> None:
    """A regressor takes them, and a classifier is told that this is regression."""
    from sklearn.linear_model import Ridge

    price = Dataset("price", X, (X[:, 0] * 100).round().astype(object))
    Problem(Model("ridge", Ridge(), {"alpha": [1.0]}), price, 0, Protocol(metric="r2")).check()
    with pytest.raises(TuningError, match="which is regression, and stump is a classifier"):
        Problem(stump(), price, 0).check()


@pytest.mark.parametrize(
    ("metric", "y", "message"),
    [
        ("accuracy", np.array([0.5, 1.5])[Y], "the labels are fractions, such as 0.5, .* write them as text"),
        ("f1", np.arange(569) % 3, "it scores one of two classes, and there are 3: expected f1_macro, f1_weighted"),
    ],
)
def test_labels_that_do_not_serve_say_what_would(metric: str, y: Any, message: str) -> None:
    """One line with the remedy, instead of scikit-learn's own words."""
    with pytest.raises(TuningError, match=message):
        Problem(stump(), Dataset("d", X, y), 0, Protocol(metric=metric)).check()


def test_a_metric_of_classes_is_refused_for_a_regressor() -> None:
    """Though some regressors predict whole numbers."""
    from sklearn.tree import DecisionTreeRegressor

    tree = Model("tree", DecisionTreeRegressor(), {"max_depth": [1]})
    with pytest.raises(TuningError, match="it is for classes, and tree is a regressor: expected a metric of numbers"):
        Problem(tree, Dataset("d", X, Y), 0).check()


@pytest.mark.parametrize("metric", ["neg_brier_score", "d2_brier_score"])
def test_brier_scores_are_of_any_labels(metric: str) -> None:
    """They are the same whichever class is called positive: nobody need say so."""
    scores = [
        Problem(weighted(None), data, 0, Protocol(metric=metric)).default_test_score
        for data in (labelled("b", "m"), labelled(0, 1))
    ]
    assert scores[0] == pytest.approx(scores[1])


def test_what_takes_numbers_only_may_be_inside_another() -> None:
    """Calibrated, say: it is numbered where it is."""
    from sklearn.calibration import CalibratedClassifierCV

    text = np.where(Y == 0, "malignant", "benign")
    found = with_own_labels(CalibratedClassifierCV(Numbered(), cv=2), np.unique(text)).set_params(estimator__depth=2)
    assert set(found.fit(X, text).predict(X)) == {"malignant", "benign"}


def test_records_of_before_scored_the_last_label() -> None:
    """A saved run without a positive class is compared with one that says the same class, and with no other."""
    from tuners.analysis.comparison import unlike
    from tuners.results.record import Record

    known: dict[str, Any] = {"metric": "f1", "classes": ("b", "m"), "trials_sha256": "x"}
    then = Record("lr", "cancer", "random", 0, **known)
    assert unlike(Record("lr", "cancer", "random", 0, positive="m", **known), then) == []
    now = Record("lr", "cancer", "random", 0, positive="b", **known)
    assert unlike(now, then) == ["positive class (m, now b)"]
