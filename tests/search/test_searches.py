"""The shared searches are scikit-learn's in all but their speed."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import randint
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.decomposition import PCA
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.exceptions import FitFailedWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, brier_score_loss, fbeta_score, get_scorer, make_scorer
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    KFold,
    PredefinedSplit,
    RandomizedSearchCV,
    RepeatedStratifiedKFold,
    StratifiedShuffleSplit,
    TimeSeriesSplit,
)
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.utils.estimator_checks import check_estimators_nan_inf, parametrize_with_checks

from tests.search.compared import both, rows, same
from tuners.search import SharedGridSearchCV, SharedRandomizedSearchCV, group, verification
from tuners.search.families import forest
from tuners.search.group import by_labels
from tuners.search.not_exact import NotExactWarning

FOREST = RandomForestClassifier(random_state=5)
GRID = {"n_estimators": [4, 9, 20], "min_samples_split": [2, 8], "max_depth": [3, None]}


def _forests_take_missing_values(search: Any) -> dict[str, str]:
    forest = isinstance(search.estimator, RandomForestClassifier | RandomForestRegressor)
    reason = "forests take NaN, and searches say nothing of it, scikit-learn's as well"
    return {"check_estimators_nan_inf": reason} if forest else {}


CHECKED = [
    SharedGridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}),
    SharedRandomizedSearchCV(
        RandomForestRegressor(random_state=0), {"n_estimators": [2, 3, 4]}, n_iter=2, random_state=0
    ),
]
CHECKED_SLOWLY = [
    SharedGridSearchCV(GradientBoostingClassifier(random_state=0), {"n_estimators": [2, 3]}),
    SharedGridSearchCV(RandomForestClassifier(random_state=0, n_estimators=5), {"max_depth": [2, 3]}),
]


@parametrize_with_checks(CHECKED, expected_failed_checks=_forests_take_missing_values)  # type: ignore[untyped-decorator]
@pytest.mark.filterwarnings("ignore")
def test_scikit_learn_s_own_checks(estimator: Any, check: Any) -> None:
    """They pass what scikit-learn asks of every estimator."""
    check(estimator)


@parametrize_with_checks(CHECKED_SLOWLY, expected_failed_checks=_forests_take_missing_values)  # type: ignore[untyped-decorator]
@pytest.mark.filterwarnings("ignore")
@pytest.mark.slow
def test_scikit_learn_s_own_checks_of_others(estimator: Any, check: Any) -> None:
    """Searches of other models pass them, too."""
    check(estimator)


def test_searches_and_missing_values() -> None:
    """The one check that is expected to fail is one that scikit-learn's search fails, too."""
    with pytest.raises(AssertionError, match="doesn't check for NaN"):
        check_estimators_nan_inf("GridSearchCV", GridSearchCV(FOREST, {"max_depth": [2, 3]}))


@pytest.mark.parametrize(
    "scoring",
    [
        None,
        "accuracy",
        "f1_macro",
        "roc_auc",
        "average_precision",
        "neg_log_loss",
        make_scorer(brier_score_loss, response_method="predict_proba", greater_is_better=False),
        ["accuracy", "roc_auc"],
        {"a": "balanced_accuracy", "b": "f1"},
        lambda model, X, y: float((model.predict(X) == y).mean()),
        lambda model, X, y: {"one": float(model.predict_proba(X)[:, 1].mean()), "two": float(len(y))},
    ],
    ids=[
        "None",
        "accuracy",
        "f1",
        "roc_auc",
        "average_precision",
        "log_loss",
        "brier",
        "a list",
        "a dict",
        "a function",
        "of two",
    ],
)
@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_scorers(scoring: Any, jobs: int) -> None:
    """Any scorer that reads predictions or probabilities, of one or of several metrics."""
    X, y = rows()
    assert both(FOREST, GRID, X, y, scoring=scoring, n_jobs=jobs, return_train_score=True).shared_.sum() >= 11


