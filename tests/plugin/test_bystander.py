"""A project without a test that asks for `tune`: output, exit code and files are as without the plugin."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tuners.gate.judge  # noqa: F401  NumPy, which it loads, cannot be loaded twice by sessions in this process

PROJECT = """
import itertools
import pytest

# Each look at the clock takes a millisecond: the figures of two sessions have the same units.
CLOCK = itertools.count()

@pytest.fixture
def tune():
    "A fixture of the project's own, which happens to have the name of ours."
    return lambda value: value

@pytest.fixture(params=["one", "two"])
def tuner(request):
    return request.param

@pytest.mark.benchmark(timer=lambda: next(CLOCK) / 1000)
@pytest.mark.parametrize("size", [1, 2])
def test_speed(benchmark, size):
    benchmark.extra_info["schema"] = 1
    benchmark.pedantic(sum, args=(range(size),), rounds=2)

def test_own(tune, tuner):
    assert tune(tuner) == tuner

def test_that_fails():
    assert 1 == 2
"""
CONFTEST = """
def pytest_benchmark_generate_machine_info():
    return {"node": "here", "cpu": {"brand_raw": "of no matter"}}
"""
ALIKE = ("-p", "no:metadata", "-p", "no:html", "-W", "ignore::pytest.PytestAssertRewriteWarning")
"""Other plugins list the plugins that are there, and this process has loaded ours already."""
SAVED = "--benchmark-save=before"
CASES: dict[str, tuple[tuple[str, ...], ...]] = {
    "plain": ((),),
    "quiet": (("-q",),),
    "verbose": (("-v", "--benchmark-verbose"),),
    "save": ((SAVED,), (SAVED, "--benchmark-save-data")),
    "autosave": (("--benchmark-autosave",),),
    "json": (("--benchmark-json=out.json",),),
    "compare": ((SAVED,), ("--benchmark-compare", "--benchmark-group-by=param:size")),
    "compare with nothing": (("--benchmark-compare",),),
    "compare with a name that is not there": (("--benchmark-compare=other",),),
    "compare with a damaged run": ((SAVED,), ("damaged",), ("--benchmark-compare",), ("--benchmark-compare=0001",)),
    "compare and fail": ((SAVED,), ("faster",), ("--benchmark-compare", "--benchmark-compare-fail=mean:5%")),
    "fail without a comparison": (("--benchmark-compare-fail=mean:5%",),),
    "columns": (("--benchmark-columns=min,rounds", "--benchmark-sort=name"),),
    "profile": (("--benchmark-cprofile=ncalls", "-k", "speed"),),
    "only": (("--benchmark-only",),),
    "skip": (("--benchmark-skip",),),
    "disable": (("--benchmark-disable", SAVED),),
    "without pytest-benchmark": (("-p", "no:benchmark", "-k", "own"),),
    "no tests": (("-k", "nothing"),),
    "collection": (("--collect-only", "-q"), ("--collect-only", "--benchmark-compare")),
    "last failed": ((), ("--lf", "-x")),
    "no such file": (("missing.py",),),
}


def _run(pytester: pytest.Pytester, folder: Path, plugin: str, sessions: tuple[tuple[str, ...], ...]) -> list[object]:
    """Return what sessions in a folder of their own said, how they ended, and which files they left."""
    (folder / "test_project.py").write_text(PROJECT)
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "pytest.ini").write_text("[pytest]\n")
    found: list[object] = []
    for arguments in sessions:
        if arguments == ("damaged",):
            next(folder.glob(".benchmarks/*/0001_before.json")).write_text('{"benchmarks": [')
        elif arguments == ("faster",):
            path = next(folder.glob(".benchmarks/*/0001_before.json"))
            path.write_text(path.read_text().replace(": 0.00", ": 0.0000"))
        else:
            result = pytester.runpytest_inprocess("-p", plugin, *ALIKE, *arguments)
            found += [result.ret, *map(_timeless, result.outlines), *map(_timeless, result.errlines)]
    files = {_timeless(str(path.relative_to(folder))) for path in folder.rglob("*") if "__pycache__" not in path.parts}
    return [*found, files]


def _timeless(line: str) -> str:
    """Blot out figures, folders, the list of plugins, and the width of what held figures."""
    line = re.sub(r"^plugins: .*", "plugins", line)
    line = re.sub(r"-p (no:)?tuners\.plugin|\b(beside|alone)\b", "", line)
    return re.sub(r"[-=_ ]+", " ", re.sub(r"[\d.,+]+|\b[num]?s\b|[0-9a-f]{40}", "#", line))


def _unordered(line: str) -> str:
    """Blot out, too, in which order workers end their tests."""
    return _timeless(re.sub(r"^[.F]+(?= +\[)", lambda letters: "".join(sorted(letters[0])), line))


@pytest.mark.parametrize("case", CASES)
def test_the_plugin_changes_nothing(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    """Whatever is asked of pytest-benchmark, a session without tuning tests is the same beside the plugin."""
    seen = []
    for name, plugin in (("beside", "tuners.plugin"), ("alone", "no:tuners.plugin")):
        folder = pytester.path / name
        folder.mkdir()
        monkeypatch.chdir(folder)
        seen.append(_run(pytester, folder, plugin, CASES[case]))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=pytest.mark.slow)])
def test_the_plugin_changes_nothing_under_xdist(pytester: pytest.Pytester, workers: str) -> None:
    """With workers, too: nothing is written, nothing is said."""
    pytest.importorskip("xdist", reason="pip install pytest-xdist")
    pytester.makepyfile(test_project=PROJECT)
    seen = []
    for plugin in ("tuners.plugin", "no:tuners.plugin"):
        result = pytester.runpytest_subprocess("-p", plugin, "-n", workers, "--benchmark-compare", SAVED, "-q")
        # Each worker may say the same.
        seen.append((result.ret, {*map(_unordered, result.outlines)}, {*map(_timeless, result.errlines)}))
        assert not (pytester.path / ".tuning").exists()
    assert seen[0] == seen[1]


def test_ini_options_wait_for_a_tuning_test(pytester: pytest.Pytester) -> None:
    """An ini file's options bother no session but one that measures: there, a bad one is a usage error."""
    pytester.makeini("[pytest]\ntuning_seeds = none\ntuning_fail = score:1%\ntuning_resume = true\n")
    pytester.makepyfile(test_other="def test_other():\n    pass\n")
    assert pytester.runpytest_inprocess("-p", "tuners.plugin").ret == pytest.ExitCode.OK
    pytester.makepyfile(test_mine="def test_mine(tune, tuner, problem):\n    tune(tuner, problem)\n")
    result = pytester.runpytest_inprocess("-p", "tuners.plugin")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --tuning-seeds: expected a number of seeds*got 'none'"])
    result = pytester.runpytest_inprocess("-p", "tuners.plugin", "--tuning-seeds=1")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --tuning-fail: expected a run to compare with, got none: *"])


