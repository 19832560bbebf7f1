"""Addresses of tables: equal only where the scores are, and the same in any process."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder
from sklearn.tree import DecisionTreeClassifier

from tests.estimators import Keeper
from tuners import Dataset, Model, Problem, Protocol
from tuners.task import address as module
from tuners.task.address import address, digest

X = np.random.default_rng(0).normal(size=(60, 3))
Y = np.arange(60) % 2


def problem(**given: Any) -> Problem:
    """Return a small problem, with parts of it given."""
    estimator = given.get("estimator", DecisionTreeClassifier())
    data = Dataset(given.get("dataset", "d"), given.get("X", X), given.get("y", Y))
    model = Model(given.get("model", "m"), estimator, {given.get("tuned", "max_depth"): [1, 2]})
    return Problem(model, data, given.get("seed", 0), given.get("protocol", Protocol()))


def held(value: Any) -> Problem:
    """Return a problem whose estimator has a value as a parameter."""
    return problem(estimator=Keeper(value), tuned="level")


CHANGES: dict[str, Callable[[], Problem]] = {
    "model": lambda: problem(model="n"),
    "dataset": lambda: problem(dataset="e"),
    "seed": lambda: problem(seed=1),
    "training rows": lambda: problem(X=X + 1e-9),
    "test rows": lambda: problem(y=np.where(np.arange(60) < 30, Y, 1 - Y)),
    "folds": lambda: problem(protocol=replace(Protocol(), folds=3)),
    "estimator": lambda: problem(estimator=DecisionTreeClassifier(min_samples_leaf=2)),
    "metric": lambda: problem(protocol=Protocol(metric="balanced_accuracy")),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_thing_that_scores_depend_on_changes_the_address(name: str) -> None:
    """What is changed is told by its name, and the digest is another."""
    before, after = address(problem()), address(CHANGES[name]())
    assert before[name] != after[name]
    assert digest(before) != digest(after)


def test_version_of_a_library_changes_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of another scikit-learn is another table."""
    before = address(problem())
    monkeypatch.setattr(module, "version", lambda name: "0.0" if name == "scikit-learn" else "9")
    after = address(problem())
    assert after["versions"]["scikit-learn"] == "0.0"
    assert digest(before) != digest(after)


class Hidden:
    """Holds what its text does not say."""

    __slots__ = ("held",)

    def __init__(self, held: Any) -> None:
        self.held = held

    def __repr__(self) -> str:
        return "Hidden()"

    def __call__(self) -> Any:
        """Return it."""
        return self.held


class Sealed(Hidden):
    """Says of itself what it holds to nobody."""

    __slots__ = ()

    def __deepcopy__(self, memo: Any) -> Sealed:
        return self

    def __getstate__(self) -> Any:
        """Refuse."""
        raise TypeError


PAIRS = {
    "objects whose text hides what they hold": (Hidden(1), Hidden(2)),
    "partial functions": (partial(sorted, reverse=True), partial(sorted, reverse=False)),
    "numbers of unlike types": (1, 1.0),
    "a flag and a number": (1, True),
    "classes": (np.float32, np.float64),
    "arrays": (np.array([1.0, 2.0]), np.array([1.0, 3.0])),
    "arrays of objects": (np.array(["a", None], dtype=object), np.array(["b", None], dtype=object)),
    "estimators inside": (DecisionTreeClassifier(), DecisionTreeClassifier(max_depth=3)),
    "lists and tuples": ([1], (1,)),
}


@pytest.mark.parametrize("name", PAIRS)
def test_unlike_parameters_have_unlike_addresses(name: str) -> None:
    """Parameters that fits may tell apart are told apart, and equal ones are equal."""
    one, other = PAIRS[name]
    assert address(held(one))["estimator"] == address(held(one))["estimator"]
    assert address(held(one))["estimator"] != address(held(other))["estimator"]


def test_what_cannot_be_told_from_another_is_this_process_s() -> None:
    """What an object holds that nobody can write may be other things next time: no later session reads its table."""
    found = address(held(Sealed(1)))["estimator"]
    assert module.UNKNOWN in found
    assert module.UNKNOWN not in address(held(Hidden(1)))["estimator"]


def test_class_as_a_parameter_is_described() -> None:
    """Encoders of categories take a class of NumPy's, which has all of an array's methods and no values."""
    encoder = ColumnTransformer([("coded", OrdinalEncoder(dtype=np.float32), [0])], remainder="passthrough")
    pipeline = make_pipeline(encoder, DecisionTreeClassifier())
    found = address(problem(estimator=pipeline, tuned="decisiontreeclassifier__max_depth"))
    assert "dtype=numpy.float32" in found["estimator"]


SCRIPT = """
import numpy as np
from tests.task.test_address import Hidden, held
from tuners.task.address import address, digest
values = [{"a", "b", "c"}, np.array(["x", None, "y"], dtype=object), np.float64, {"k": (1, 2.0)}, lambda z: z + 1]
values += [Hidden({"p", "q"}), Hidden(frozenset({"r", "s", "t"}))]
print(digest(address(held(values))))
"""


def test_address_is_the_same_in_any_process() -> None:
    """Neither the order of sets nor where objects lie in memory is in an address."""
    found = set()
    for seed in ("1", "2"):
        place = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        root = Path(__file__).parents[2]
        done = subprocess.run([sys.executable, "-c", SCRIPT], env=place, cwd=root, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        found.add(done.stdout)
    assert len(found) == 1


def test_code_that_the_estimator_calls_is_part_of_its_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that the estimator's module imports, and one that this imports, change the address by their text."""
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "deepest_of_address.py").write_text("SHIFT = 1\n")
    (tmp_path / "helper_of_address.py").write_text("import os, deepest_of_address\n")
    (tmp_path / "model_of_address.py").write_text(
        "from sklearn.tree import DecisionTreeClassifier\n"
        "import helper_of_address as h\n"
        "class Mine(DecisionTreeClassifier): pass\n"
    )
    imported = importlib.import_module("model_of_address")
    try:
        mine = problem(estimator=imported.Mine())
        before = address(mine)
        assert [each.split()[0] for each in before["code"]] == [
            "deepest_of_address.py", "helper_of_address.py", "model_of_address.py",
        ]  # fmt: skip
        (tmp_path / "deepest_of_address.py").write_text("SHIFT = 2\n")
        assert address(mine)["code"] != before["code"]
    finally:
        for name in ("deepest_of_address", "helper_of_address", "model_of_address"):
            sys.modules.pop(name, None)
