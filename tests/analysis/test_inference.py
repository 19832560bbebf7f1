"""Many comparisons at once: means over datasets, step-down tests, intervals that hold together."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from tuners.analysis.inference import Layout, estimate, half_widths, step_down

differences = arrays(float, st.tuples(st.integers(6, 9), st.integers(1, 4)), elements=st.integers(-6, 6).map(float))


def one(problems: int) -> Layout:
    """Return a layout of one dataset."""
    return Layout.of(["wine"] * problems)


@given(differences)
def test_one_comparison_on_one_dataset_has_students_interval(matrix: np.ndarray) -> None:
    """Mean, error and interval are SciPy's of one sample."""
    column = matrix[:, :1]
    found = estimate(column, one(len(column)))
    half = half_widths(column, one(len(column)), found)
    assert half is not None
    assert found.means[0] == pytest.approx(column.mean())
    assert found.errors[0] == pytest.approx(column.std(ddof=1) / math.sqrt(len(column)))
    if column.std():
        interval = stats.ttest_1samp(column[:, 0], 0.0).confidence_interval()
        assert (found.means - half)[0] == pytest.approx(interval.low)


def test_two_datasets_have_welchs_degrees_of_freedom() -> None:
    """The mean of two datasets' means has half of the error, and the freedom, of Welch's test of their difference."""
    first, second = np.array([0.1, 0.4, 0.2, 0.3]), np.array([2.0, 3.0, 5.0, 1.0, 2.0])
    layout = Layout.of(["a"] * 4 + ["b"] * 5)
    found = estimate(np.concatenate([first, second])[:, None], layout)
    welch = stats.ttest_ind(first, second, equal_var=False)
    assert found.means[0] == pytest.approx((first.mean() + second.mean()) / 2)
    assert found.freedom[0] == pytest.approx(welch.df)
    assert found.errors[0] == pytest.approx(abs(first.mean() - second.mean()) / abs(welch.statistic) / 2)


def test_datasets_weigh_equally() -> None:
    """A dataset with more seeds counts no more."""
    layout = Layout.of(["a"] * 2 + ["b"] * 8)
    assert estimate(np.array([1.0] * 2 + [3.0] * 8)[:, None], layout).means.tolist() == [2.0]


def test_half_a_test_row_is_the_least_spread() -> None:
    """Where all agree, the error is that of half a row, and never none."""
    layout = Layout.of(["a"] * 4, {"a": 0.5 / 50})
    assert estimate(np.zeros((4, 1)), layout).errors[0] == pytest.approx(0.01 / 2)
    assert estimate(np.full((4, 1), 0.3), layout).errors[0] == pytest.approx(0.01 / 2)


def test_new_rows_of_a_dataset_vary_more() -> None:
    """The variance of s^2 / J becomes s^2 (1 / J + test / train) (Nadeau and Bengio 2003)."""
    values = np.array([0.1, 0.3, 0.2, 0.6, 0.4])[:, None]
    here, alike = Layout.of(["a"] * 5), Layout.of(["a"] * 5, shares={"a": 0.25})
    deviation = values.std(ddof=1)
    assert estimate(values, here).errors[0] == pytest.approx(deviation * math.sqrt(1 / 5))
    assert estimate(values, alike).errors[0] == pytest.approx(deviation * math.sqrt(1 / 5 + 0.25))


def test_a_dataset_with_one_seed_has_the_others_spread() -> None:
    """Where no dataset has two seeds, there is none to go by."""
    values = np.array([0.1, 0.3, 0.2, 0.9])[:, None]
    found = estimate(values, Layout.of(["a", "a", "a", "b"]))
    assert found.errors[0] == pytest.approx(values[:3].std(ddof=1) * math.sqrt(1 / 3 + 1) / 2)
    assert not np.isfinite(estimate(values, Layout.of(list("abcd"))).errors).any()


@given(differences)
def test_few_problems_are_flipped_in_every_way(matrix: np.ndarray) -> None:
    """The first p is the share of all flips whose greatest |t| is as great; the others follow step by step."""

    def greatest(sign: tuple[int, ...], columns: list[int]) -> float:
        flipped = matrix[:, columns] * np.array(sign)[:, None]
        mean, spread = np.abs(flipped.mean(axis=0)), flipped.std(axis=0, ddof=1)
        return max((m / s if s else math.inf) if m else 0.0 for m, s in zip(mean, spread, strict=True))

    signs = list(itertools.product([1, -1], repeat=len(matrix)))
    found = step_down(matrix, one(len(matrix)))
    plain = (1,) * len(matrix)
    order = sorted(range(matrix.shape[1]), key=lambda column: -greatest(plain, [column]))
    least = 0.0
    for place, column in enumerate(order):
        value = greatest(plain, [column])
        p = np.mean([greatest(sign, order[place:]) >= value * (1 - 1e-9) for sign in signs])
        least = max(least, float(p))
        assert found[column] == pytest.approx(least)


