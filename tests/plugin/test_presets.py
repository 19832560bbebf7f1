"""Presets: what stands in for a model stands in for no method, and the other way round."""

from __future__ import annotations

import pytest
import sklearn.tree  # noqa: F401  a session within this process would load it and drop it again

from tests import ROOT

BENCHMARKS = ROOT / "benchmarks" / "test_tuning.py"
CONFTEST = """
import tuners
from sklearn.tree import DecisionTreeClassifier

@tuners.tuner
def forest(objective, seed):
    objective({"n_estimators": 3})

tuners.register_model(tuners.Model("grid", DecisionTreeClassifier(), {"max_depth": [1, 2]}))
"""
ARTICLE = ("--tuning-preset=article", "--tuning-datasets=iris", "--tuning-budget=1", "--tuning-seeds=1")


@pytest.mark.parametrize(("model", "tuner"), [("forest", "forest"), ("grid", "default")])
def test_names_of_models_and_tuners_are_apart(pytester: pytest.Pytester, model: str, tuner: str) -> None:
    """A user's tuner may be named as a model that the preset replaces, and a user's model as a method."""
    pytester.makepyfile(test_tuning=BENCHMARKS.read_text())
    pytester.makeconftest(CONFTEST)
    chosen = (f"--tuning-models={model}", f"--tuning-tuners={tuner}")
    result = pytester.runpytest_inprocess("-p", "tuners.plugin", *ARTICLE, *chosen)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"[[]1/1] {model}-iris-{tuner}-0 ok (test 0.*, CV 0.*, 1 evaluations, * s)"])
