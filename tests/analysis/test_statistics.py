"""The tables' arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from tuners.analysis.statistics import (
    average_ranks,
    holm,
    mean_interval,
    tied_ranks,
)

scores = st.floats(0, 1, width=32)
matrices = st.tuples(st.integers(3, 8), st.integers(2, 5)).flatmap(lambda shape: arrays(float, shape, elements=scores))


def test_mean_interval_is_students() -> None:
    """The interval is scipy's t interval of the mean."""
    values = [0.9, 0.92, 0.95, 0.88]
    expected = stats.t.interval(0.95, 3, np.mean(values), stats.sem(values))
    assert mean_interval(values) == pytest.approx(expected)


def test_too_few_values_give_no_interval() -> None:
    """Two values say next to nothing of their mean."""
    assert mean_interval([0.9, 0.95]) is None


@given(matrices)
def test_ranks_share_ties_and_sum_up(matrix: np.ndarray) -> None:
    """Mean ranks of k methods lie in 1 to k and sum to k (k + 1) / 2."""
    ranks = average_ranks(matrix)
    methods = matrix.shape[1]
    assert ranks.sum() == pytest.approx(methods * (methods + 1) / 2)
    assert ranks.min() >= 1
    assert ranks.max() <= methods


def test_equal_to_rounding_is_equal() -> None:
    """Scores that differ by less than 1e-9 share a rank."""
    assert tied_ranks(np.array([[0.3, 0.1 + 0.2, 0.2]])).tolist() == [[1.5, 1.5, 3]]


def test_rank_one_is_the_highest_score() -> None:
    """Larger scores rank first."""
    assert average_ranks(np.array([[0.9, 0.8, 0.7]])).tolist() == [1, 2, 3]


def test_holm_by_hand() -> None:
    """Holm's worked order: the smallest times n, the next times n - 1, never decreasing."""
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_is_monotone_and_never_smaller(p_values: list[float]) -> None:
    """Adjusted p-values keep the order, and lie between the raw ones and 1."""
    adjusted = holm(p_values)
    for raw, corrected in zip(p_values, adjusted, strict=True):
        assert raw <= corrected <= 1
    order = np.argsort(p_values, kind="stable")
    assert (np.diff(np.array(adjusted)[order]) >= 0).all()
