"""What travels to workers, and what is compared with them."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import ROOT
from tuners import Dataset, TuningError
from tuners.catalog import DATASETS
from tuners.execution.cluster import fingerprint
from tuners.execution.cluster.connection import workers_of
from tuners.execution.cluster.luggage import Packer, Unpacker, of_plan
from tuners.plan import Plan

pytest.importorskip("cloudpickle", reason="needs Dask: pip install 'pytest-tuners[cluster]'")


def data(rows: int = 1_000) -> Dataset:
    """Return data of a size that is told from all else."""
    generator = np.random.default_rng(0)
    return Dataset("mine", generator.normal(size=(rows, 8)), np.arange(rows) % 2)


def test_data_travel_once_whatever_needs_them() -> None:
    """A pack names them by their content; whoever reads two packs reads the data once."""
    mine, packer, unpacker = data(), Packer(), Unpacker()
    packs = [packer.pack({"data": mine, "number": number}) for number in range(100)]
    assert len(packer.pieces) == 1
    assert max(len(pack.data) for pack in packs) < 500
    unpacker.take(packer.pieces)
    found = [unpacker.read(pack) for pack in packs]
    assert [each["number"] for each in found] == list(range(100))
    assert {id(each["data"]) for each in found} == {id(found[0]["data"])}
    assert found[0]["data"].fingerprint() == mine.fingerprint()


def test_equal_data_are_one_piece() -> None:
    """Such as those that each of many tests makes by itself."""
    packer = Packer()
    assert packer.pack(data()).needs == packer.pack(data()).needs
    assert packer.pack(data(999)).needs != packer.pack(data()).needs
    assert len(packer.pieces) == 2


def test_code_travels_by_value_where_a_worker_has_no_such_module(tmp_path: Path) -> None:
    """Another process can call it, which cannot import it."""
    module = ModuleType("mine_alone")
    exec("def double(number):\n    return helper(number)\n\ndef helper(number):\n    return 2 * number", vars(module))  # noqa: S102  a module without a file
    sys.modules["mine_alone"] = module
    try:
        pack = Packer().pack(module.double, {"mine_alone"})
    finally:
        del sys.modules["mine_alone"]
    (tmp_path / "pack").write_bytes(pack.data)
    code = f"import pickle; print(pickle.load(open({str(tmp_path / 'pack')!r}, 'rb'))(21))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "42"


def test_what_cannot_be_pickled_is_said_with_the_remedy() -> None:
    """In one line."""
    with pytest.raises(TuningError, match=r"got TypeError: cannot pickle '_thread.lock' object: keep locks, files"):
        Packer().pack({"lock": threading.Lock()})


def test_only_what_a_worker_cannot_load_by_its_name_travels(tmp_path: Path) -> None:
    """Files, and the user's own; the metric and suites are said as they were found here."""
    file = tmp_path / "flowers.csv"
    file.write_text("a,b,y\n" + "".join(f"{row},{row % 3},{'uv'[row % 2]}\n" for row in range(60)))
    DATASETS.register("own", lambda _: data())
    given: dict[str, Any] = {"datasets": (f"{file}:y", "own", "iris"), "models": ("logistic",), "tuners": ("random",)}
    plan = Plan({**given, "report": (tmp_path / "out.html",), "cluster": "local:2"})
    luggage = of_plan(plan, plan.cells())
    assert set(luggage.brought["dataset"]) == {f"{file}:y", "own"}
    assert not luggage.brought["model"]
    assert not luggage.brought["tuner"]
    assert luggage.given == {**given, "metric": "accuracy"}
    there = Plan(dict(luggage.given))
    there.bring(luggage.brought)
    file.unlink()
    for name in ("own", f"{file}:y"):
        assert there.dataset(name) is plan.dataset(name)


NAMES = st.sampled_from(["Python", "numpy", "scipy", "module a", "module b"])
PRINTS = st.dictionaries(NAMES, st.sampled_from(["1", "2"]))


@given(here=PRINTS, there=PRINTS)
def test_a_difference_is_anything_but_a_module_that_is_not_there(here: dict[str, str], there: dict[str, str]) -> None:
    """Those travel; each difference names the thing and both values."""
    said = fingerprint.differences(here, there)
    names = {line.partition(" is ")[0] for line in said}
    assert names == {
        name
        for name in {*here, *there}
        if here.get(name) != there.get(name) and not (name.startswith("module") and name not in there)
    }
    assert fingerprint.lacking(here, there) == {
        name.removeprefix("module ") for name in here if name.startswith("module") and name not in there
    }
    for line in said:
        assert line.endswith(tuple(f"expected {value}" for value in ("1", "2", "none")))


def test_a_fingerprint_tells_changed_code_and_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of the package, and of modules that are found and not imported."""
    (tmp_path / "helper_of_mine.py").write_text("A = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    first = fingerprint.taken(["helper_of_mine", "there_is_none"])
    assert "module there_is_none" not in first
    assert "helper_of_mine" not in sys.modules
    (tmp_path / "helper_of_mine.py").write_text("A = 2\n")
    second = fingerprint.taken(["helper_of_mine"])
    assert fingerprint.differences(first, second)[0].startswith("module helper_of_mine is ")
    assert len(fingerprint.differences(first, second)) == 1


@pytest.mark.parametrize(
    ("address", "workers"),
    [("local:2", 2), ("tcp://host:8786", None), ("host:8786", None), ("tls://[::1]:8786", None), ("there.json", None)],
)
def test_addresses(address: str, workers: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number of workers that are started here, a scheduler's address, or its file."""
    monkeypatch.chdir(tmp_path)
    Path("there.json").touch()
    assert workers_of(address) == workers


@pytest.mark.parametrize("address", ["local:", "local:0", "local:1001", "host", "tcp://host", "not-there.json", ""])
def test_what_is_no_address(address: str) -> None:
    """It says what was expected."""
    with pytest.raises(ValueError, match="local:N"):
        workers_of(address)


def test_a_worker_loads_no_library_of_data() -> None:
    """Of its own process Dask keeps the heartbeat: what takes seconds to load is a runner's."""
    heavy = {"numpy", "pandas", "sklearn", "tuners.plan"}
    code = (
        f"import sys; import tuners.execution.cluster.slot; print([name for name in {heavy!r} if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert said.strip() == "[]"