@pytest.mark.parametrize("option", ["--tuning-seeds=none", "--tuning-preset=fast", "--tuning-fail=score:1%"])
def test_a_bad_option_is_refused_without_a_tuning_test(pytester: pytest.Pytester, option: str) -> None:
    """What is given on the command line is meant."""
    pytester.makepyfile("def test_other():\n    pass\n")
    result = pytester.runpytest_inprocess("-p", "tuners.plugin", option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *"])
    assert "Traceback" not in result.stderr.str()


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["here", "in a worker"])
def test_who_gets_tune_by_its_name_asks_for_it(pytester: pytest.Pytester, workers: tuple[str, ...]) -> None:
    """A test may get the fixture while it runs: its cell is in a table, too."""
    if workers:
        pytest.importorskip("xdist", reason="pip install pytest-xdist")
    pytester.makepyfile(
        """
        from sklearn.datasets import load_iris
        from sklearn.tree import DecisionTreeClassifier
        from tuners import Dataset, Model
        from tuners.task.problem import Problem
        from tuners.task.protocol import Protocol

        def test_late(request):
            model = Model("tree", DecisionTreeClassifier(), {"max_depth": (1, 6)})
            problem = Problem(model, Dataset("flowers", *load_iris(return_X_y=True)), 0, Protocol())
            request.getfixturevalue("tune")("default", problem)
        """
    )
    result = pytester.runpytest_subprocess("-p", "tuners.plugin", *workers)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*evaluation of tuning methods*", "tree on flowers  verdict*"])


def test_a_fixture_of_ones_own_may_be_made_of_tune(pytester: pytest.Pytester) -> None:
    """One that hides ours is none of ours; one that is made of it is."""
    pytester.makeconftest("import pytest\n\n@pytest.fixture\ndef tune(tune):\n    return tune\n")
    pytester.makepyfile("def test_mine(tune, tuner, problem):\n    tune(tuner, problem)\n")
    result = pytester.runpytest_inprocess("-p", "tuners.plugin", "--collect-only", "--tuning-seeds=1")
    result.stdout.fnmatch_lines(["tuning: preset quick, * cells: *"])
