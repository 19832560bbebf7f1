"""Each model that comes with the package: its spaces, and that it fits what comes with the package."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from tests.models.test_regressors import CLASSIFIERS, EFFORT
from tuners import Dataset, Model, Problem, Protocol, TuningError
from tuners.catalog import DATASETS, MODELS
from tuners.errors import MissingExtraError
from tuners.results.tasks import METRICS, Task
from tuners.spaces import cardinality, contains, own_copy, restored
from tuners.task.splits import take

NETWORKS = ("ann", "ann_plain")
"""Models of TensorFlow's, whose own tests fit them."""
LISTED = (*NETWORKS, "forest")
"""Models whose space is the article's, or of listed values."""
PLAIN = [name for name in MODELS if name not in NETWORKS]
OUTSIDE = ("svm",)
"""Models whose default is no point of their ranges: a word stands for a number."""
EXAMPLES: dict[Task, str] = {"classification": "penguins", "regression": "automobile"}
"""Datasets with gaps and categories."""
over_tasks = pytest.mark.parametrize("task", list(EXAMPLES))


def load(name: str, task: Task, **effort: Any) -> Model:
    """Load a model of a task; skip where its packages are missing, or where it has none of the task."""
    try:
        found = MODELS.load(name)(**effort).for_task(task)
    except MissingExtraError as error:
        pytest.skip(str(error))
    if found.task != task:
        assert name in CLASSIFIERS
        pytest.skip(f"{name} is a classifier")
    return found


def problem(model: Model, dataset: str, rows: int) -> Problem:
    """Return a problem of few rows."""
    return Problem(model, DATASETS.load(dataset)(None), 0, Protocol(folds=2, rows=rows, metric=METRICS[model.task]))


def fits(on: Problem, draws: int) -> None:
    """Fit the default and points that are drawn from the space, with warnings as errors."""
    space = own_copy(on.model.space)
    space.seed(1)
    points = [restored(on.model.space, dict(space.sample_configuration())) for _ in range(draws)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for params in [{}, *points]:
            assert np.isfinite(on.test_score(on.fit(params))), params


@over_tasks
@pytest.mark.parametrize("name", PLAIN)
def test_a_model_fits_data_with_gaps_and_categories(name: str, task: Task) -> None:
    """At its defaults and anywhere in its space, without a warning."""
    fits(problem(load(name, task, **EFFORT.get(name, {})), EXAMPLES[task], rows=120), draws=3)


@pytest.mark.slow
@pytest.mark.parametrize("dataset", [name for name in DATASETS if name != "creditcard"])
@pytest.mark.parametrize("name", PLAIN)
def test_a_model_fits_every_dataset(name: str, dataset: str) -> None:
    """At its defaults and anywhere in its space, as it is compared, without a warning."""
    task = DATASETS.load(dataset)(None).task
    assert task is not None
    fits(problem(load(name, task), dataset, rows=400), draws=3)


@over_tasks
@pytest.mark.parametrize("finite", [False, True])
@pytest.mark.parametrize("name", list(MODELS))
def test_guesses_and_the_default_lie_in_the_space(name: str, finite: bool, task: Task) -> None:
    """So that no method is told to be outside of it, and the default has its rank among the candidates."""
    effort = {} if name in LISTED else {"finite": finite}
    model = load(name, task, **effort)
    on = problem(model, EXAMPLES[task], rows=120)
    assert model.guesses
    assert all(contains(model.space, guess) for guess in model.guesses)
    assert contains(model.space, on.untuned(model.space)) or (name in OUTSIDE and not finite)
    if finite and name not in LISTED:
        assert 200 <= cardinality(model.space) <= 1500


def test_a_classifier_without_a_regressor_is_refused_on_numbers() -> None:
    """In one line that says what to do."""
    on = problem(MODELS.load("logistic")(), "diabetes", rows=120)
    with pytest.raises(TuningError, match="is regression, and logistic is a classifier: tune a regressor"):
        on.check()


def scalers(estimator: Any) -> list[Any]:
    """Return the fitted scalers of a preprocessing, wherever they are in it."""
    if isinstance(estimator, StandardScaler):
        return [estimator]
    if isinstance(estimator, Pipeline):
        return [each for _, step in estimator.steps for each in scalers(step)]
    return [each for _, part, _ in getattr(estimator, "transformers_", []) for each in scalers(part)]


@over_tasks
@pytest.mark.parametrize("kind", ["numbers", "categories", "sparse"])
@pytest.mark.parametrize("name", [name for name in MODELS if name != "any"])
def test_features_are_standardised_by_the_rows_of_a_fit_alone(name: str, kind: str, task: Task) -> None:
    """Those of a model that says so, in its pipeline: rows that are not fitted on, and constant columns, do no harm."""
    model = load(name, task, **EFFORT.get(name, {}))
    generator = np.random.default_rng(0)
    numbers = np.column_stack([1e3 + 50 * generator.normal(size=120), generator.normal(size=120), np.full(120, 7.0)])
    X: Any = {
        "numbers": numbers,
        "categories": pd.DataFrame(numbers, columns=list("abc")).assign(word=["x", "y", "z"] * 40),
        "sparse": csr_matrix(numbers),
    }[kind]
    target = numbers[:, 1] * 100 + 1e4
    on = Problem(
        model, Dataset("made", X, target > target.mean() if task == "classification" else target), 0,
        Protocol(folds=2, metric=METRICS[task]),
    )  # fmt: skip
    rows, _ = on.folds[0]
    if not model.scale:
        assert not isinstance(on.estimator, Pipeline) or scalers(on.estimator[0]) == []
        return
    fitted = on.estimator[0].fit(take(on.split.X_train, rows))
    (scaler,) = [each for each in scalers(fitted) if getattr(each, "n_features_in_", 0) == 3]  # others are not fitted
    train = numbers[on.split.train_rows][rows]
    assert scaler.scale_ == pytest.approx([train[:, 0].std(), train[:, 1].std(), 1.0])
    if kind != "sparse":  # which is not centred, to stay sparse
        assert scaler.mean_ == pytest.approx(train.mean(axis=0))
    changed = fitted.transform(take(on.split.X_train, rows))
    assert np.isfinite(changed.toarray() if kind == "sparse" else np.asarray(changed, dtype=float)).all()
    if name not in NETWORKS:
        assert np.isfinite(on.test_score(on.fit({})))
