"""The gate's arithmetic on scores: estimates, p-values, and how often they are wrong."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tuners.analysis.stratified import Differences

Draw = Callable[[np.random.Generator, tuple[int, int]], np.ndarray]
VALUES = st.integers(-400, 400).map(lambda number: number / 400)
DATASET = st.lists(VALUES, min_size=2, max_size=8).map(np.array)
DATASETS = st.lists(DATASET, min_size=1, max_size=5).map(tuple)


def of(*values: np.ndarray, floor: float = 1e-3) -> Differences:
    """Return differences with one floor for every dataset."""
    return Differences(values, (floor,) * len(values))


@given(DATASET)
def test_one_dataset_is_students_t(values: np.ndarray) -> None:
    """Error and interval are Student's; the p-value is never less cautious than his."""
    found = of(values, floor=0.0).overall
    assert found.mean == pytest.approx(values.mean(), abs=1e-12)
    if values.std() > 1e-6:
        expected = stats.ttest_1samp(values, 0, alternative="less")
        assert found.below() >= expected.pvalue - 1e-9
        assert found.interval(0.05) == pytest.approx(tuple(expected_interval(values)), abs=1e-9)


def expected_interval(values: np.ndarray) -> tuple[float, float]:
    """Return Student's two-sided interval at 95 %."""
    low, high = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    return float(low), float(high)


@given(DATASET, DATASET)
def test_two_datasets_are_welchs_t(one: np.ndarray, other: np.ndarray) -> None:
    """The mean of two is half the difference of one and the other turned: same error and freedom as Welch's test."""
    found = of(one, other, floor=0.0).overall
    if min(one.std(), other.std()) > 1e-6:
        expected = stats.ttest_ind(one, -other, equal_var=False)
        assert found.mean / found.error == pytest.approx(expected.statistic, abs=1e-9)
        assert found.freedom == pytest.approx(expected.df)


@given(DATASETS)
def test_datasets_weigh_equally(values: tuple[np.ndarray, ...]) -> None:
    """However many problems each has."""
    assert of(*values).overall.mean == pytest.approx(np.mean([each.mean() for each in values]), abs=1e-12)


@given(DATASETS, st.floats(0, 1))
def test_a_larger_drop_is_never_less_sure(values: tuple[np.ndarray, ...], more: float) -> None:
    """A method that becomes worse by the same everywhere is found the more surely."""
    differences = of(*values)
    lower = differences.shifted([-more] * len(values))
    assert lower.drop().p_value <= differences.drop().p_value + 1e-12
    assert lower.turned().overall.below() >= differences.turned().overall.below() - 1e-12


@given(DATASETS)
def test_below_and_above_do_not_both_hold(values: tuple[np.ndarray, ...]) -> None:
    """A mean is not shown to lie on both sides of 0."""
    differences = of(*values)
    assert differences.overall.below() + differences.turned().overall.below() >= 1 - 1e-9


def test_no_spread_is_not_certainty() -> None:
    """Problems that agree by chance have the spread that half a row makes."""
    agreed = np.full(5, -1 / 120)
    sure, believed = of(agreed, floor=1e-12), of(agreed, floor=0.5 / 120)
    assert sure.drop().p_value < 1e-6
    assert believed.drop().p_value > 1e-3


def test_a_collapse_on_one_dataset_shows() -> None:
    """Gains on others do not make up for it, and its place is told."""
    rng = np.random.default_rng(0)
    others = [rng.normal(0.2, 0.03, 5) for _ in range(3)]
    found = of(*others, rng.normal(-0.6, 0.03, 5)).drop()
    assert found.p_value < 0.01
    assert found.dataset == 3
    assert of(*others, rng.normal(0, 0.03, 5)).drop().p_value > 0.5


def test_one_problem_of_each_dataset() -> None:
    """Datasets are the replicates then; no dataset is judged by itself; of one problem alone nothing is known."""
    single = [np.array([value]) for value in (-0.02, -0.03, -0.01, -0.02)]
    found = of(*single)
    assert found.drop().p_value == pytest.approx(
        max(found.overall.below(), stats.ttest_1samp(np.concatenate(single), 0, alternative="less").pvalue) / 0.8
    )
    assert found.drop().dataset is None
    assert of(single[0]).drop().p_value == 1.0
    assert np.isnan(of(single[0]).reach(0.05))


def test_a_dataset_of_one_problem_varies_as_the_others() -> None:
    """Its own spread is unknown, and not none."""
    rng = np.random.default_rng(0)
    varied = [rng.normal(-0.05, 0.02, 6) for _ in range(2)]
    found = of(*varied, np.array([-0.05])).overall
    pooled = np.mean([each.var(ddof=1) for each in varied])
    own = sum(each.var(ddof=1) / 6 for each in varied)
    assert found.error == pytest.approx(np.sqrt(own + pooled) / 3)


@pytest.mark.parametrize(
    ("draw", "most"),
    [
        (lambda rng, shape: rng.normal(size=shape), 0.055),
        (lambda rng, shape: rng.choice([-1.0, 0, 1], shape, p=[0.1, 0.8, 0.1]), 0.055),
        pytest.param(
            lambda rng, shape: 5 * (rng.random(shape) < 0.1) * rng.choice([-1.0, 1], shape),
            0.055,
            marks=pytest.mark.slow,
        ),
        pytest.param(lambda rng, shape: 1 - rng.exponential(size=shape), 0.055, marks=pytest.mark.slow),
        # Student's t alone has 8 and 7 % here, and sign flips 19 to 28.
        (lambda rng, shape: rng.exponential(size=shape) - 1, 0.08),
        pytest.param(lambda rng, shape: (rng.chisquare(4, size=shape) - 4) / 2, 0.08, marks=pytest.mark.slow),
    ],
    ids=["normal", "rows", "rare", "skewed down", "skewed up", "slightly skewed up"],
)
def test_false_alarms(draw: Draw, most: float) -> None:
    """Nothing is there, and 5 % are asked for: symmetric differences keep it, and skewed ones nearly."""
    rng = np.random.default_rng(0)
    p_values = [of(*draw(rng, (4, 5)), floor=0.3).drop().p_value for _ in range(3_000)]
    assert np.mean(np.array(p_values) < 0.05) <= most


def test_what_a_design_reaches_is_found_in_8_of_10() -> None:
    """The reach is what the power line promises."""
    rng = np.random.default_rng(0)
    samples = rng.normal(size=(1_000, 4, 8))
    reach = np.mean([of(*each).reach(0.05) for each in samples])
    assert 0.75 < np.mean([of(*(each - reach)).drop().p_value < 0.05 for each in samples]) < 0.87


def test_problems_needed() -> None:
    """Twice as far from a limit, a quarter of the problems do; at the limit, no number does."""
    differences = of(np.random.default_rng(0).normal(0, 0.02, 10))
    near, far = differences.more_problems(0.01, 0.05), differences.more_problems(0.02, 0.05)
    assert near == pytest.approx(4 * far)
    assert differences.more_problems(0.0, 0.05) == float("inf")
