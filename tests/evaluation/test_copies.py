"""What a tuner, a fit and a scoring get is theirs: whatever they do to it, the next one gets what they got."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ConfigSpace import Integer
from sklearn.datasets import load_wine
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from tests.estimators import stump
from tuners import Budget, Dataset, Model, Objective, Problem, Protocol, Run
from tuners.execution.here import measure

NEIGHBOURS = {"kneighborsclassifier__n_neighbors": (1, 15)}
FIVE = {"kneighborsclassifier__n_neighbors": 5}


def wine(*, framed: bool = False) -> Dataset:
    """Return the wine data, as an array or as a data frame."""
    X, y = load_wine(return_X_y=True)
    return Dataset("wine", pd.DataFrame(X).add_prefix("x") if framed else X, y)


def squash(X: Any) -> Any:
    """Change the last column where it is, which fits a `FunctionTransformer` badly and is common."""
    if isinstance(X, pd.DataFrame):
        X.iloc[:, -1] /= 100
    else:
        X[:, -1] /= 100
    return X


def squash_copy(X: Any) -> Any:
    """Do the same to a copy."""
    return squash(X.copy())


def fragile(transform: Callable[[Any], Any], *, framed: bool = False) -> Problem:
    """Return a problem whose transformer is called with what the harness hands out."""
    estimator = make_pipeline(FunctionTransformer(transform), KNeighborsClassifier())
    return Problem(Model("knn", estimator, NEIGHBOURS), wine(framed=framed), 0, Protocol(folds=3))


def executed(tune: Callable[[Objective, int], None], on: Problem, budget: int = 5) -> Run:
    """Run a tuner on a problem."""
    return measure(tune.__name__, tune, on, Budget(budget))


def five(objective: Objective, seed: int) -> None:
    """Evaluate one candidate."""
    objective(FIVE)


@pytest.mark.parametrize("framed", [False, True])
def test_a_transformer_that_writes_into_its_argument_scores_as_one_that_copies(framed: bool) -> None:
    """In cross-validation, refit, test score and confusion matrix, in each of several cells of a problem."""
    in_place, copying = (fragile(each, framed=framed) for each in (squash, squash_copy))
    expected = executed(five, copying).record
    for _ in range(3):
        record = executed(five, in_place).record
        assert record.trials_sha256 == expected.trials_sha256
        assert (record.test_score, record.default_test_score) == (expected.test_score, expected.default_test_score)
        assert record.confusion_matrix == expected.confusion_matrix


def test_its_scores_are_cross_val_scores() -> None:
    """Folds of the objective are the copies that scikit-learn makes."""
    on = fragile(squash)
    split = on.split
    expected = cross_val_score(on.estimator.set_params(**FIVE), split.X_train.copy(), split.y_train, cv=on.folds)
    assert executed(five, on).trials[0].fold_scores == tuple(expected)


def test_a_test_score_leaves_the_test_rows_alone() -> None:
    """Scored twice, a winner has the same score, and the confusion matrix agrees with it."""
    on = fragile(squash)
    fitted = on.fit(FIVE)
    assert on.test_score(fitted) == on.test_score(fitted)
    matrix = np.array(on.confusion_matrix(fitted))
    assert matrix.trace() / matrix.sum() == pytest.approx(on.test_score(fitted))


POINT = {"feature": 2, "threshold": 0.5}


def spoils_rows(objective: Objective, seed: int) -> None:
    """Write into rows, labels and folds."""
    objective.X[:] = 0
    objective.y[:] = 0
    for train, validation in objective.folds:
        train[:] = validation[0]
    objective.folds.clear()
    objective(POINT)


def spoils_the_estimator(objective: Objective, seed: int) -> None:
    """Change estimator, metric, space and guesses."""
    objective.estimator.set_params(threshold=0.01, raise_above=-1.0)
    objective.metric._sign = -1
    objective.metric._kwargs["normalize"] = False
    objective.space.seed(3)
    objective.space.add(Integer("more", (1, 2)))
    for guess in objective.guesses:
        guess.clear()
    objective(POINT)


def spoils_trials(objective: Objective, seed: int) -> None:
    """Write into what was found."""
    objective(POINT)
    assert objective.incumbent is not None
    objective.incumbent.params["threshold"] = 0.9
    objective.trials[0].params.clear()
    objective.trials.clear()


def spoils_a_search(objective: Objective, seed: int) -> None:
    """Write into what a search was given, once it is over."""
    search = GridSearchCV(objective.estimator, {"feature": [2], "threshold": [0.5]})
    objective.search(search)
    for train, _ in search.cv:
        train[:] = 0


@pytest.mark.parametrize("spoils", [spoils_rows, spoils_the_estimator, spoils_trials, spoils_a_search])
def test_what_a_tuner_does_to_its_objective_changes_no_cell(spoils: Callable[[Objective, int], None]) -> None:
    """Neither its own nor a later one of the same problem."""

    def plain(objective: Objective, seed: int) -> None:
        objective(POINT)

    expected = executed(plain, Problem(stump(), wine(), 0, Protocol(folds=3)))
    on = Problem(stump(), wine(), 0, Protocol(folds=3))
    for tune in (spoils, plain):
        run = executed(tune, on)
        assert run.record.status == "ok", run.record.reason
        assert run.trials[0].params == expected.trials[0].params
        assert run.trials[0].fold_scores == expected.trials[0].fold_scores
        assert run.record.test_score == expected.record.test_score
    assert on.model.guesses == stump().guesses
    assert on.model.space == stump().space


def test_a_listed_estimator_is_never_fitted_itself() -> None:
    """A choice that is an estimator is cloned for each fit, as scikit-learn's searches do."""
    scalers = [StandardScaler(), "passthrough"]
    estimator = make_pipeline(StandardScaler(), KNeighborsClassifier())
    on = Problem(Model("knn", estimator, NEIGHBOURS), wine(), 0, Protocol(folds=3))

    def chooses(objective: Objective, seed: int) -> None:
        objective({"standardscaler": scalers[0]})

    assert executed(chooses, on).record.ok
    assert not hasattr(scalers[0], "mean_")


def test_a_search_is_over_the_models_own_estimator() -> None:
    """One built on another estimator is set to it: else its scores would be of what the refit does not refit."""

    def cheats(objective: Objective, seed: int) -> None:
        other = KNeighborsClassifier(n_neighbors=1)
        objective.search(GridSearchCV(make_pipeline(FunctionTransformer(), other), {"kneighborsclassifier__p": [1]}))

    def plain(objective: Objective, seed: int) -> None:
        objective({"kneighborsclassifier__p": 1})

    assert (
        executed(cheats, fragile(squash)).record.trials_sha256 == executed(plain, fragile(squash)).record.trials_sha256
    )