def test_scorers_that_ask_for_labels() -> None:
    """Only what scikit-learn's own metrics make of labels is known to be the same where the labels are."""
    own = make_scorer(lambda truth, labels: float((truth == labels).mean()))
    for scorer in get_scorer("accuracy"), get_scorer("f1_macro"), make_scorer(fbeta_score, beta=2):
        assert by_labels(scorer)
    for scorer in get_scorer("roc_auc"), get_scorer("neg_log_loss"), own, lambda model, X, y: model.score(X, y):
        assert not by_labels(scorer)


class Thresholded(Pipeline):
    """Predicts by a threshold of its own."""

    def predict(self, X: Any, **params: Any) -> Any:
        """Return 1 where the second class is nearly certain."""
        return (self.predict_proba(X, **params)[:, 1] > 0.9).astype(int)


TEXT = ["no", "yes"]


@pytest.mark.parametrize(
    ("labels", "dtype"), [([0, 1], int), ([0.0, 1.0], float), ([False, True], bool), (TEXT, str), (TEXT, object)]
)
def test_labels_are_those_of_the_whole_estimator(labels: list[Any], dtype: Any) -> None:
    """A pipeline may predict otherwise than its last step; labels may be objects."""
    X, y = rows()
    named = np.array(labels, dtype=dtype)[y]
    grid = {"forest__n_estimators": [5, 6, 7, 8, 9, 20], "forest__min_samples_leaf": [1, 2, 5]}
    steps = [("scaled", StandardScaler()), ("forest", RandomForestClassifier(random_state=0))]
    pipeline = Thresholded(steps) if dtype is int else Pipeline(steps)
    assert both(pipeline, grid, X, named, scoring="accuracy").shared_.sum() == 17  # one is the witness


@given(st.data(), st.sampled_from([np.int64, np.uint8, np.bool_, "U3"]), st.integers(1, 80))
def test_agreement_is_accuracy(data: st.DataObject, kind: Any, count: int) -> None:
    """To the last bit, of whole numbers, truth values and text; of others, or of unlike kinds, nothing is said."""
    drawn = st.lists(st.integers(0, 3), min_size=count, max_size=count)
    truth, labels = (np.array(data.draw(drawn)).astype(kind) for _ in range(2))
    assert group._agreement(labels, truth) == accuracy_score(truth, labels)
    assert group._agreement(labels.astype(object), truth.astype(object)) is None
    assert group._agreement(labels.astype("U3"), truth.astype(np.float32)) is None
    assert group._agreement(labels[:-1], truth) is None


def test_accuracy_is_counted_by_its_own_name_alone() -> None:
    """Another metric of labels, or accuracy with arguments of its own, is scikit-learn's to compute."""
    assert group._is_accuracy(get_scorer("accuracy"))
    for scorer in (get_scorer("balanced_accuracy"), make_scorer(accuracy_score, normalize=False)):
        assert by_labels(scorer)
        assert not group._is_accuracy(scorer)
    assert not group._is_accuracy(make_scorer(accuracy_score, greater_is_better=False))


def test_a_scorer_of_trees() -> None:
    """A scorer that looks at the trees themselves gets scikit-learn's forest."""
    X, y = rows()
    for look in (
        lambda model: float(len(model.estimators_)),
        lambda model: float(model.feature_importances_.max()),
        lambda model: float(model.estimators_[0].get_depth()),
        lambda model: float(model.apply(X).sum()),
    ):
        assert not both(FOREST, GRID, X, y, scoring=lambda model, _X, _y, look=look: look(model)).shared_.any()


@pytest.mark.parametrize(
    "cv",
    [
        4,
        KFold(3, shuffle=True, random_state=1),
        RepeatedStratifiedKFold(n_splits=2, n_repeats=2, random_state=1),
        StratifiedShuffleSplit(2, random_state=1),
        TimeSeriesSplit(3),
        PredefinedSplit(np.arange(120) % 3 - 1),
        [(np.arange(60), np.arange(60, 120)), (np.arange(30, 120), np.arange(30))],
    ],
    ids=str,
)
def test_splitters(cv: Any) -> None:
    """Any splitter, and folds of one's own."""
    X, y = rows()
    assert both(FOREST, GRID, X, y, cv=cv).shared_.sum() >= 11


