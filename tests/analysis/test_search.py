"""Regret, targets, rates and overtuning of runs with repeats, by known values."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from tests import runs
from tuners.analysis.observed import Scale, Scales
from tuners.analysis.overtuning import Loss, overtuning
from tuners.analysis.rates import beats, endings, wins, worse_than_default
from tuners.analysis.search import TARGETS, Search, _iqm, search
from tuners.analysis.targets import TargetRow, targets
from tuners.results.landmarks import MOST_REGRET, Landmarks, area
from tuners.results.run import Incumbent, Repeat, Run

MARKS = Landmarks(
    1000, 1000, whole=True, optimum=0.9, ties=2, median=0.5, tenth=0.7, hundredth=0.85, oracle=0.95, default=0.6
)


def repeat(*steps: tuple[int, float, float], budget: int = 40, seconds: float = 0.5) -> Repeat:
    """Return a run of incumbents: evaluations spent, cross-validation score, test score."""
    found = tuple(Incumbent(spent - 1, cv, test, float(spent), seconds * spent) for spent, cv, test in steps)
    last = found[-1]
    return Repeat(last.cv_score, last.test_score, found, budget, seconds=seconds * budget)


def cell(tuner: str, *repeats: Repeat, dataset: str = "wine", seed: int = 0, start: str = "cold") -> Run:
    """Return a cell of these repeats, on a problem whose table is whole."""
    record = replace(
        runs.run(tuner, dataset, seed).record, landmarks=MARKS, budget=40, start=start, repeats=len(repeats),
        cv_score=float(np.mean([each.cv_score for each in repeats])), default_test_score=0.6, test_rows=50,
        train_rows=100, test_score=float(np.mean([each.test_score for each in repeats])),
    )  # fmt: skip
    return Run(record, (), repeats[0].incumbents, repeats)


GOOD = repeat((1, 0.5, 0.5), (4, 0.7, 0.8), (10, 0.9, 0.7))
POOR = repeat((1, 0.5, 0.5), (20, 0.7, 0.58))


def searched(*made: Run) -> Search:
    """Return the search figures of runs on problems of the same scale."""
    scale = Scales("optimum", {(run.record.dataset, run.record.seed): Scale(0.9, 0.5) for run in made})
    return search([run.record for run in made], made, scale)


def test_regret_and_area_are_means_over_repeats() -> None:
    """At the end and over the logarithm of the evaluations, as `landmarks` has them."""
    found = searched(*(cell("a", GOOD, POOR, seed=seed) for seed in range(3)))
    (row,) = found.rows
    areas = [area([(1, 1.0), (4, 0.5), (10, 0.0)], 40), area([(1, 1.0), (20, 0.5)], 40)]
    assert (found.optimum, found.horizon, row.problems, row.runs) == ("optimum", 40, 3, 6)
    assert row.regret == pytest.approx(0.25)
    assert row.area == pytest.approx(np.mean(areas))
    assert row.found == 0.5
    assert row.found_interval[0] < 0.5 < row.found_interval[1]


def test_curves_profiles_and_targets_follow_the_incumbents() -> None:
    """What is best holds until something better; at the horizon it is what the runs ended with."""
    found = searched(*(cell("a", GOOD, POOR, seed=seed) for seed in range(3)))
    (curve,), (profile,), (reached,) = found.curves, found.profiles, found.reached
    at = dict(zip(curve.x, curve.mean, strict=True))
    assert (curve.x[0], curve.x[-1]) == (1, 40)
    assert [at[1], at[5], at[40]] == pytest.approx([1.0, 0.75, 0.25])
    assert all(low <= mean <= high for low, mean, high in zip(curve.low, curve.mean, curve.high, strict=True))
    shares = dict(zip(np.round(profile.regrets, 3), profile.share, strict=True))
    assert [shares[0.0], shares[0.475], shares[0.5]] == [0.5, 0.5, 1.0]
    # The good run reaches all targets; the poor one, at regret 0.5, those from 0.5 on.
    assert reached.share[-1] == pytest.approx(0.5 + 0.5 * np.mean(TARGETS >= 0.5))
    assert list(reached.share) == sorted(reached.share)


def test_records_alone_have_regret_and_no_curve() -> None:
    """Without side files it is not known when anything was found."""
    made = [cell("a", GOOD, seed=seed) for seed in range(3)]
    scale = Scales("optimum", {("wine", seed): Scale(0.9, 0.5) for seed in range(3)})
    found = search([run.record for run in made], (), scale)
    assert [(row.regret, row.area) for row in found.rows] == [(0.0, None)]
    assert (found.curves, found.reached) == ((), ())


def test_a_failed_cell_has_the_most_regret() -> None:
    """In each figure of the search, as in the contrasts: who fails on what is hard gains nothing by it."""
    made = [cell("a", GOOD, seed=seed) for seed in range(3)]
    broken = replace(made[2].record, status="failed", cv_score=None, test_score=None, area=None)
    scale = Scales("optimum", {("wine", seed): Scale(0.9, 0.5) for seed in range(3)})
    records = [*(run.record for run in made[:2]), broken]
    for runs_of in (made[:2], [*made[:2], Run(broken, ())]):
        found = search(records, runs_of, scale)
        (row,) = found.rows
        assert (row.problems, row.runs) == (3, 3)
        assert row.regret == pytest.approx(MOST_REGRET / 3)
        assert row.found == pytest.approx(2 / 3)
        assert found.curves[0].mean[-1] == pytest.approx(MOST_REGRET / 3)


@given(st.integers(1, 6), st.data())
def test_interquartile_mean_is_scipys(quarter: int, data: st.DataObject) -> None:
    """A trimmed mean of all runs together, where a quarter of them is a whole number (Agarwal et al. 2021)."""
    values = data.draw(arrays(float, 4 * quarter, elements=st.floats(0, 2, width=16)))
    finals = [[value] for value in values]
    weights = np.full((1, len(values)), 1 / len(values))
    assert _iqm(finals, weights)[0] == pytest.approx(stats.trim_mean(values, 0.25))


def rows(*made: Run) -> dict[str, TargetRow]:
    """Return the rows of one method by target."""
    return {row.target: row for row in targets([run.record for run in made], made)}


def test_running_time_counts_what_failed_runs_spent() -> None:
    """All that was spent over the runs that reached it; the target is the problem's, whoever searches."""
    found = rows(*(cell("a", GOOD, POOR, seed=seed) for seed in range(3)))
    assert (found["hundredth"].reached, found["hundredth"].runs) == (3, 6)
    assert found["hundredth"].evaluations == pytest.approx(10 + 40)
    assert found["hundredth"].seconds == pytest.approx(5 + 20)
    assert found["tenth"].evaluations == pytest.approx((4 + 20) / 2)
    assert found["default"].label == "as good as the default"
    assert found["hundredth"].evaluations_interval == pytest.approx((50, 50))


