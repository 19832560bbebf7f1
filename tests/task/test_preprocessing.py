"""Preparation: what becomes of which column, from the training rows alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array, csr_matrix, issparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from tuners import Budget, Dataset, Model, Objective, Problem, Protocol, TuningError
from tuners.catalog import MODELS, TUNERS
from tuners.evaluation.contract import Training
from tuners.evaluation.plain import Plain
from tuners.execution.here import measure
from tuners.task.address import address
from tuners.task.categories import RARE, Categories
from tuners.task.preparation import COLUMNS, COMPONENTS

ROWS = 120


def columns(rows: int = ROWS) -> dict[str, Any]:
    """Return a column of each kind that people have."""
    random = np.random.default_rng(0)
    days = pd.date_range("2024-01-01", periods=rows)
    mixed = np.array([True, "a", 1.5, None], dtype=object)
    return {
        "number": random.normal(size=rows),
        "gaps": np.where(random.random(rows) < 0.2, np.nan, random.normal(size=rows)),
        "bool": random.random(rows) < 0.5,
        "nullable bool": pd.Series(random.choice(np.array([True, False, None]), rows)).astype("boolean"),
        "nullable int": pd.Series(random.choice(np.array([1, 2, None]), rows)).astype("Int64"),
        "text": random.choice(["a", "b", "c"], rows),
        "text with gaps": random.choice(np.array(["a", "b", None], dtype=object), rows),
        "names": [f"name {each}" for each in random.permutation(rows)],
        "category": pd.Categorical(random.choice(np.array(["x", "y", None]), rows)),
        "category of numbers": pd.Categorical(random.integers(0, 3, rows)),
        "many categories": pd.Categorical([f"name {each}" for each in random.permutation(rows)]),
        "constant": ["k"] * rows,
        "empty": pd.Series([None] * rows, dtype=object),
        "empty text": pd.Series([None] * rows, dtype="str"),
        "empty dates": pd.Series([pd.NaT] * rows),
        "empty numbers": np.full(rows, np.nan),
        "dates": np.where(random.random(rows) < 0.1, np.datetime64("NaT"), days.to_numpy()),
        "dates of a zone": days.tz_localize("Europe/Paris"),
        "text of dates": days.strftime("%d.%m.%Y"),
        "Python's dates": [each.date() for each in days],
        "durations": pd.to_timedelta(np.arange(rows), unit="h"),
        "periods": pd.period_range("2000-01", periods=rows, freq="M"),
        "intervals": pd.cut(random.normal(size=rows), 4),
        "mixed": pd.Series(random.choice(mixed, rows)),
        'named "a", [b] <c>': random.choice(["1", "2"], rows),
    }


KINDS = columns()
LABELS = np.where(np.arange(ROWS) % 3 == 0, "yes", "no")
LIKE: dict[str, tuple[Any, str]] = {
    "forest": (RandomForestClassifier(2), "n_estimators"),
    "linear": (LogisticRegression(max_iter=1000), "C"),
    "histogram": (HistGradientBoostingClassifier(max_iter=2), "max_iter"),
    "lightgbm": (lightgbm.LGBMClassifier(n_estimators=2, verbose=-1), "n_estimators"),
    "xgboost": (xgboost.XGBClassifier(n_estimators=2), "n_estimators"),
}


def like(name: str, **options: Any) -> Model:
    """Return a model of a kind."""
    estimator, parameter = LIKE[name]
    return Model(name, estimator, {parameter: [1, 2]}, **options)


def problem(model: Model, X: Any, y: Any = LABELS) -> Problem:
    """Return a problem on some columns."""
    return Problem(model, Dataset("d", X, y, positive="yes"), 0, Protocol(folds=2))


@pytest.mark.parametrize("model", LIKE)
@pytest.mark.parametrize("scale", [False, True])
def test_every_kind_of_column_is_prepared(model: str, scale: bool) -> None:
    """All kinds together are fitted and predicted without a warning, the same each time."""
    on = problem(like(model, scale=scale), pd.DataFrame(KINDS))
    first, second = (on.fit({}).predict_proba(on.split.X_test) for _ in range(2))
    assert np.array_equal(first, second)


@pytest.mark.parametrize("kind", KINDS)
def test_a_column_alone_is_prepared(kind: str) -> None:
    """A column may be all that there is, also one that is constant or empty."""
    X = pd.DataFrame({kind: KINDS[kind]})
    for model in ("linear", "histogram"):
        on = problem(like(model), X)
        assert set(on.fit({}).predict(on.split.X_test)) <= {"yes", "no"}


@pytest.mark.parametrize(("kind", "most"), [("names", COMPONENTS), ("many categories", COMPONENTS), ("dates", 12)])
def test_columns_are_bounded(kind: str, most: int) -> None:
    """Text of many values and dates become a bounded number of columns, not one for each value."""
    on = problem(like("forest"), pd.DataFrame({kind: KINDS[kind]}))
    assert 1 <= on.fit({}).steps[-1][1].n_features_in_ <= most <= COLUMNS


def test_rare_categories_are_together() -> None:
    """Of 38 values the rarest ones share a column, and a value that no training row has is one of them."""
    X = pd.DataFrame({"state": [f"state {each % 38}" for each in range(ROWS)]})
    on = problem(like("linear"), X)
    fitted = on.fit({})
    assert fitted.steps[-1][1].n_features_in_ == COLUMNS
    prepared = fitted.steps[0][1].transform(pd.DataFrame({"state": ["never seen"]}))
    assert prepared[0, -1] == 1
    assert prepared.sum() == 1


def test_gaps_have_indicators_where_they_are_imputed() -> None:
    """A column with gaps becomes two for a model that knows none, and stays as it is for one that does."""
    X = pd.DataFrame({"number": KINDS["number"], "gaps": KINDS["gaps"]})
    assert problem(like("linear"), X).fit({}).steps[-1][1].n_features_in_ == 3
    on = problem(like("histogram"), X)
    assert np.isnan(on.fit({}).steps[0][1].transform(on.split.X_test).to_numpy()).any()


def test_boosters_get_categories() -> None:
    """A column of text is one of categories, and a value that no training row has is missing."""
    on = problem(like("lightgbm"), pd.DataFrame({"text": KINDS["text"], "names": KINDS["names"]}))
    prepared = on.fit({}).steps[0][1].transform(pd.DataFrame({"text": ["a", "new"], "names": ["new", None]}))
    assert [str(dtype) for dtype in prepared.dtypes] == ["category"] * 2
    assert prepared.isna().to_numpy().tolist() == [[False, True], [True, True]]


@given(st.lists(st.sampled_from(["a", "b", "c", "d", "e", None]), min_size=1, max_size=30), st.integers(2, 6))
def test_categories_are_the_most_frequent_values(values: list[str | None], most: int) -> None:
    """There are never more than asked for; none of the rest is more frequent than one that is kept."""
    X = pd.DataFrame({"x": pd.Series(values, dtype=object)})
    found = Categories(most).fit_transform(X)["x"]
    assert len(found.cat.categories) <= most
    assert found.isna().tolist() == [value is None for value in values]
    kept = {value: values.count(value) for value in set(found.dropna()) - {RARE}}
    rest = [values.count(value) for value, given in zip(values, found, strict=True) if given == RARE]
    assert not rest or not kept or max(rest) <= min(kept.values())
    assert Categories(most).fit(X).transform(pd.DataFrame({"x": ["never"]})).isna().all(axis=None)


def test_numbers_without_gaps_are_prepared_as_ever() -> None:
    """A scaler where the model asks for one, else nothing: the text of the estimator is in the addresses of tables."""
    X = KINDS["number"][:, None]
    scaled = problem(MODELS.load("forest")(), X).estimator
    assert [(name, type(step).__name__) for name, step in scaled.steps] == [
        ("preprocessing", "Pipeline"), ("model", "RandomForestClassifier"),
    ]  # fmt: skip
    assert [type(step).__name__ for _, step in scaled.steps[0][1].steps] == ["StandardScaler"]
    for model in LIKE:
        assert (
            "Preprocessed" not in type(Problem(like(model), Dataset("d", X, np.arange(ROWS) % 2), 0).estimator).__name__
        )


class Spy(ClassifierMixin, BaseEstimator):
    """Keeps what it is fitted on, and predicts the first class."""

    seen: list[bytes] = []  # noqa: RUF012  of all copies

    def __init__(self, level: int = 1) -> None:
        """Keep the parameter."""
        self.level = level

    def fit(self, X: Any, y: Any) -> Spy:
        """Keep rows and labels."""
        self.classes_ = np.unique(y)
        self.seen.append(told(X) + told(np.asarray(y)))
        return self

    def predict(self, X: Any) -> Any:
        """Predict the first class."""
        return np.repeat(self.classes_[0], X.shape[0])


class HistGradientBoostingSpy(HistGradientBoostingClassifier):
    """A spy that is taken for a booster."""

    seen = Spy.seen

    def fit(self, X: Any, y: Any) -> HistGradientBoostingSpy:
        """Keep rows and labels."""
        Spy.fit(self, X, y)
        return self

    predict = Spy.predict


def told(X: Any) -> bytes:
    """Return rows as bytes."""
    frame = pd.DataFrame(X)
    return repr(list(frame.columns)).encode() + frame.astype(str).to_csv().encode()


SPIES = {
    "numbers": Model("spy", Spy(), {"level": [1, 2]}),
    "categories": Model("spy", HistGradientBoostingSpy(), {"max_iter": [1, 2]}),
}
SAME = ["number", "gaps", "text", "text with gaps", "names", "category", "dates", "text of dates", "nullable int"]
OTHERS: dict[str, list[Any]] = {
    "number": [1e9, np.nan], "gaps": [-1e9, np.nan, 0.0], "text": ["a", "new", None], "text with gaps": ["new", None],
    "names": ["name 1", "new", "", None], "category": ["x", None], "nullable int": [10**9, pd.NA],
    "dates": [pd.NaT, pd.Timestamp("1900-01-01")], "text of dates": ["31.12.2099", "no date", None],
}  # fmt: skip


def first_fit(frame: pd.DataFrame, kind: str, *, refit: bool) -> bytes:
    """Return what is fitted in the first fold of an evaluation, or in the refit."""
    on = problem(SPIES[kind], frame)
    Spy.seen.clear()
    if refit:
        on.fit({})
    else:
        Plain(replace(Training.of(on), folds=on.folds[:1])).evaluate({})
    return Spy.seen[0]


@cache
def first_fit_unchanged(kind: str, *, refit: bool) -> bytes:
    """Return what is fitted of the frame as it is."""
    return first_fit(pd.DataFrame({name: KINDS[name] for name in SAME}), kind, refit=refit)


@settings(max_examples=5)
@given(data=st.data(), refit=st.booleans())
@pytest.mark.parametrize("kind", SPIES)
def test_nothing_of_validation_or_test_rows_reaches_a_fit(kind: str, data: st.DataObject, refit: bool) -> None:
    """Whatever stands in rows that are not fitted on, the fit sees the same rows, prepared in the same way."""
    frame = pd.DataFrame({name: KINDS[name] for name in SAME})
    on = problem(SPIES[kind], frame)
    rows = on.split.test_rows.tolist() + ([] if refit else on.split.train_rows[on.folds[0][1]].tolist())
    for name in SAME:
        for row in data.draw(st.lists(st.sampled_from(rows), max_size=8)):
            frame.loc[row, name] = data.draw(st.sampled_from(OTHERS[name]))
    assert first_fit(frame, kind, refit=refit) == first_fit_unchanged(kind, refit=refit)


def by_name() -> ColumnTransformer:
    """Return what chooses columns by name."""
    return ColumnTransformer([
        ("numbers", StandardScaler(), ["number"]), ("text", OneHotEncoder(handle_unknown="ignore"), ["text"]),
    ])  # fmt: skip


@pytest.mark.parametrize(
    "front",
    [
        by_name,
        lambda: FeatureUnion([("columns", by_name())]),
        lambda: make_pipeline(by_name(), StandardScaler(with_mean=False)),
        lambda: ColumnTransformer([("numbers", StandardScaler(), make_column_selector(dtype_include="number"))]),
    ],
)
def test_a_pipeline_that_chooses_columns_by_name_gets_the_frame(front: Callable[[], Any]) -> None:
    """It is the user's own preparation, with nothing before it, and is tuned by its own names."""
    model = Model("own", Pipeline([("front", front()), ("svc", SVC())]), {"svc__C": [0.1, 1.0]})
    on = problem(model, pd.DataFrame({"number": KINDS["number"], "text": KINDS["text"]}))
    assert not model.preprocess
    assert list(on.fit({"svc__C": 0.1}).feature_names_in_) == ["number", "text"]
    assert measure("random", TUNERS.load("random"), on, Budget(2)).record.ok


