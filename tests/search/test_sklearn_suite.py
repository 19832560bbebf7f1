"""scikit-learn's own tests of its searches, with the shared classes in the place of its own.

`test_search.py` is run whole. `test_successive_halving.py` uses neither class; of `test_common.py`, the checks of
every estimator apply.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.utils._test_common.instance_generator import INIT_PARAMS, PER_ESTIMATOR_XFAIL_CHECKS
from sklearn.utils.estimator_checks import parametrize_with_checks

from tests import ROOT
from tuners.search import SharedGridSearchCV, SharedRandomizedSearchCV

PLUGIN = "tests.search.shared_in_place"
SUITE = "sklearn.model_selection.tests.test_search"
LEAST = 100
"""Tests that must have passed: a suite that shrinks to a few would say little."""
SHARED = {SharedGridSearchCV: GridSearchCV, SharedRandomizedSearchCV: RandomizedSearchCV}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_scikit_learns_tests_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every test of scikit-learn's searches that can pass with an attribute more does; takes half a minute."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    # Only pytest itself: plugins installed here, and their options, are no part of scikit-learn's suite.
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": os.pathsep.join(paths)}
    environment.pop("PYTEST_ADDOPTS", None)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    options = ("-c", "pytest.ini", "-p", "no:cacheprovider", "-p", PLUGIN, "-q", "--tb=short", "-W", "ignore")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--pyargs", SUITE],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr
    with capsys.disabled():
        print(f"\nscikit-learn's tests of its searches, shared ones in place: {last}")  # noqa: T201  says how many ran
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", last)
    assert passed is not None, last
    assert int(passed[1]) >= LEAST, last
    assert "failed" not in last


@pytest.mark.filterwarnings("ignore:The total space of parameters:UserWarning")
@pytest.mark.parametrize("search", SHARED)
def test_no_folds_are_said_as_scikit_learn_says_it(search: Any) -> None:
    """An iterator of folds that is empty is a ValueError, with scikit-learn's words."""
    forest = RandomForestClassifier(random_state=0)
    with pytest.raises(ValueError, match="No fits were performed. Was the CV iterator empty"):
        search(forest, {"n_estimators": [2, 3]}, cv=iter([])).fit([[0.0], [1.0]] * 4, [0, 1] * 4)


def _expected_failures(search: Any) -> dict[str, str]:
    known: dict[str, str] = PER_ESTIMATOR_XFAIL_CHECKS.get(SHARED[type(search)], {})
    return known


def _searches() -> list[Any]:
    # The first of scikit-learn's instances of each: all take minutes.
    return [shared(**INIT_PARAMS[own][0]) for shared, own in SHARED.items()]


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(_searches(), expected_failed_checks=_expected_failures)  # type: ignore[untyped-decorator]  # scikit-learn is untyped
def test_checks_of_every_estimator(estimator: Any, check: Any) -> None:
    """What scikit-learn checks of each of its estimators holds for the shared searches, too."""
    check(estimator)