def test_folds_from_a_generator() -> None:
    """Folds that come once are taken once."""
    X, y = rows()
    plain, shared = (
        kind(FOREST, {"n_estimators": [2, 3]}, cv=KFold(3).split(X, y), refit=False).fit(X, y)
        for kind in (GridSearchCV, SharedGridSearchCV)
    )
    same(shared.cv_results_, plain.cv_results_)


def test_groups_and_drawing_splitters() -> None:
    """Groups reach the splitter, and one that draws anew draws once, as with scikit-learn."""
    X, y = rows()
    groups = np.arange(120) % 7
    assert both(FOREST, GRID, X, y, fit={"groups": groups}, cv=GroupKFold(3)).shared_.sum() >= 11
    plain, shared = (
        kind(FOREST, GRID, cv=KFold(3, shuffle=True, random_state=np.random.RandomState(2))).fit(X, y)
        for kind in (GridSearchCV, SharedGridSearchCV)
    )
    same(shared.cv_results_, plain.cv_results_)


class Doubled(TransformerMixin, BaseEstimator):
    """Gives other rows when fitted than when only transforming, as target encoders do."""

    def fit(self, X: Any, y: Any) -> Doubled:
        """Keep the mean target."""
        self.mean_ = float(np.mean(y))
        return self

    def fit_transform(self, X: Any, y: Any) -> Any:
        """Fit, and transform otherwise."""
        return self.fit(X, y).transform(X) * 2

    def transform(self, X: Any) -> Any:
        """Shift the rows."""
        return np.asarray(X) + self.mean_


@pytest.mark.parametrize(
    ("estimator", "grid"),
    [
        (make_pipeline(StandardScaler(), FOREST), {"randomforestclassifier__n_estimators": [3, 8, 20]}),
        (
            Pipeline([("scale", StandardScaler()), ("reduce", PCA(random_state=0)), ("model", FOREST)]),
            {"reduce__n_components": [2, 3], "scale": ["passthrough", StandardScaler()], "model__n_estimators": [3, 9]},
        ),
        (make_pipeline(Doubled(), FOREST), {"randomforestclassifier__max_depth": [2, 3, None]}),
        (
            make_pipeline(StandardScaler(), GradientBoostingClassifier(random_state=0)),
            {"gradientboostingclassifier__n_estimators": [3, 8], "standardscaler__with_mean": [True, False]},
        ),
    ],
    ids=["scaled", "searched preprocessing", "fit_transform", "boosting"],
)
@pytest.mark.parametrize("jobs", [1, 2])
def test_pipelines(estimator: Any, grid: dict[str, list[Any]], jobs: int) -> None:
    """A pipeline's preprocessing is fitted on each fold's training rows alone, once for all that have it."""
    X, y = rows()
    shared = both(estimator, grid, X, y, n_jobs=jobs, return_train_score=True, scoring="neg_log_loss")
    assert shared.shared_.sum() >= 2


def test_a_searched_model() -> None:
    """A search over the models themselves goes through scikit-learn."""
    X, y = rows()
    pipeline = Pipeline([("scale", StandardScaler()), ("model", FOREST)])
    grid = [{"model": [LogisticRegression()], "model__C": [0.1, 1.0]}, {"model": [FOREST], "model__n_estimators": [3]}]
    both(pipeline, grid, X, y)


def test_refit_and_its_attributes() -> None:
    """The winner, its score and its predictions are scikit-learn's, of a search that can be cloned."""
    X, y = rows()
    plain = GridSearchCV(FOREST, GRID, cv=3).fit(X, y)
    shared = clone(SharedGridSearchCV(FOREST, GRID, cv=3)).fit(X, y)
    assert shared.best_params_ == plain.best_params_
    assert shared.best_score_ == plain.best_score_
    assert np.array_equal(shared.predict_proba(X), plain.predict_proba(X))
    assert shared.score(X, y) == plain.score(X, y)
    assert list(shared.classes_) == list(plain.classes_)
    assert type(shared.best_estimator_) is RandomForestClassifier