class Looks(Spy):
    """Says what it was given."""

    def fit(self, X: Any, y: Any) -> Looks:
        """Keep the types of the columns."""
        self.dtypes_ = X.dtypes.to_dict()
        super().fit(X, y)
        return self


def test_without_preprocessing_the_frame_comes_as_it_is() -> None:
    """Names, types and gaps are those of the dataset."""
    frame = pd.DataFrame(KINDS)
    on = problem(Model("looks", Looks(), {"level": [1, 2]}, preprocess=False), frame)
    assert on.fit({}).dtypes_ == frame.dtypes.to_dict()


def test_labels_are_adapted_without_preprocessing() -> None:
    """A classifier that takes numbers only learns text labels in a pipeline of the user's own."""
    model = Model(
        "own", make_pipeline(by_name(), xgboost.XGBClassifier(n_estimators=2)), {"xgbclassifier__max_depth": [1, 2]}
    )
    on = problem(model, pd.DataFrame({"number": KINDS["number"], "text": KINDS["text"]}))
    assert set(on.fit({}).predict(on.split.X_test)) <= {"yes", "no"}


def test_scaling_what_is_not_preprocessed_is_refused() -> None:
    """Nothing is put before such an estimator, so nothing can be scaled."""
    with pytest.raises(TuningError, match="model 'tree': expected scale only where the estimator is preprocessed"):
        Model("tree", DecisionTreeClassifier(), {"max_depth": [1]}, scale=True, preprocess=False)