def test_a_target_that_is_never_reached_has_no_time() -> None:
    """It has the number of runs that tried."""
    found = rows(*(cell("a", POOR, seed=seed) for seed in range(3)))
    assert (found["hundredth"].evaluations, found["hundredth"].reached, found["hundredth"].runs) == (None, 0, 3)


def test_searches_that_begin_with_the_default_must_exceed_it() -> None:
    """All reach its score with their first evaluation, which says nothing of them."""
    begun = repeat((1, 0.6, 0.6), (5, 0.7, 0.6))
    found = rows(*(cell("a", begun, seed=seed, start="default") for seed in range(3)))
    assert (found["default"].label, found["default"].evaluations) == ("better than the default", 5)


def test_what_no_candidate_exceeds_is_no_target() -> None:
    """Where the default is the optimum nothing is better: that problem is left out, and counted nowhere."""
    begun = repeat((1, 0.6, 0.6), (5, 0.7, 0.6))
    made = [cell("a", begun, seed=seed, start="default") for seed in range(3)]
    top = replace(MARKS, optimum=0.6)
    made.append(replace(made[0], record=replace(made[0].record, seed=3, landmarks=top)))
    (row,) = [each for each in targets([run.record for run in made], made) if each.target == "default"]
    assert (row.problems, row.evaluations) == (3, 5)


def test_identical_methods_take_the_same_time() -> None:
    """No method's luck is another's target."""
    made = [cell(tuner, GOOD, POOR, seed=seed) for tuner in "ab" for seed in range(3)]
    found = targets([run.record for run in made], made)
    assert [replace(row, tuner="") for row in found[::2]] == [replace(row, tuner="") for row in found[1::2]]


def test_runs_worse_than_the_default_are_counted() -> None:
    """On the test rows, whose number is said; equal is no worse."""
    equal = repeat((1, 0.5, 0.6))
    (row,) = worse_than_default([cell("a", POOR, equal, GOOD, GOOD, seed=seed) for seed in range(3)])
    assert (row.worse, row.runs, row.problems, row.test_rows) == (3, 12, 3, (50, 50))
    assert row.share == 0.25
    assert 0 <= row.interval[0] < 0.25 < row.interval[1] <= 1


@given(arrays(float, st.integers(1, 6), elements=st.integers(0, 4).map(float)), st.data())
def test_the_chance_to_beat_is_mann_whitneys(one: np.ndarray, data: st.DataObject) -> None:
    """U over the number of pairs; the chances of both sides add up to 1."""
    other = data.draw(arrays(float, st.integers(1, 6), elements=st.integers(0, 4).map(float)))
    assert beats(one, other) == pytest.approx(stats.mannwhitneyu(one, other).statistic / len(one) / len(other))
    assert beats(one, other) + beats(other, one) == pytest.approx(1)


def test_wins_are_of_runs_on_the_same_problem() -> None:
    """Each pair both ways; records without side files count with their mean."""
    made = [cell("a", GOOD, seed=seed) for seed in range(3)] + [cell("b", POOR, GOOD, seed=seed) for seed in range(3)]
    found = {(row.tuner, row.other): row for row in wins(made)}
    assert found["a", "b"].share == pytest.approx(0.75)
    assert found["b", "a"].interval == pytest.approx(tuple(1 - end for end in found["a", "b"].interval[::-1]))
    assert wins(endings((), [run.record for run in made]))[0].share == 1


def test_overtuning_is_relative_to_what_was_gained() -> None:
    """The good run ends 0.1 below its best on the test rows, a third of the 0.3 that it had gained (Schneider 2025)."""
    loss = Loss.of(GOOD.incumbents)
    assert loss is not None
    assert [loss.overtuning, loss.relative] == pytest.approx([0.1, 1 / 3])
    assert not loss.severe
    worse = Loss.of(repeat((1, 0.5, 0.6), (3, 0.6, 0.5)).incumbents)
    assert worse is not None
    assert (worse.relative, worse.severe) == (math.inf, True)
    (row,) = overtuning([cell("a", GOOD, POOR, seed=seed) for seed in range(3)])
    assert (row.runs, row.overtuned, row.test_rows) == (6, 3, (50, 50))
    assert row.mean == pytest.approx(0.05)
    assert row.relative == pytest.approx(1 / 6)
    assert row.oracle == pytest.approx(0.95 - (0.7 + 0.58) / 2)