@given(differences, st.floats(0.01, 100))
def test_tests_know_no_unit(matrix: np.ndarray, unit: float) -> None:
    """Percent or points, and whichever method is taken from the other: p is the same."""
    found = step_down(matrix, one(len(matrix)))
    assert step_down(matrix * unit, one(len(matrix))) == pytest.approx(found)
    assert step_down(-matrix, one(len(matrix))) == pytest.approx(found)


@given(st.integers(0, 100), st.integers(1, 4))
def test_step_down_is_no_weaker_than_holm(seed: int, copies: int) -> None:
    """Comparisons that say the same count as one: each has the p of one alone."""
    column = np.random.default_rng(seed).normal(0.5, 1, (8, 1))
    (alone,) = step_down(column, one(8))
    assert step_down(np.repeat(column, copies, axis=1), one(8)) == pytest.approx([alone] * copies)


@given(arrays(float, st.integers(2, 10), elements=st.integers(-8, 8).map(float)))
def test_flips_of_few_problems_are_all_counted(differences: np.ndarray) -> None:
    """The p-value of one comparison is the share of sign patterns whose mean is as far from zero."""
    signs = np.array(np.meshgrid(*[[-1, 1]] * len(differences))).reshape(len(differences), -1)
    expected = np.mean(np.abs(differences @ signs) >= abs(differences.sum()))
    assert step_down(differences[:, None], one(len(differences))) == [pytest.approx(expected)]


def test_one_comparison_keeps_its_level() -> None:
    """Under no difference, p below 0.05 comes in no more than 5 % of samples (binomial bound)."""
    generator = np.random.default_rng(1)
    small = sum(step_down(generator.normal(size=(8, 1)), one(8))[0] < 0.05 for _ in range(400))
    assert small <= stats.binom.ppf(0.999, 400, 0.05)


def test_drawn_flips_repeat_themselves() -> None:
    """With a fixed generator, near the p of all flips; where nothing differs p is 1."""
    column = np.random.default_rng(3).normal(0.4, 1, (20, 2))
    found = step_down(column, one(20))
    assert found == step_down(column, one(20))
    exact = stats.permutation_test((column[:, 0],), np.mean, permutation_type="samples", n_resamples=9_999, rng=0)
    assert step_down(column[:, :1], one(20)) == [pytest.approx(exact.pvalue, abs=0.02)]
    assert step_down(np.zeros((20, 2)), one(20)) == [1.0, 1.0]


def test_intervals_of_a_family_hold_together() -> None:
    """Independent ones are as wide as Sidak's, copies as wide as one alone."""
    generator = np.random.default_rng(0)
    many = generator.normal(size=(400, 4))
    layout = one(400)
    found = estimate(many, layout)
    half = half_widths(many, layout, found)
    assert half is not None
    assert half / found.errors == pytest.approx(stats.norm.ppf(1 - (1 - 0.95**0.25) / 2), abs=0.06)
    same = np.repeat(many[:, :1], 4, axis=1)
    found = estimate(same, layout)
    half = half_widths(same, layout, found)
    assert half is not None
    assert half / found.errors == pytest.approx(stats.norm.ppf(0.975), abs=0.06)


def test_intervals_of_few_problems_hold_together() -> None:
    """In about 95 % of samples, of all pairs of eight methods on three problems, whose covariances are hardly known."""
    layout, generator = one(3), np.random.default_rng(0)
    pairs = np.array(list(itertools.combinations(range(8), 2))).T
    hits = []
    for _ in range(60):
        scores = generator.normal(size=(3, 8))
        pair_differences = scores[:, pairs[0]] - scores[:, pairs[1]]
        found = estimate(pair_differences, layout)
        half = half_widths(pair_differences, layout, found)
        assert half is not None
        hits.append(bool(np.all(np.abs(found.means) <= half)))
    assert np.mean(hits) > 0.85  # 0.67 at a common level


def test_too_few_problems_have_no_interval() -> None:
    """Two say next to nothing of their spread."""
    values = np.array([[0.1], [0.2]])
    assert half_widths(values, one(2), estimate(values, one(2))) is None
