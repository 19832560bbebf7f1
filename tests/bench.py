"""The benchmark suite in a directory of a user's own, cheap to run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests import ROOT
from tuners.results.run import Run
from tuners.store import side_files
from tuners.store.saved import read as read_saved

PLAIN = ("--tuning-evaluation=plain", "--tuning-repeats=1", "--tuning-start=cold")
"""Each cell once, cold, each fit made, whatever the preset: what most tests of sessions are about."""
BENCHMARKS = ROOT / "benchmarks" / "test_tuning.py"
CHEAP = (
    "--tuning-models=tree", "--tuning-datasets=iris", "--tuning-tuners=default,random", "--tuning-budget=2",
    "--tuning-seeds=2", *PLAIN,
)  # fmt: skip

CONFTEST = """
import time
import tuners
from sklearn.tree import DecisionTreeClassifier

GUESSES = [{"max_depth": depth} for depth in (1, 2, 3, 4)]
tuners.register_model(tuners.Model("tree", DecisionTreeClassifier(), {"max_depth": (1, 9)}, guesses=GUESSES))

@tuners.tuner
def broken(objective, seed):
    objective(objective.guesses[0])
    raise RuntimeError("lost its way")

@tuners.tuner
def interrupted(objective, seed):
    raise KeyboardInterrupt

@tuners.tuner
def leaving(objective, seed):
    raise SystemExit(3)

@tuners.tuner
def patient(objective, seed):
    for params in objective.guesses[:objective.remaining]:
        objective(params)
        time.sleep(0.15)
"""


def fill(folder: Path) -> None:
    """Write the suite, and tuners and a model of a user's own."""
    (folder / "test_tuning.py").write_text(BENCHMARKS.read_text())
    (folder / "conftest.py").write_text(CONFTEST)


def run(bench: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run pytest in this process, quick and cheap unless the arguments say otherwise."""
    # The plugin is imported here already, of which pytest warns where nobody has been warned before.
    quiet = ("-W", "ignore::pytest.PytestAssertRewriteWarning")
    return bench.runpytest_inprocess("-p", "tuners.plugin", *quiet, *CHEAP, *arguments)


def saved(bench: pytest.Pytester, name: str = "*") -> dict[str, Any]:
    """Read the newest saved run."""
    path = max(bench.path.glob(f".benchmarks/*/*_{name}.json"))
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded | {"folder": path.parent}


def saved_runs(folder: Path) -> dict[str, Run]:
    """Return the runs of the newest saved run, with their trials, by tuner."""
    path = max(folder.glob(".benchmarks/*/*.json"))
    return {run.record.tuner: run for run in side_files.of_saved(path.parent, read_saved(path).records)}
