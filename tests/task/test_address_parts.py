"""The address of a table: all that a problem's scores depend on changes it, and nothing else does."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier, ExtraTreeClassifier

from tests import ROOT
from tuners import Dataset, Model, Problem, Protocol
from tuners.catalog import DATASETS
from tuners.task import address as module
from tuners.task.address import address, digest

SPACE = {"max_depth": [1, 2]}


def made(*, model: Any = None, dataset: Dataset | None = None, seed: int = 0, **protocol: Any) -> Problem:
    """Return a small problem."""
    protocol = {"folds": 3, **protocol}
    iris = DATASETS.load("iris")(None) if dataset is None else dataset
    return Problem(model or Model("tree", DecisionTreeClassifier(), SPACE), iris, seed, Protocol(**protocol))


def changed(change: Callable[[Any, Any], None]) -> Dataset:
    """Return the dataset with rows or targets changed."""
    iris = DATASETS.load("iris")(None)
    X, y = iris.X.copy(), iris.y.copy()
    change(X, y)
    return dataclasses.replace(iris, X=X, y=y)


def next_float(X: Any, y: Any, row: int) -> None:
    """Change one value of a row by the least there is."""
    X[row, 0] = np.nextafter(X[row, 0], np.inf)


def rows_of(part: str) -> int:
    """Return the number in the dataset of a row of the training or the test part."""
    iris, split = DATASETS.load("iris")(None), made().split
    row = getattr(split, f"X_{part}")[0]
    return int(np.flatnonzero((row == iris.X).all(axis=1))[0])


CHANGES: dict[str, tuple[str, Callable[[], Problem]]] = {
    "another seed": ("seed", lambda: made(seed=1)),
    "another number of folds": ("folds", lambda: made(folds=4)),
    "another test share": ("test rows", lambda: made(test_size=0.5)),
    "fewer rows": ("training rows", lambda: made(rows=100)),
    "another metric": ("metric", lambda: made(metric="f1_macro")),
    "the last bit of a training row": (
        "training rows", lambda: made(dataset=changed(lambda X, y: next_float(X, y, rows_of("train")))),
    ),
    "the last bit of a test row": (
        "test rows", lambda: made(dataset=changed(lambda X, y: next_float(X, y, rows_of("test")))),
    ),
    "another dataset's name": (
        "dataset", lambda: made(dataset=dataclasses.replace(DATASETS.load("iris")(None), name="flowers")),
    ),
    "another model's name": ("model", lambda: made(model=Model("oak", DecisionTreeClassifier(), SPACE))),
    "a fixed parameter": (
        "estimator", lambda: made(model=Model("tree", DecisionTreeClassifier(min_samples_leaf=2), SPACE)),
    ),
    "another type of it": (
        "estimator", lambda: made(model=Model("tree", DecisionTreeClassifier(min_samples_leaf=1.0), SPACE)),
    ),
    "another class": ("estimator", lambda: made(model=Model("tree", ExtraTreeClassifier(), SPACE))),
}  # fmt: skip


@pytest.mark.parametrize(("name", "change"), CHANGES.values(), ids=CHANGES)
def test_what_scores_depend_on_changes_the_address(name: str, change: Callable[[], Problem]) -> None:
    """The part that bears its name, among others."""
    before, after = address(made()), address(change())
    assert before[name] != after[name]
    assert digest(before) != digest(after)


def test_the_same_problem_has_one_address() -> None:
    """Made anew, or with another space: a candidate's scores do not depend on the others."""
    wider = Model("tree", DecisionTreeClassifier(), {"max_depth": [1, 2, 3]}, guesses=({"max_depth": 1},))
    assert address(made()) == address(made()) == address(made(model=wider))


def test_folds_are_told_apart_by_where_they_end() -> None:
    """Though the same row numbers follow one another."""
    first, other = made(), made()
    for each, folds in ((first, [([1, 2], [3])]), (other, [([1], [2, 3])])):
        each.__dict__["folds"] = [tuple(np.array(part) for part in fold) for fold in folds]
    assert address(first)["folds"] != address(other)["folds"]


@pytest.mark.parametrize("library", ["scikit-learn", "numpy", "scipy", "pandas"])
def test_versions_of_libraries_change_the_address(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of those that every score depends on."""
    before, real = address(made()), importlib.metadata.version
    monkeypatch.setattr(module, "version", lambda name: "0.0" if name == library else real(name))
    assert {name for name, each in address(made())["versions"].items() if each != before["versions"][name]} == {library}


def test_python_and_the_machine_change_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums of floats are a processor's own."""
    before = address(made())
    monkeypatch.setattr(platform, "machine", lambda: "abacus")
    monkeypatch.setattr(platform, "python_version", lambda: "4.0.0")
    after = address(made())["versions"]
    assert after["Python"] == "4.0.0" != before["versions"]["Python"]
    assert after["machine"].endswith("abacus")


def test_functions_and_steps_inside_are_part_of_the_estimator() -> None:
    """A pipeline's steps and their parameters, and a function by its name or its code."""

    def model(step: Any) -> Model:
        return Model("tree", make_pipeline(step, DecisionTreeClassifier()), {"decisiontreeclassifier__max_depth": [1]})

    steps = [
        StandardScaler(), StandardScaler(with_mean=False), FunctionTransformer(np.sqrt), FunctionTransformer(np.log1p),
        FunctionTransformer(lambda X: X + 1), FunctionTransformer(lambda X: X + 2),
    ]  # fmt: skip
    assert len({address(made(model=model(step)))["estimator"] for step in steps}) == len(steps)


HERE = """
import json
import numpy as np
from sklearn.ensemble import RandomForestClassifier
from tests.task.test_address_parts import several
print(json.dumps(several()))
"""


def several() -> list[Any]:
    """Return addresses of problems with values that processes may order or name differently."""
    weights = {"0": 1.0, "1": 2.0, "2": 0.5}
    return [
        address(made()),
        address(made(model=Model("f", RandomForestClassifier(class_weight=weights), {"n_estimators": [3]}))),
        address(made(model=Model("f", RandomForestClassifier(max_features=0.5), {"n_estimators": [3]}), seed=2)),
    ]


@pytest.mark.parametrize("seed", ["0", "7"])
def test_another_process_makes_the_same_address(seed: str) -> None:
    """Whatever its hash seed, so that a table is found again."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    there = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", HERE], capture_output=True, check=True, env=environment, text=True
    )
    assert json.loads(there.stdout) == json.loads(json.dumps(several()))
