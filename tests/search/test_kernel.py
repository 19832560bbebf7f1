"""The compiled kernel grows scikit-learn's trees, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.search.compared import both, rows
from tuners.search.families import compiled
from tuners.search.families.trees import UNLIMITED, Draws, Ground, Limits, Shape
from tuners.search.not_exact import NotExactWarning

pytest.importorskip("numba", reason="numba is not installed: pip install 'pytest-tuners[fast]'")

from sklearn.ensemble import RandomForestClassifier

from tuners.search.families import kernel


def same(one: Any, other: Any) -> bool:
    """Whether trees are the same."""
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@settings(max_examples=120, deadline=None)
@given(
    shape=st.tuples(st.integers(4, 160), st.integers(1, 12), st.integers(2, 5)),
    rounding=st.sampled_from([None, 0, 1, 7]),
    limits=st.tuples(st.integers(1, 12), st.integers(2, 30), st.sampled_from([UNLIMITED, 1, 2, 5])),
    data=st.data(),
)
def test_any_tree(shape: Any, rounding: int | None, limits: Any, data: st.DataObject) -> None:
    """Whatever the rows, ties, near ties, constant columns and limits."""
    seed, criterion = data.draw(st.integers(0, 2**31 - 2)), data.draw(st.sampled_from(["gini", "entropy"]))
    count, features, classes = shape
    leaf, split, depth = limits
    random = np.random.default_rng(seed)
    X = random.normal(size=(count + 20, features))
    X = (X if rounding is None else X.round(rounding)).astype(np.float32)
    X[:, random.random(features) < 0.2] = 1.5
    if rounding == 7:
        X *= np.float32(1e-6)  # differences around what counts as a tie
    y = random.integers(classes, size=count)
    given_rows: Any = (X[:count], y, classes, X[count:])
    tried = data.draw(st.integers(max(1, -(-features // kernel.FEATURES_TRIED)), features))
    grown = Shape(criterion, "best", tried, leaf, bootstrap=data.draw(st.booleans()), seed=seed % 1000)
    narrow = Limits(max(split, 2 * leaf), depth)
    assert same(*(kind(*given_rows).grow(grown, narrow, range(5)) for kind in (compiled.CompiledGround, Ground)))


@pytest.mark.parametrize("count", [300, 1_500])
def test_searches(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Searches have scikit-learn's scores with the kernel and without, on rows that fill its tables and exceed them."""
    X, y = rows(count, classes=3)
    grid = {
        "n_estimators": [3, 30],
        "max_depth": [None, 4],
        "criterion": ["gini", "entropy"],
        "min_samples_leaf": [1, 6],
    }
    calls: list[int] = []
    real = kernel.grow

    def grow(*args: Any, **options: Any) -> Any:
        calls.append(1)
        return real(*args, **options)

    monkeypatch.setattr(kernel, "grow", grow)
    for enabled in (True, False):
        monkeypatch.setattr(compiled, "ENABLED", enabled)
        calls.clear()
        found = both(RandomForestClassifier(random_state=1), grid, X, y, scoring="neg_log_loss")
        assert found.shared_.sum() >= 15
        assert bool(calls) == enabled


def test_a_kernel_that_errs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel whose trees differ is not used, after one warning; the scores are right all the same."""
    real = kernel.grow

    def wrong(*args: Any, **options: Any) -> Any:
        values, *others = real(*args, **options)
        return values[:, ::-1], *others

    monkeypatch.setattr(kernel, "grow", wrong)
    compiled._compiles.cache_clear()
    X, y = rows()
    try:
        with pytest.warns(NotExactWarning, match="the kernel's self-check failed"):
            both(RandomForestClassifier(random_state=1), {"n_estimators": list(range(2, 30))}, X, y)
        both(RandomForestClassifier(random_state=1), {"n_estimators": list(range(2, 30))}, X, y)
    finally:
        compiled._compiles.cache_clear()


def test_without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where numba is missing, scikit-learn's builder grows the trees."""
    monkeypatch.setattr("importlib.util.find_spec", lambda *_: None)
    compiled._compiles.cache_clear()
    try:
        X, y = rows()
        ground = compiled.ground(X.astype(np.float32), y, 2, X.astype(np.float32))
        assert type(ground) is Ground
    finally:
        compiled._compiles.cache_clear()


@pytest.mark.parametrize("count", [1, 2, 3, 17, 420, 513, 3000])
def test_draws(count: int) -> None:
    """The compiled Mersenne twister draws what NumPy's legacy generator draws."""
    numbers = range(90)
    compiled_draws, draws = compiled.CompiledDraws(5, count), Draws(5, count)
    assert np.array_equal(compiled_draws.states(numbers), draws.states(numbers))
    assert np.array_equal(compiled_draws.counts(numbers), draws.counts(numbers))
    assert np.array_equal(draws.counts(numbers)[7], draws.counts([7])[0])