class Sparse(Spy):
    """Refuses rows that are not sparse."""

    def fit(self, X: Any, y: Any) -> Sparse:
        """Look at the rows."""
        assert issparse(X)
        self.classes_ = np.unique(y)
        return self


@pytest.mark.parametrize("kind", [csr_matrix, csr_array])
def test_sparse_rows_stay_sparse(kind: Any) -> None:
    """They are imputed and scaled without being filled up."""
    dense = np.random.default_rng(0).poisson(0.3, (ROWS, 5)).astype(float)
    for gaps in (False, True):
        dense[3, 2] = np.nan if gaps else 1.0
        on = problem(Model("sparse", Sparse(), {"level": [1, 2]}, scale=True), kind(dense))
        Plain(Training.of(on)).evaluate({})
        assert np.isfinite(on.test_score(on.fit({})))


@pytest.mark.parametrize("model", ["forest", "linear"])
@pytest.mark.parametrize("evaluation", ["plain", "shared", "recorded"])
def test_sparse_rows_are_tuned(model: str, evaluation: str, tmp_path: Any) -> None:
    """Every evaluation has the scores of the same rows filled up, or of plain evaluation where these differ."""
    X, y = load_breast_cancer(return_X_y=True)
    rows: Any = csr_matrix(X[:ROWS])
    on = Problem(like(model, scale=True), Dataset("sparse", rows, y[:ROWS]), 0, Protocol(folds=2))
    run = measure("grid", TUNERS.load("grid"), on, Budget(2), evaluation=evaluation, tables=tmp_path)
    plain = Objective(on, "grid", Budget(2))
    assert run.record.ok
    assert [trial.score for trial in run.trials] == [plain(dict(trial.params)) for trial in run.trials]


