"""Neighbours that are searched once predict as those of a search for each candidate, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.search.alone import estimators, same_answers
from tests.search.compared import both, rows
from tuners.search.families import Rows
from tuners.search.families.neighbours import FAMILY, KEPT_BYTES

GRID = {"n_neighbors": [1, 4, 9, 20], "weights": ["uniform", "distance"]}


CASES = st.fixed_dictionaries({
    "shape": st.tuples(st.integers(6, 120), st.integers(1, 20)),
    "rounding": st.sampled_from([None, 0, 1, 8]),
    "copies": st.sampled_from([0.0, 0.2, 0.8]),
    "target": st.sampled_from(["classes", "text", "numbers", "several classes", "several numbers"]),
    "distance": st.sampled_from([{"p": 1}, {"p": 2}, {"p": 3.5}, {"metric": "chebyshev"}, {"metric": "euclidean"}]),
    "algorithm": st.sampled_from(["auto", "kd_tree", "ball_tree", "brute"]),
    "dtype": st.sampled_from([np.float64, np.float32, np.int64]),
    "counts": st.lists(st.integers(1, 40), min_size=2, max_size=4, unique=True),
    "seed": st.integers(0, 2**31 - 1),
})  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CASES)
def test_any_neighbours(case: dict[str, Any]) -> None:
    """Whatever the rows, their copies with the same targets and others, ties, distances and ways of searching."""
    check_neighbours(case)


@pytest.mark.slow
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CASES)
def test_many_cases(case: dict[str, Any]) -> None:
    """The same, tried more often."""
    check_neighbours(case)


def check_neighbours(case: dict[str, Any]) -> None:
    """Draw rows, and compare."""
    count, features = case["shape"]
    rounding, target, dtype = case["rounding"], case["target"], case["dtype"]
    random = np.random.default_rng(case["seed"])
    X = random.normal(scale=3, size=(count + 15, features))
    X = (X if rounding is None else X.round(rounding)).astype(dtype)
    for row in np.flatnonzero(random.random(len(X)) < case["copies"]):
        X[row] = X[random.integers(count)]
    if rounding == 8:  # differences around what counts as a tie
        X += (random.integers(3, size=X.shape) * 1e-15).astype(dtype)
    y = random.integers(3, size=(count, 2))
    # Copies of a row may have its target, or another.
    _, first = np.unique(X[:count], axis=0, return_inverse=True)
    y[:, 0] = first.ravel() % 3 if random.random() < 0.5 else y[:, 0]
    targets: dict[str, Any] = {
        "classes": y[:, 0],
        "text": np.array(["no", "perhaps", "yes"])[y[:, 0]],
        "numbers": random.normal(size=3)[y[:, 0]],
        "several classes": y,
        "several numbers": random.normal(size=3)[y],
    }
    model = KNeighborsRegressor if "numbers" in target else KNeighborsClassifier
    candidates = [
        model(min(number, count), weights=weights, algorithm=case["algorithm"], **case["distance"])
        for number in case["counts"]
        for weights in ("uniform", "distance")
    ]
    methods = ["predict"] if "numbers" in target else ["predict", "predict_proba"]
    fold = Rows(X[:count], targets[target], X[count:], X[:count].copy())
    same_answers(FAMILY, fold, candidates, [*methods, "kneighbors"])


@pytest.mark.parametrize("seed", [1, 38, 59])
def test_ties_with_neighbours_not_asked_for(seed: int) -> None:
    """On a lattice, neighbours are tied with more of them than any candidate asks for, whose targets are others."""
    random = np.random.default_rng(seed)
    X, asked = (random.integers(-2, 3, size=(count, 2)).astype(float) for count in (60, 25))
    candidates = [KNeighborsRegressor(count, algorithm="kd_tree") for count in (3, 5, 7, 8)]
    same_answers(FAMILY, Rows(X, random.integers(2, size=60).astype(float), asked), candidates, ["predict"])


def test_searches() -> None:
    """Searches have scikit-learn's scores, behind a scaler, of frames, and of training rows, too."""
    X, y = rows(300, features=8, classes=3)
    frame = pd.DataFrame(X, columns=[f"feature {number}" for number in range(8)])
    grid = {f"kneighborsclassifier__{name}": values for name, values in {**GRID, "p": [1, 2]}.items()}
    model = make_pipeline(StandardScaler(), KNeighborsClassifier())
    options: dict[str, Any] = {"scoring": ["neg_log_loss", "accuracy"], "return_train_score": True}
    assert both(model, grid, frame, y, **options).shared_.sum() >= 15
    X, y = rows(300, classes=0)
    assert both(KNeighborsRegressor(), {**GRID, "algorithm": ["auto", "brute"]}, X, y).shared_.sum() >= 15


@pytest.mark.filterwarnings("ignore:Scoring failed", "ignore:One or more of the test scores are non-finite")
def test_many_neighbours() -> None:
    """From half the rows on scikit-learn searches by brute force; it says what is wrong with more than all rows."""
    X, y = rows(60)
    grid = {"n_neighbors": [5, 18, 20, 21, 39, 40]}
    assert both(KNeighborsClassifier(), grid, X, y, scoring="neg_log_loss").shared_.sum() == 5
    assert list(both(KNeighborsClassifier(), {"n_neighbors": [5, 7, 41]}, X, y).shared_) == [False, True, False]


def test_one_after_another() -> None:
    """A fold that remembers is searched again only for more neighbours than before."""
    X, y = rows(200)
    fold = Rows(X[:150], y[:150], X[150:], remember=True)
    asked: list[int] = []

    class Counted(KNeighborsClassifier):
        def kneighbors(self, X: Any = None, n_neighbors: Any = None, return_distance: bool = True) -> Any:
            if X is fold.X_asked:
                asked.append(n_neighbors)
            return super().kneighbors(X, n_neighbors, return_distance)

    for count in (3, 9, 5, 9, 12, 1):
        (shared,) = estimators(FAMILY, fold, [KNeighborsClassifier(count, weights="distance")])
        if not asked:
            shared._searched.own.__class__ = Counted
        assert np.array_equal(
            shared.predict_proba(fold.X_asked),
            KNeighborsClassifier(count, weights="distance").fit(X[:150], y[:150]).predict_proba(X[150:]),
        )
    assert asked == [3, 9, 12]


def test_memory() -> None:
    """What a fold remembers is bounded: of many distances, those used last."""
    X, y = rows(20_000, features=10)
    fold = Rows(X, y, X[:5], remember=True)
    kept = fold.memory
    for power in np.linspace(1, 2, 60):
        estimators(FAMILY, fold, [KNeighborsClassifier(3, p=power)])
    held = list(kept["neighbours"]._kept.values())
    assert 1 < len(held) < 60
    assert sum(each.__sizeof__() for each in held) <= KEPT_BYTES
    assert held[-1].own.p == 2.0


@pytest.mark.parametrize(
    "params",
    [{"metric": "cosine"}, {"p": 0.5, "algorithm": "brute"}, {"weights": lambda distances: distances + 1}],
    ids=["cosine", "half a power", "weights of one's own"],
)
@pytest.mark.filterwarnings("ignore:Mind that for 0 < p < 1")
def test_what_is_left(params: dict[str, Any]) -> None:
    """Other distances and weights go through scikit-learn."""
    X, y = rows()
    assert not both(KNeighborsClassifier(**params), {"n_neighbors": [2, 5, 9]}, X, y).shared_.any()
