"""Collection: which cells there are, by which ids, and what is refused before anything is measured."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.bench import BENCHMARKS, CHEAP, run


def test_test_ids(bench: pytest.Pytester) -> None:
    """Ids are MODEL-DATASET-TUNER-SEED, and -k chooses by them."""
    result = run(bench, "--collect-only", "-q", "-k", "random-1")
    result.stdout.fnmatch_lines(["test_tuning.py::test_tuning[[]tree-iris-random-1[]]", "1/4 tests collected*"])


def test_a_plugin_that_is_not_used_is_silent(pytester: pytest.Pytester) -> None:
    """Other people's sessions see neither header nor table."""
    pytester.makepyfile("def test_nothing():\n    pass\n")
    result = pytester.runpytest_inprocess("-p", "tuners.plugin")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*tuning*")


def test_collection_loads_no_heavy_library() -> None:
    """`import tuners` and --collect-only import none of TensorFlow, TPOT, hyperopt and scikit-learn."""
    code = (
        "import sys, pytest; "
        f"pytest.main(['--collect-only', '-q', '-p', 'tuners.plugin', {str(BENCHMARKS)!r}]); "
        "heavy = {'tensorflow', 'keras', 'tpot', 'dask', 'hyperopt', 'sklearn', 'pandas'} & set(sys.modules); "
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "test_tuning[forest-wine-genetic-1]" in done.stdout


def test_forest_cells_never_load_tensorflow(bench: pytest.Pytester) -> None:
    """Who compares forest tuners does not wait for TensorFlow, nor for TPOT if it is not asked for."""
    bench.makepyfile(
        test_after="""
        import sys

        def test_after():
            assert not {'tensorflow', 'tpot', 'hyperopt'} & set(sys.modules)
        """
    )
    result = bench.runpytest_subprocess(
        "-p", "tuners.plugin", *CHEAP, "--tuning-models=forest", "--tuning-seeds=1", "test_tuning.py", "test_after.py"
    )
    result.assert_outcomes(passed=3)


def test_wrong_marks_are_refused(bench: pytest.Pytester) -> None:
    """A misspelt keyword of the mark is an error, not another comparison."""
    bench.makepyfile(
        test_mine="""
        import pytest

        @pytest.mark.tuning(model=["forest"])
        def test_mine(tune, tuner, problem):
            tune(tuner, problem)
        """
    )
    result = run(bench, "test_mine.py")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["@pytest.mark.tuning of test_mine: expected models=[[]...[]] or *, got model"])


def test_one_cell_in_two_tests_is_refused(bench: pytest.Pytester) -> None:
    """Two tests that measure the same cell would be averaged: a usage error names it."""
    bench.makepyfile(test_again=BENCHMARKS.read_text())
    result = run(bench)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: two tests measure tree-iris-*: choose one of them *"])


def test_two_models_of_one_name_are_refused(bench: pytest.Pytester) -> None:
    """The later would silently replace the earlier."""
    text = """
        import pytest, tuners
        from sklearn.tree import DecisionTreeClassifier

        @pytest.mark.tuning(models=[tuners.Model("tree", DecisionTreeClassifier(), {"max_depth": [1]})])
        def test_mine(tune, tuner, problem):
            tune(tuner, problem)
        """
    bench.makepyfile(test_mine=text, test_other=text)
    result = run(bench, "test_mine.py", "test_other.py")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["two models are both named 'tree': give one another name"])


@pytest.mark.parametrize("name", ["forest", "my model"])
def test_a_name_that_cannot_be_registered_is_a_usage_error(bench: pytest.Pytester, name: str) -> None:
    """A model of the user's own may not take a name that the session compares, nor one that breaks test ids."""
    bench.makepyfile(
        test_mine=f"""
        import pytest, tuners
        from sklearn.tree import DecisionTreeClassifier

        @pytest.mark.tuning(models=[tuners.Model({name!r}, DecisionTreeClassifier(), {{"max_depth": [1]}})])
        def test_mine(tune, tuner, problem):
            tune(tuner, problem)
        """
    )
    result = run(bench, "test_mine.py", "--tuning-models=forest")
    assert result.ret in {pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERRUPTED}
    result.stdout.fnmatch_lines([f"*model {name!r}*"])
    result.stdout.no_fnmatch_line("*tuners/registry.py*")
