"""Tests and models of a user's own, and what is wrong with them, in one line each."""

from __future__ import annotations

import re

import pytest

from tests.bench import run


def test_a_failing_assertion_after_a_good_run_fails(bench: pytest.Pytester) -> None:
    """A user's own assertion is reported as pytest does, and the run is in the table."""
    bench.makepyfile(
        test_mine="""
        def test_mine(tune, tuner, problem):
            assert tune(tuner, problem).record.test_score > 1
        """
    )
    for verbosity in ((), ("-v",), ("-p", "no:benchmark")):
        result = run(bench, "test_mine.py", "--tuning-seeds=1", *verbosity)
        result.assert_outcomes(failed=2)
        result.stdout.fnmatch_lines(["E *assert *", "FAILED test_mine.py*", "default *"])


@pytest.mark.parametrize(
    ("test", "message"),
    [
        ("def test_mine(problem): pass", "the fixture 'problem' is for tests that ask for 'tune', too"),
        ("def test_mine(tuner): pass", "the fixture 'tuner' is for tests that ask for 'tune', too"),
        (
            "def test_mine(tune, tuner, problem):\n    tune(tuner, problem)\n    tune(tuner, problem)",
            "tune was called twice in one test: parametrize the test instead, one run in each",
        ),
        (
            "import functools\ndef test_mine(tune, tuner, problem):\n    tune(functools.partial(print), problem)",
            "tune: expected a tuner's name or a function, got functools.partial(*): give it a name with def",
        ),
    ],
)
def test_misused_fixtures_say_so(bench: pytest.Pytester, test: str, message: str) -> None:
    """One line each."""
    bench.makepyfile(test_mine=test)
    result = run(bench, "test_mine.py", "-W", "ignore:Benchmark fixture was not used")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    pytest.LineMatcher([re.sub(r"^E +", "", line) for line in result.outlines]).fnmatch_lines([message])
    result.stdout.no_fnmatch_line("*tuners/plugin/tune.py*")


def test_a_broken_estimator_is_a_failed_cell(bench: pytest.Pytester) -> None:
    """A user's estimator that cannot be fitted fails its cells in one line, and the session goes on."""
    bench.makepyfile(
        test_mine="""
        import pytest, tuners
        from sklearn.base import BaseEstimator, ClassifierMixin

        class Broken(ClassifierMixin, BaseEstimator):
            def __init__(self, a=1):
                self.a = a
            def fit(self, X, y):
                raise RuntimeError("out of order")

        @pytest.mark.tuning(models=[tuners.Model("broken", Broken(), {"a": [1, 2]})])
        def test_mine(tune, tuner, problem):
            tune(tuner, problem)
        """
    )
    result = run(bench, "test_mine.py", "--tuning-seeds=1")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        ["- failed: broken-iris-default-0 and 1 more: the run cannot begin: RuntimeError: out of order"]
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_wrong_hyperparameter_name_is_one_line(bench: pytest.Pytester) -> None:
    """A model whose space names what the estimator lacks, made in a test, fails it in one line."""
    bench.makepyfile(
        test_mine="""
        import tuners
        from sklearn.tree import DecisionTreeClassifier

        def test_mine(tune):
            tuners.Model("tree", DecisionTreeClassifier(), {"depth": [1, 2]})
        """
    )
    result = run(bench, "test_mine.py", "-W", "ignore:Benchmark fixture was not used")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["model 'tree': DecisionTreeClassifier has no hyperparameter 'depth': it has *"])
    result.stdout.no_fnmatch_line("*tuners/model.py*")
