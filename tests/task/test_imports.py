"""The files that an estimator's code is in: a change of one changes the address, whatever else is loaded."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

from tuners import Model, Problem, Protocol
from tuners.catalog import DATASETS
from tuners.task.address import address

SPACE = {"max_depth": [1, 2]}


def made(*, model: Any) -> Problem:
    """Return a small problem."""
    return Problem(model, DATASETS.load("iris")(None), 0, Protocol(folds=3))


OWN = """
from sklearn.tree import DecisionTreeClassifier
import address_helper

class Own(DecisionTreeClassifier):
    pass
"""


@pytest.mark.parametrize("name", ["address_own", "address_helper", "address_deeper"])
def test_code_of_the_users_own_changes_the_address(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The module of an estimator's class, and the modules that it imports, which its methods may call."""
    (tmp_path / "address_own.py").write_text(OWN)
    (tmp_path / "address_helper.py").write_text("from address_deeper import helps\n")
    (tmp_path / "address_deeper.py").write_text("helps = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    try:
        own = importlib.import_module("address_own").Own
        before = address(made(model=Model("own", own(), SPACE)))
        assert [each.split()[0] for each in before["code"]] == [
            "address_deeper.py", "address_helper.py", "address_own.py",
        ]  # fmt: skip
        with (tmp_path / f"{name}.py").open("a") as file:
            file.write("# changed\n")
        assert address(made(model=Model("own", own(), SPACE)))["code"] != before["code"]
    finally:
        for each in ("address_own", "address_helper", "address_deeper"):
            sys.modules.pop(each, None)


def test_other_modules_that_are_loaded_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the same package: sessions that load others find the table; a package's modules are found before they load."""
    package = tmp_path / "address_package"
    package.mkdir()
    for name, code in {
        "__init__": "", "other": "", "lazy": "",
        "own": "from sklearn.tree import DecisionTreeClassifier\nfrom . import near\n"
               "class Own(DecisionTreeClassifier):\n    def late(self):\n        from address_package.lazy import x\n",
        "near": "",
    }.items():  # fmt: skip
        (package / f"{name}.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    try:
        own = importlib.import_module("address_package.own").Own
        before = address(made(model=Model("own", own(), SPACE)))
        assert [each.split()[0] for each in before["code"]] == ["__init__.py", "lazy.py", "near.py", "own.py"]
        importlib.import_module("address_package.other")
        importlib.import_module("address_package.lazy")
        assert address(made(model=Model("own", own(), SPACE))) == before
    finally:
        for name in [name for name in sys.modules if name.startswith("address_package")]:
            del sys.modules[name]


def test_a_class_whose_module_was_replaced_is_known_by_its_own_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As pytest replaces one conftest.py by the next."""
    code = (
        "from sklearn.tree import DecisionTreeClassifier\nclass Own(DecisionTreeClassifier):\n    def own(self): ...\n"
    )
    (tmp_path / "address_own.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    try:
        own = importlib.import_module("address_own").Own
        del sys.modules["address_own"]
        assert [each.split()[0] for each in address(made(model=Model("own", own(), SPACE)))["code"]] == [
            "address_own.py"
        ]
    finally:
        sys.modules.pop("address_own", None)
