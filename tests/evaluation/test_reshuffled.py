"""Folds of each candidate's own: the same for the same candidate, whoever asks for it, and whenever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, cross_val_score

from tests.estimators import stump
from tuners import Budget, Objective, Problem, Protocol, TuningError
from tuners.catalog import DATASETS
from tuners.search import SharedGridSearchCV
from tuners.task.address import address

RESHUFFLED = Protocol(folds=3, reshuffle=True)
GRID: dict[str, list[Any]] = {"feature": [2, 3], "threshold": [0.3, 0.7]}


def problem(seed: int = 0, protocol: Protocol = RESHUFFLED) -> Problem:
    """Return stumps on iris, anew."""
    return Problem(stump(finite=True), DATASETS.load("iris")(None), seed, protocol)


def objective(evaluation: str = "plain", tables: Path | None = None, of: Problem | None = None) -> Objective:
    """Return an objective of twenty evaluations."""
    return Objective(of or problem(), "random", Budget(20), evaluation=evaluation, tables=tables)


def by_params(run: Objective) -> dict[str, tuple[float, ...]]:
    """Return the fold scores of all trials, by their parameters."""
    return {repr(sorted(trial.params.items())): trial.fold_scores for trial in run.trials}


def test_each_candidate_has_folds_of_its_own() -> None:
    """They follow from its parameters and the problem's seed; what is the estimator's own anyway changes nothing."""
    on, again, other = problem(), problem(), problem(1)
    assert on.reshuffled is not None
    assert again.reshuffled is not None
    assert other.reshuffled is not None
    one, two = on.reshuffled.of({"feature": 2}), on.reshuffled.of({"feature": 3})
    assert len(one) == len(two) == 3
    assert not np.array_equal(one[0][1], two[0][1])
    assert not np.array_equal(one[0][1], other.reshuffled.of({"feature": 2})[0][1])
    for same in ({"feature": np.int64(2)}, {"threshold": 0.5, "feature": 2}):
        assert all(np.array_equal(a[1], b[1]) for a, b in zip(one, again.reshuffled.of(same), strict=True))


def test_a_candidate_is_scored_on_its_folds() -> None:
    """As scikit-learn scores it there."""
    run = objective()
    params = {"feature": 2, "threshold": 0.3}
    run(params)
    expected = cross_val_score(clone(run.estimator).set_params(**params), run.X, run.y, cv=run.folds_of(params))
    assert run.trials[0].fold_scores == tuple(expected)


@pytest.mark.parametrize(
    "search",
    [
        lambda estimator: GridSearchCV(estimator, GRID),
        lambda estimator: SharedGridSearchCV(estimator, GRID),
        lambda estimator: RandomizedSearchCV(estimator, GRID, n_iter=4, random_state=0),
    ],
)
def test_every_way_gives_a_candidate_the_same_scores(search: Any, tmp_path: Path) -> None:
    """One by one in another order, in a search, from a table that is made, and from one that is there."""
    called = objective()
    for feature in reversed(GRID["feature"]):
        for threshold in GRID["threshold"]:
            called({"threshold": threshold, "feature": feature})
    expected = by_params(called)
    assert len(set(expected.values())) > 1
    for evaluation in ("plain", "recorded", "recorded"):
        run = objective(evaluation, tmp_path)
        run.search(search(run.estimator))
        assert by_params(run) == expected
        assert len(run.trials) == 4


def test_tables_of_other_folds_are_others() -> None:
    """A table's address says that folds are drawn anew; without that it is what it was."""
    usual, reshuffled = address(problem(protocol=Protocol(folds=3))), address(problem())
    assert reshuffled["folds"] == f"{usual['folds']} drawn anew for each candidate"
    assert {name for name in usual if usual[name] != reshuffled[name]} == {"folds"}


def test_what_needs_common_folds_is_refused() -> None:
    """Shared evaluation, the folds of all candidates, and searches that evaluate others than they list."""
    with pytest.raises(
        TuningError, match="shared evaluation: expected the same folds for all candidates, got folds res"
    ):
        objective("shared")
    run = objective()
    with pytest.raises(TuningError, match=r"objective.folds: expected .* use objective.folds_of\(params\)"):
        _ = run.folds

    class Own(GridSearchCV):
        pass

    with pytest.raises(
        TuningError, match="expected GridSearchCV or RandomizedSearchCV where folds are resh.*, got Own"
    ):
        run.search(Own(run.estimator, GRID))
    usual = objective(of=problem(protocol=Protocol(folds=3)))
    assert all(np.array_equal(a[1], b[1]) for a, b in zip(usual.folds, usual.folds_of({"feature": 2}), strict=True))


def test_a_share_of_the_rows_is_of_the_candidates_own_folds() -> None:
    """A candidate in part is validated on the rows on which it is validated in full."""
    run, params = objective(), {"feature": 2, "threshold": 0.3}
    assert np.isfinite(run(params, 0.5))
    assert len(run.trials[0].fold_scores) == 3