def test_randomized_search() -> None:
    """Random search draws the same candidates, also from a generator that goes on."""
    X, y = rows()
    space = {"n_estimators": randint(2, 30), "max_depth": [2, 5, None], "max_features": [1, 2]}
    for make in (lambda: 3, lambda: np.random.RandomState(3)):
        plain, shared = (
            kind(FOREST, space, n_iter=25, cv=3, random_state=make(), n_jobs=2).fit(X, y)
            for kind in (RandomizedSearchCV, SharedRandomizedSearchCV)
        )
        same(shared.cv_results_, plain.cv_results_)
        assert shared.shared_.sum() >= 24


def test_times_are_shares() -> None:
    """The times of candidates that were evaluated together are equal parts of what they took."""
    X, y = rows()
    search = SharedGridSearchCV(FOREST, {"n_estimators": list(range(2, 30))}, cv=3, refit=False).fit(X, y)
    assert search.shared_.all()
    assert len(set(search.cv_results_["mean_fit_time"])) == 1
    assert search.cv_results_["mean_fit_time"][0] > 0
    assert "divided" in (SharedGridSearchCV.__doc__ or "")


# Bad input: exactly what scikit-learn makes of it.


def _missing() -> tuple[Any, Any]:
    X, y = rows()
    X[::7, 0] = np.nan
    return X, y


def _several_outputs() -> tuple[Any, Any]:
    X, y = rows(classes=0)
    return X, np.column_stack([y, -y])


def _strings() -> tuple[Any, Any]:
    X, y = rows(classes=3)
    return pd.DataFrame(X, columns=list("abcde")), np.array(["low", "mid", "top"])[y]


def _rare_class() -> tuple[Any, Any]:
    X, y = rows()
    y[:2] = 2
    return X, y