def test_the_address_tells_how_columns_are_prepared() -> None:
    """A table of messy rows depends on skrub's version and on the code that prepares them; one of numbers does not."""
    messy, clean = (address(problem(like("forest"), pd.DataFrame({name: KINDS[name]}))) for name in ("names", "number"))
    assert "skrub" in messy["versions"]
    assert any(each.startswith("preparation.py") for each in messy["code"])
    assert "skrub" not in clean["versions"]
    assert not any(each.startswith("preparation.py") for each in clean["code"])


@pytest.mark.parametrize(
    "estimator", [xgboost.XGBClassifier(n_estimators=2), lightgbm.LGBMClassifier(n_estimators=2, verbose=-1)]
)
def test_boosters_take_any_name_of_a_column(estimator: Any) -> None:
    """Brackets, quotes and commas, which their libraries refuse, are written otherwise for them."""
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(80, 2)), columns=["a [mm]", 'b "<c>", d'])
    for gaps in (0, 9):
        frame.iloc[:gaps, 0] = np.nan
        problem = Problem(Model("m", estimator, {"max_depth": [1, 2]}), Dataset("d", frame, np.array([0, 1] * 40)), 0)
        assert 0 <= problem.default_test_score <= 1


@pytest.mark.parametrize("estimator", [DecisionTreeClassifier(), HistGradientBoostingClassifier(max_iter=3)])
def test_the_missing_value_of_pandas_own_types_is_a_gap(estimator: Any) -> None:
    """Whole numbers, bools, fractions and text of types that have `pd.NA` are prepared as NumPy's are."""
    frame = pd.DataFrame({
        "whole": pd.array([1, None, 3, 4] * 20, dtype="Int64"),
        "flag": pd.array([True, None, False, True] * 20, dtype="boolean"),
        "word": pd.array(["x", None, "y", "z"] * 20, dtype="string"),
        "share": pd.array([0.5, None, 1.5, 2] * 20, dtype="Float64"),
        "any": pd.Series(["a", pd.NA, "b", "b"] * 20, dtype=object),
    })  # fmt: skip
    plain = pd.DataFrame({
        "whole": [1, np.nan, 3, 4] * 20, "flag": [1.0, np.nan, 0.0, 1.0] * 20, "word": ["x", np.nan, "y", "z"] * 20,
        "share": [0.5, np.nan, 1.5, 2] * 20, "any": ["a", np.nan, "b", "b"] * 20,
    })  # fmt: skip
    y = np.array([0, 1] * 40)
    model = Model("m", estimator, {"max_depth": [1, 2]})
    scores = [Problem(model, Dataset("d", each, y), 0).default_test_score for each in (frame, plain)]
    assert scores[0] == scores[1]
