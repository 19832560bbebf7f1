"""Other people's plugins and pytest-benchmark's own options, in use beside a comparison."""

from __future__ import annotations

import importlib.util
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sklearn.tree  # noqa: F401  NumPy, which it loads, cannot be loaded twice by sessions in this process

from tests import forked
from tests.bench import PLAIN
from tuners.store import journal_contents

SUITE = """
import pytest
from sklearn.datasets import load_iris, load_wine
from sklearn.tree import DecisionTreeClassifier
from tuners import Dataset, Model

MODELS = [
    Model("small", DecisionTreeClassifier(max_depth=2), {"min_samples_leaf": (1, 6)}),
    Model("a_tree", DecisionTreeClassifier(), {"max_depth": (1, 6)}),
]
DATASETS = [Dataset("wines", *load_wine(return_X_y=True)), Dataset("flowers", *load_iris(return_X_y=True))]

@pytest.mark.tuning(models=MODELS, datasets=DATASETS)
def test_tuning(tune, tuner, problem):
    tune(tuner, problem)
"""
OPTIONS = (
    "-p", "tuners.plugin", *PLAIN, "--tuning-seeds=1", "--tuning-budget=3", "--tuning-tuners=random,default",
    "--tuning-report=out.json", "--benchmark-save=mine",
)  # fmt: skip
UNSHUFFLED = ("-p", "no:randomly")
ORDER = [
    (model, dataset, tuner)
    for model in ("small", "a_tree")
    for dataset in ("wines", "flowers")
    for tuner in ("random", "default")
]
PLUGINS: dict[str, tuple[str, ...]] = {
    "pytest_randomly": ("-p", "randomly", "-p", "no:cacheprovider", "-p", "no:xdist", "--randomly-seed=3"),
    "pytest_timeout": ("--timeout=300",),
    "pytest_cov": ("--cov=.", "--cov-report=term"),
    "pytest_html": ("--html=page.html",),
    "pytest_sugar": ("--force-sugar",),
    "pytest_asyncio": ("--asyncio-mode=auto",),
    "pytest_rerunfailures": ("--reruns=1",),
    "pytest_repeat": ("--count=1",),
    "xdist": ("-n", "2"),
}
"""By module: how it is put to use."""


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """Make a directory with two models and two datasets, in an order that is not the alphabet's."""
    pytester.makepyfile(test_tuning=SUITE)
    return pytester


def runs(suite: pytest.Pytester) -> list[dict[str, Any]]:
    """Return the records of the report."""
    found: list[dict[str, Any]] = json.loads((suite.path / "out.json").read_text())["runs"]
    return found


def order(suite: pytest.Pytester) -> list[tuple[str, str, str]]:
    """Return the cells of the report, in its order."""
    return [(run["model"], run["dataset"], run["tuner"]) for run in runs(suite)]


@pytest.fixture(scope="module")
def hashes(server: forked.Server, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return the hashes of all cells' trials, from a session without other plugins in use."""
    folder = tmp_path_factory.mktemp("plain")
    (folder / "test_tuning.py").write_text(SUITE)
    assert server.run(folder, *OPTIONS, *UNSHUFFLED).ret == pytest.ExitCode.OK
    found = json.loads((folder / "out.json").read_text())["runs"]
    assert [(run["model"], run["dataset"], run["tuner"]) for run in found] == ORDER
    return [run["trials_sha256"] for run in found]


@pytest.mark.parametrize(
    "module", [pytest.param(each, marks=pytest.mark.slow) if each == "xdist" else each for each in PLUGINS]
)
def test_a_plugin_in_use(suite: pytest.Pytester, hashes: list[str], module: str) -> None:
    """Cells, trials and their order in table and saved run are the same, whatever the plugin does with the tests."""
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"pip install {'pytest-xdist' if module == 'xdist' else module.replace('_', '-')}")
    used = PLUGINS[module] if module == "pytest_randomly" else (*UNSHUFFLED, *PLUGINS[module])
    result = suite.runpytest_subprocess(*OPTIONS, *used)
    assert result.ret == pytest.ExitCode.OK, result.stdout.str()
    assert order(suite) == ORDER
    assert [run["trials_sha256"] for run in runs(suite)] == hashes
    path = next(suite.path.glob(".benchmarks/*/0001_mine.json"))
    infos = [bench["extra_info"] for bench in json.loads(path.read_text())["benchmarks"]]
    assert [(info["model"], info["dataset"], info["tuner"]) for info in infos] == ORDER


SHUFFLE = """
def pytest_collection_modifyitems(items):
    items.reverse()
"""