@pytest.mark.parametrize(
    ("given", "estimator", "shares"),
    [
        (_missing(), FOREST, False),
        (_missing(), make_pipeline(SimpleImputer(), FOREST), True),
        ((scipy.sparse.csr_matrix(rows()[0]), rows()[1]), FOREST, False),
        (_several_outputs(), RandomForestRegressor(random_state=1), False),
        (_strings(), FOREST, True),
        (_rare_class(), FOREST, True),
        (rows(), RandomForestClassifier(random_state=1, class_weight="balanced"), True),
        (rows(), RandomForestClassifier(random_state=1, monotonic_cst=[1, 0, 0, 0, 0]), True),
        (rows(), RandomForestClassifier(random_state=1, monotonic_cst=np.array([1, 0, 0, 0, 0])), True),
        (rows(), make_pipeline(FunctionTransformer(scipy.sparse.csr_matrix), FOREST), False),
        (rows(), make_pipeline(PCA(2), FOREST), False),
    ],
    ids=[
        "NaN", "NaN imputed", "sparse", "several outputs", "strings", "a fold without a class", "class weights",
        "monotonic", "monotonic, an array", "sparse inside", "a transformer without a seed",
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:The least populated class")
def test_unusual_input(given: tuple[Any, Any], estimator: Any, shares: bool) -> None:
    """Unusual rows, targets and weights are shared where that is exact, and scikit-learn's otherwise."""
    step = "randomforestclassifier__" if isinstance(estimator, Pipeline) else ""
    assert both(estimator, {f"{step}n_estimators": [2, 5, 9]}, *given, cv=KFold(3)).shared_.any() == shares


def test_sample_weights() -> None:
    """Weights are fitted with and scored with as scikit-learn does, without sharing."""
    X, y = rows()
    weights = np.linspace(0.1, 2, len(y))
    assert not both(FOREST, GRID, X, y, fit={"sample_weight": weights}).shared_.any()


@pytest.mark.parametrize("error_score", [np.nan, 0.0])
@pytest.mark.parametrize("jobs", [1, 2])
def test_failing_candidates(error_score: float, jobs: int) -> None:
    """Invalid candidates fail as with scikit-learn, beside those that are shared."""
    X, y = rows()
    grid = {"n_estimators": [3, -1, 9, 12], "max_features": ["sqrt", 99, "nothing"], "min_samples_leaf": [1, 2.5]}
    shared = both(FOREST, grid, X, y, error_score=error_score, n_jobs=jobs)
    assert shared.shared_.sum() >= 2
    scorer = lambda model, X, y: {"hits": float((model.predict(X) == y).sum())}  # noqa: E731  a scorer of a name
    both(FOREST, grid, X, y, error_score=error_score, scoring=scorer)


def test_groups_that_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure of shared work alone is said once, with its reason; the scores are scikit-learn's."""
    X, y = rows()
    real = forest._forest

    def failing(estimator: Any, field: Any, mean: Any) -> Any:
        if estimator.max_depth == 3:
            message = "out of trees"
            raise RuntimeError(message)
        return real(estimator, field, mean)

    monkeypatch.setattr(forest, "_forest", failing)
    monkeypatch.setitem(verification._verified, (RandomForestClassifier, forest.FAMILY), True)
    grid = {"n_estimators": list(range(2, 20, 3)), "max_depth": [None, 3], "max_features": [1, 2]}
    with pytest.warns(NotExactWarning, match="left 24 of 24 candidates .* together failed: RuntimeError: out of trees"):
        both(FOREST, grid, X, y)


def test_errors_are_scikit_learn_s() -> None:
    """What scikit-learn refuses is refused in its words."""
    X, y = rows()
    for options, fitted_on in (
        ({"error_score": "raise"}, (X, y)),
        ({"cv": 500}, (X, y)),
        ({"scoring": "nothing"}, (X, y)),
        ({"n_jobs": "many"}, (X, y)),
        ({}, (X, y[:5])),
        ({}, (X, None)),
    ):
        said = []
        for kind in (GridSearchCV, SharedGridSearchCV):
            with pytest.raises(Exception) as caught, warnings.catch_warnings():  # noqa: PT011, PT012  compared
                warnings.simplefilter("ignore", FitFailedWarning)
                kind(FOREST, {"n_estimators": [3, -1], "max_depth": [2, 3]}, **options).fit(*fitted_on)
            said.append((caught.type, str(caught.value).replace(kind.__name__, "")))
        assert said[0] == said[1]


def test_a_release_that_grows_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the self-check finds a difference, scikit-learn evaluates all, after one warning."""
    X, y = rows()
    monkeypatch.setattr(verification, "_verified", {})
    real = forest._forest
    monkeypatch.setattr(forest, "_forest", lambda estimator, field, mean: real(estimator, field, mean[::-1]))
    expected = GridSearchCV(FOREST, GRID, cv=3).fit(X, y)
    with pytest.warns(NotExactWarning, match="its self-check failed"):
        found = SharedGridSearchCV(FOREST, GRID, cv=3).fit(X, y)
    again = SharedGridSearchCV(FOREST, GRID, cv=3).fit(X, y)  # a second warning would be an error
    for search in (found, again):
        same(search.cv_results_, expected.cv_results_)


def test_the_witness(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the self-check did not see, the witness finds on the search's own rows."""
    X, y = rows()
    grid = {"n_estimators": list(range(10, 50))}
    verification.verified(FOREST, forest.FAMILY)
    real = forest._forest
    monkeypatch.setattr(forest, "_forest", lambda estimator, field, mean: real(estimator, field, mean[::-1]))
    expected = GridSearchCV(FOREST, grid, cv=3).fit(X, y)
    with pytest.warns(NotExactWarning, match="not those that sharing gave"):
        found = SharedGridSearchCV(FOREST, grid, cv=3).fit(X, y)
    same(found.cv_results_, expected.cv_results_)
    assert not found.shared_.any()
