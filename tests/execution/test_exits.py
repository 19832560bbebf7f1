"""What would end an interpreter, raised by a user's code, is a failed cell; the others run."""

from __future__ import annotations

import asyncio
import math

import pytest

from tests.bench import PLAIN
from tests.estimators import Stump
from tuners import Budget, Model, Objective, Problem, Protocol
from tuners.catalog import DATASETS, TUNERS
from tuners.execution.here import measure

SUITE = """
import asyncio, sys
import pytest, tuners
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier
from tuners import Model

class Custom(BaseException):
    pass

LEAVE = {
    "exit": lambda: sys.exit("no licence"),
    "cancelled": lambda: (_ for _ in ()).throw(asyncio.CancelledError()),
    "generator": lambda: (_ for _ in ()).throw(Custom("of its own")),
}

class Leaves(DecisionTreeClassifier):
    def __init__(self, how="exit", max_depth=None):
        super().__init__(max_depth=max_depth)
        self.how = how

    def fit(self, X, y):
        LEAVE[self.how]()

class LeavesLate(Leaves):
    def fit(self, X, y):
        return DecisionTreeClassifier.fit(self, X, y)

    def predict(self, X):
        LEAVE[self.how]()

SPACE = {"max_depth": (1, 5)}
MODELS = [
    Model("tree", DecisionTreeClassifier(), SPACE),
    *(Model("fit_" + how, Leaves(how), SPACE) for how in LEAVE),
    *(Model("predict_" + how, LeavesLate(how), SPACE) for how in LEAVE),
]

@tuners.tuner
def leaving(objective, seed):
    objective({"max_depth": 2})
    LEAVE[("exit", "cancelled", "generator")[seed % 3]]()

@pytest.mark.tuning(models=MODELS, datasets=["iris"])
def test_models(tune, tuner, problem):
    tune(tuner, problem)
"""
LOADER = """
import sys
import tuners
from tuners.catalog import DATASETS

DATASETS.register("gone", lambda path: sys.exit("no licence for the data"))
"""


@pytest.mark.parametrize("isolated", [pytest.param((), marks=pytest.mark.slow), ("--tuning-isolate",)])
def test_estimators_and_tuners_that_leave_are_failed_cells(
    pytester: pytest.Pytester, isolated: tuple[str, ...]
) -> None:
    """Fits, predictions and tuners: each cell has its reason, the good model is measured, all are saved."""
    pytester.makepyfile(test_leaving=SUITE)
    result = pytester.runpytest_subprocess(
        "-p",
        "tuners.plugin",
        *PLAIN,
        "--tuning-tuners=default,leaving",
        "--tuning-seeds=1",
        "--benchmark-save=x",
        *isolated,
    )
    result.assert_outcomes(passed=1, failed=13)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    text = result.stdout.str() + result.stderr.str()
    assert "INTERNALERROR" not in text
    assert "Traceback" not in text
    result.stdout.fnmatch_lines_random(
        [
            "tree-iris-leaving-0: CancelledError",
            "fit_exit-iris-default-0: the run cannot begin: *SystemExit: no licence",
            "fit_cancelled-iris-leaving-0: the run cannot begin: *CancelledError",
            "predict_generator-iris-default-0: the run cannot begin: *Custom: of its own",
        ]
    )


def test_a_loader_that_leaves_is_a_failed_cell(pytester: pytest.Pytester) -> None:
    """The other dataset is measured."""
    pytester.makeconftest(LOADER)
    pytester.makepyfile(
        test_loading="""
        import pytest
        from tests.estimators import stump

        @pytest.mark.tuning(models=[stump()])
        def test_stumps(tune, tuner, problem):
            tune(tuner, problem)
        """
    )
    result = pytester.runpytest_inprocess(
        "-p", "tuners.plugin", *PLAIN, "--tuning-tuners=default", "--tuning-seeds=1", "--tuning-datasets=gone,iris"
    )
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["stump-gone-default-0: cannot be loaded: SystemExit: no licence for the data"])


class Leaves(Stump):
    """Leaves the interpreter above a threshold."""

    def fit(self, X: object, y: object) -> Stump:
        """Leave, or fit."""
        if self.threshold > 0.55:
            raise asyncio.CancelledError
        return super().fit(X, y)


def leaves() -> Problem:
    """Return a problem of which nearly half of the candidates leave."""
    model = Model("leaves", Leaves(), {"feature": [0, 1, 2, 3], "threshold": (0.0, 1.0)})
    return Problem(model, DATASETS.load("iris")(None), 0, Protocol(folds=2))


def test_a_candidate_that_leaves_is_a_failed_trial() -> None:
    """As one that raises; the search goes on."""
    mine = Objective(leaves(), "mine", Budget(5))
    assert math.isnan(mine({"threshold": 0.9}))
    assert mine({"threshold": 0.1}) > 0
    assert [trial.reason for trial in mine.trials] == ["CancelledError", ""]


@pytest.mark.parametrize("tuner", ["random", "bayesian", "genetic"])
def test_no_search_hangs_on_a_candidate_that_leaves(tuner: str) -> None:
    """Whatever the library makes of it, the run ends, with trials, or with the reason."""
    run = measure(tuner, TUNERS.load(tuner), leaves(), Budget(8, seconds=60))
    record = run.record
    assert record.status == "ok" or record.reason == "CancelledError"
    assert not record.timed_out
