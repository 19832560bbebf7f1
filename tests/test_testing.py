"""The public contract of tuning methods: a good one passes, and a bad one fails with a line that says why."""

from __future__ import annotations

import pytest

from tests import ROOT
from tuners.testing import TunerContract

GUIDE = ROOT / "docs" / "how-to" / "test-a-tuner.md"
TUNERS = """
import numpy as np
from sklearn.base import clone
from tuners.spaces import distributions
from sklearn.model_selection import ParameterSampler, cross_val_score
from tuners.testing import TunerContract

def good(objective, seed):
    if objective.start is not None:
        objective(objective.start)
    for point in ParameterSampler(distributions(objective.space), 10**6, random_state=seed):
        objective(point)

def overspends(objective, seed):
    points = list(ParameterSampler(distributions(objective.space), 50, random_state=seed))
    scores = [cross_val_score(clone(objective.estimator).set_params(**each), objective.X, objective.y, cv=2).mean()
              for each in points]
    objective(points[int(np.argmax(scores))])

def ignores_the_seed(objective, seed):
    good(objective, 0)

def draws_by_itself(objective, seed):
    good(objective, None)

def starts_where_it_likes(objective, seed):
    for point in ParameterSampler(distributions(objective.space), 10**6, random_state=seed):
        objective(point)

def says_it_draws_nothing(objective, seed):
    good(objective, seed)

says_it_draws_nothing.deterministic = True

def invents(objective, seed):
    objective({"feature": 1, "treshold": 0.5})

TestGood = TunerContract.of(good)
TestOverspends = TunerContract.of(overspends)
TestIgnoresTheSeed = TunerContract.of(ignores_the_seed)
TestDrawsByItself = TunerContract.of(draws_by_itself)
TestInvents = TunerContract.of(invents)
TestStarts = TunerContract.of(starts_where_it_likes)
TestSays = TunerContract.of(says_it_draws_nothing)
"""
BAD = {
    "TestOverspends::test_every_fit_is_counted": "*: the method fits models beside its budget: expected objective(*",
    "TestIgnoresTheSeed::test_other_seed_other_trials": "*two seeds gave the same candidates: the seed is ignored*",
    "TestDrawsByItself::test_same_seed_same_trials": "*one seed gave different candidates: expected all that is *",
    "TestStarts::test_the_start_comes_first": "*expected the method to evaluate objective.start first, where it *",
    "TestSays::test_only_a_deterministic_method_ignores_its_seed": "*two seeds gave different trials: expected a *",
    "TestIgnoresTheSeed::test_only_a_deterministic_method_ignores_its_seed": "*two seeds gave the same trials: *",
    "TestInvents::test_every_point_lies_in_the_space": "*[[]'treshold'[]] are no names of the space: [[]'feature', *",
}


def test_a_good_tuner_passes(pytester: pytest.Pytester) -> None:
    """Each promise is a test, in a project of somebody else's, under `-W error`."""
    pytester.makepyfile(test_mine=TUNERS)
    result = pytester.runpytest_subprocess("-W", "error", "-k", "TestGood", "test_mine.py")
    promises = sum(name.startswith("test_") for name in dir(TunerContract))
    result.assert_outcomes(passed=promises, deselected=6 * promises)


def test_a_bad_tuner_fails_and_is_told_why(pytester: pytest.Pytester) -> None:
    """Fits beside the budget, a seed that is not used, or not alone, names that the space has not."""
    pytester.makepyfile(test_mine=TUNERS)
    result = pytester.runpytest_subprocess(*(f"test_mine.py::{test}" for test in BAD))
    result.assert_outcomes(failed=len(BAD))
    result.stdout.fnmatch_lines([f"E *{said}" for said in BAD.values()])


def test_a_misspelt_attribute_is_refused() -> None:
    """What a method is like is said by known names."""
    with pytest.raises(TypeError, match=r"TunerContract.of: expected some of model, budget, .*, got drows"):
        TunerContract.of("random", drows=False)


def test_the_guide_names_every_attribute_and_promise() -> None:
    """Whatever a method can say of itself is in the guide."""
    text = GUIDE.read_text(encoding="utf-8")
    assert [name for name in TunerContract.attributes() if f"`{name}`" not in text] == []
