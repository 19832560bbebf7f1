"""Change points: the false alarm rate is at most what is stated, and a real step is found where it is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from tuners.analysis.change_points import as_wholes, changes, columns_needed, statistics, within_rows

KINDS = {"within_rows": within_rows, "as_wholes": as_wholes}
ALPHA = 0.05
SERIES = 400
"""Of a simulation."""
MOST = int(stats.binom.ppf(1 - 1e-4, SERIES, ALPHA))
"""More false alarms than this have one in ten thousand simulations at the very rate."""


def _noise(kind: str, rows: int, columns: int, generator: np.random.Generator) -> np.ndarray:
    """Return heavy tails, unlike from row to row; where columns are reordered as wholes, with what they share."""
    noise = generator.standard_t(2, size=(rows, columns)) * generator.lognormal(size=(rows, 1))
    return noise + (3 * generator.standard_t(2, size=columns) if kind == "as_wholes" else 0.0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("rows", "columns"), [(8, 2), (6, 15), (1, 40), (4, 120)])
def test_false_alarms_are_as_rare_as_stated(kind: str, rows: int, columns: int) -> None:
    """Of series without a change, no more than the stated share has any: with few columns, many, and blocks of them."""
    generator = np.random.default_rng([rows, columns])
    alarms = sum(
        bool(changes(_noise(kind, rows, columns, generator), KINDS[kind], ALPHA, seed)) for seed in range(SERIES)
    )
    assert alarms <= MOST


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("at", [8, 20, 33])
def test_a_step_is_found_and_placed(kind: str, at: int) -> None:
    """A step of three standard deviations of a column's mean is found in eight of ten, two columns off at most."""
    generator = np.random.default_rng(at)
    hits = 0
    for seed in range(40):
        values = generator.normal(size=(9, 40))
        values[:, at:] += 1.0
        hits += any(abs(place - at) <= 2 for place in changes(values, KINDS[kind], ALPHA, seed))
    assert hits >= 32


def test_the_newest_search_alone_is_found() -> None:
    """A change that many problems share shows in a single column, where problems are the replicates."""
    values = np.random.default_rng(0).normal(size=(20, 30))
    values[:, -1] += 2
    assert list(changes(values, within_rows, ALPHA / 40, 0)) == [29]
    assert changes(values, as_wholes, ALPHA / 40, 0) == {}


def test_several_steps_are_found() -> None:
    """Up and down again: both sides of a change are looked at."""
    values = np.random.default_rng(0).normal(size=(10, 60))
    values[:, 20:40] += 3
    assert list(changes(values, within_rows, 0.001, 0)) == [20, 40]
    assert list(changes(values, as_wholes, ALPHA, 0)) == pytest.approx([20, 40], abs=1)


@given(
    arrays(float, st.tuples(st.integers(1, 5), st.integers(1, 30)), elements=st.floats(-1e6, 1e6)), st.integers(0, 9)
)
@settings(max_examples=60)
def test_places_lie_inside_and_p_below_the_level(values: np.ndarray, seed: int) -> None:
    """Whatever the numbers: places from the second column on, p-values up to the level, the same twice."""
    for kind in KINDS.values():
        found = changes(values, kind, 0.2, seed)
        assert all(0 < place < values.shape[1] and 0 < p <= 0.2 for place, p in found.items())
        assert found == changes(values, kind, 0.2, seed)


@given(st.floats(-1e9, 1e9), st.integers(1, 30))
def test_a_constant_series_has_no_change(value: float, columns: int) -> None:
    """Rounding is no change."""
    assert changes(np.full((3, columns), value), within_rows, 0.5, 0) == {}


@given(arrays(float, st.integers(2, 20), elements=st.floats(-100, 100)))
def test_the_statistic_is_the_standardised_difference_of_means(series: np.ndarray) -> None:
    """As it is defined: |mean before - mean after| sqrt(k (n - k) / n)."""
    n = len(series)
    expected = [abs(series[:k].mean() - series[k:].mean()) * np.sqrt(k * (n - k) / n) for k in range(1, n)]
    assert statistics(series[None])[0] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("rows", "columns"), [(1, 4), (1, 5), (2, 3), (3, 2), (2, 4)])
def test_the_columns_needed_are_those_of_the_clearest_step(rows: int, columns: int) -> None:
    """Of all orders of a step, so many reach it that with a column less no p-value is as small."""
    step = np.repeat([0.0, 1.0], [columns // 2, columns - columns // 2])
    orders = [np.array(order) for order in itertools.permutations(step)]
    sums = np.array([sum(chosen) for chosen in itertools.product(orders, repeat=rows)])
    reached = statistics(sums).max(axis=1) >= statistics(rows * step[None]).max() - 1e-9
    smallest = float(reached.mean())
    assert columns_needed(rows, within_rows, smallest * (1 + 1e-9)) == columns
    assert columns_needed(rows, within_rows, smallest * (1 - 1e-9)) == columns + 1


@pytest.mark.parametrize("columns", [4, 5, 6, 7, 8])
def test_the_sessions_needed_are_those_of_the_clearest_step(columns: int) -> None:
    """Ranks of which none is tied, in all orders: an odd number of them shows what one less does."""
    ranks = np.arange(float(columns))
    orders = np.array(list(itertools.permutations(ranks)))
    smallest = float((statistics(orders).max(axis=1) >= statistics(ranks[None]).max() - 1e-9).mean())
    assert columns_needed(9, as_wholes, smallest * (1 + 1e-9)) == columns - columns % 2
    assert columns_needed(9, as_wholes, smallest * (1 - 1e-9)) == columns - columns % 2 + 2
