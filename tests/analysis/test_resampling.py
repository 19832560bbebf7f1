"""Intervals over problems: of means, of shares, and by the bootstrap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tuners.analysis.resampling import even, mean_with_interval, percentiles, share_with_interval, weights


@given(st.lists(st.floats(0, 1), min_size=3, max_size=12))
def test_shares_have_intervals_within_0_and_1(shares: list[float]) -> None:
    """Around the share, whatever the problems say."""
    share, (low, high) = share_with_interval(shares, ["a"] * len(shares))
    assert 0 <= low <= share <= high <= 1


@given(st.integers(4, 30), st.data())
def test_single_runs_have_clopper_and_pearsons_interval(count: int, data: st.DataObject) -> None:
    """Where each problem is a yes or a no on one dataset, up to the loss of one degree of freedom."""
    yes = data.draw(st.integers(0, count))
    share, interval = share_with_interval([1.0] * yes + [0.0] * (count - yes), ["a"] * count)
    expected = stats.binomtest(yes, count).proportion_ci()
    assert share == pytest.approx(yes / count)
    if yes in {0, count}:
        assert interval == pytest.approx((expected.low, expected.high))
    assert interval == pytest.approx((expected.low, expected.high), abs=0.1)


def test_repeats_are_no_further_problems() -> None:
    """Problems that disagree leave a wide interval, problems that agree a narrow one: of the same share."""
    _, apart = share_with_interval([1.0, 0.0] * 5, ["a"] * 10)
    _, alike = share_with_interval([0.5, 0.45, 0.55, 0.5, 0.5] * 2, ["a"] * 10)
    assert alike[1] - alike[0] < 0.2 * (apart[1] - apart[0])


def test_weights_keep_datasets_equal() -> None:
    """Each resample gives each dataset the same weight, on average each problem its own; too few give none."""
    datasets = ("a", "a", "a", "b", "b")
    drawn = weights(datasets)
    assert drawn is not None
    assert drawn[:, :3].sum(axis=1) == pytest.approx(0.5)
    assert drawn.mean(axis=0) == pytest.approx(even(datasets), abs=0.02)
    assert even(datasets).tolist() == pytest.approx([1 / 6] * 3 + [1 / 4] * 2)
    assert weights(("a", "a")) is None
    assert weights(("a", "b", "c")) is None


def test_infinite_ends_are_no_interval() -> None:
    """As of running times of a target that some resamples never reach."""
    assert percentiles(np.array([1.0] * 90 + [np.inf] * 10)) is None
    assert percentiles(np.arange(1.0, 1001.0)) == pytest.approx((25.5, 975.5), abs=1)


def test_a_mean_of_few_problems_has_no_interval() -> None:
    """Two say next to nothing."""
    mean, interval = mean_with_interval([0.1, 0.2], ["a", "a"])
    assert mean == pytest.approx(0.15)
    assert interval is None