def test_the_table_has_the_order_given(suite: pytest.Pytester) -> None:
    """Methods, models and datasets stand in the table as they were given, though the tests ran the other way round."""
    suite.makeconftest(SHUFFLE)
    result = suite.runpytest_inprocess(*OPTIONS, *UNSHUFFLED)
    result.stdout.fnmatch_lines(["[[]1/8[]] a_tree-flowers-default-0 *", "[[]8/8[]] small-wines-random-0 *"])
    assert order(suite) == ORDER
    groups = json.loads((suite.path / "out.json").read_text())["groups"]
    assert [row["tuner"] for row in groups[0]["rows"]] == ["random", "default"]
    entries = journal_contents.read(next(suite.path.glob(".tuning/*.jsonl"))).entries
    assert list(entries) == [f"{model}-{dataset}-{tuner}-0" for model, dataset, tuner in ORDER]


@pytest.mark.parametrize(
    "name", ["tuner", "problem", *(pytest.param(name, marks=pytest.mark.slow) for name in ("model", "dataset", "seed"))]
)
def test_groups_by_parameter(suite: pytest.Pytester, name: str) -> None:
    """pytest-benchmark groups by what a cell is made of, by its name; the saved run has these names, too."""
    result = suite.runpytest_inprocess(*OPTIONS, f"--benchmark-group-by=param:{name}")
    value = {"tuner": "random", "model": "a_tree", "dataset": "wines", "seed": "0", "problem": "small-wines-0"}[name]
    result.stdout.fnmatch_lines([f"*benchmark '{name}={value}'*"])
    params = json.loads(next(suite.path.glob(".benchmarks/*/0001_mine.json")).read_text())["benchmarks"][0]["params"]
    assert str(params[name]) in {"random", "small", "wines", "0", "small-wines-0"}


@pytest.mark.parametrize("loops", ["1", pytest.param("2", marks=pytest.mark.slow)])
def test_a_profile_is_of_another_run(suite: pytest.Pytester, loops: str) -> None:
    """--benchmark-cprofile calls what it profiles again: trials, journal and saved run have the measured run alone."""
    result = suite.runpytest_inprocess(*OPTIONS, "--benchmark-cprofile=tottime", f"--benchmark-cprofile-loops={loops}")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["*cProfile (time in s)*", "ncalls*"])
    assert [run["evaluations"] for run in runs(suite)] == [3, 1] * 4
    assert {run["status"] for run in runs(suite)} == {"ok"}
    lines = next(suite.path.glob(".tuning/*.jsonl")).read_text().splitlines()
    assert sum('"kind": "trial"' in line for line in lines) == 4 * (3 + 1)


def test_a_profile_of_other_processes_is_refused(suite: pytest.Pytester) -> None:
    """A profile would show pytest waiting: one line, before anything is measured."""
    result = suite.runpytest_inprocess(*OPTIONS, "--benchmark-cprofile=tottime", "--tuning-isolate")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --benchmark-cprofile: expected cells that run in this process, got *"])


def test_many_text_columns_raise_no_warning(suite: pytest.Pytester) -> None:
    """Under -W error, a file of 120 text columns is measured."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({f"c{number}": rng.choice(["a", "b"], 60) for number in range(120)})
    frame.assign(y=rng.choice(["u", "v"], 60)).to_csv(suite.path / "wide.csv", index=False)
    suite.makepyfile(test_tuning=SUITE.replace(", datasets=DATASETS", ""))
    # pytest-asyncio, where it is installed, warns of its own option.
    others = ("-p", "no:asyncio")
    # This process has imported the plugin before.
    errors = ("-W", "error", "-W", "ignore::pytest.PytestAssertRewriteWarning")
    result = suite.runpytest_inprocess(
        *OPTIONS, *others, "--tuning-datasets=wide.csv:y", *errors, "-k", "small-wide-random"
    )
    assert result.ret == pytest.ExitCode.OK
    assert [run["status"] for run in runs(suite)] == ["ok"]


ALARM = """
import pytest, tuners

@tuners.tuner
def slow(objective, seed):
    objective({"max_depth": 2})
    pytest.fail("Timeout (>1.0s) from pytest-timeout.")  # as its alarm does, wherever the process is
"""


def test_another_plugins_alarm_is_a_failed_cell(suite: pytest.Pytester) -> None:
    """What ends a test from outside, such as pytest-timeout, leaves a failed cell with its trials; the rest runs."""
    suite.makeconftest(ALARM)
    result = suite.runpytest_inprocess(*OPTIONS, "--tuning-tuners=slow,default", "-k", "a_tree-wines")
    result.assert_outcomes(passed=1, failed=1)
    found = {run["tuner"]: run for run in runs(suite)}
    assert found["slow"]["status"] == "failed"
    assert "from pytest-timeout" in found["slow"]["reason"]
    assert found["slow"]["evaluations"] == 1
    assert found["default"]["status"] == "ok"
