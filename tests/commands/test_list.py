"""`python -m tuners list`: each family's members, what they can do, what is installed, and at what cost."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests import ROOT
from tests.models.test_models import LISTED
from tuners import Model
from tuners.__main__ import main
from tuners.catalog import DATASETS, METRICS, MODELS, PRESETS, TUNERS
from tuners.commands.list import LISTINGS
from tuners.commands.list._needs import needs
from tuners.datasets._traits import TRAITS as HELD
from tuners.errors import MissingExtraError
from tuners.methods._traits import HEADINGS, TRAITS
from tuners.models._traits import TRAITS as MODEL_TRAITS
from tuners.models._traits import OfTask
from tuners.registry import Registry
from tuners.spaces import cardinality, needed_by
from tuners.task.resource import resource_of

HEAVY = ("numpy", "pandas", "sklearn", "scipy", "ConfigSpace", "optuna", "tensorflow", "pytest", "plotly")
SLOW_TO_LOAD = [pytest.param(name, marks=pytest.mark.slow) if name.startswith("ann") else name for name in MODELS]


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    """Return what is listed, as JSON."""
    assert main(["list", *arguments, "--json"]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize("family", sorted(LISTINGS))
def test_all_members_are_listed(family: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Those of the family's registry, in its order, each with the same keys, as JSON and as a line."""
    families: dict[str, Registry[Any]]
    families = {"tuners": TUNERS, "models": MODELS, "datasets": DATASETS, "metrics": METRICS, "presets": PRESETS}
    registry = families[family]
    rows = listed(capsys, family)
    assert [row["name"] for row in rows] == list(registry)
    assert len({tuple(row) for row in rows}) == 1
    assert main(["list", family]) == 0
    heading, *lines = capsys.readouterr().out.splitlines()
    assert heading.split()[0] == "name"
    assert [line.split()[0] for line in lines] == list(registry)


def test_methods_have_their_traits(capsys: pytest.CaptureFixture[str]) -> None:
    """What the documentation's table says, which the contract suites try."""
    for row in listed(capsys, "tuners"):
        said = [row[heading.replace(" ", "_")] for heading in HEADINGS if heading != "method"]
        of = TRAITS[row["name"]]
        assert said == [
            of.library, of.licence, of.conditions, of.fidelity, of.start, of.failed, of.ranges, of.choices,
            "no" if of.draws else "yes",
        ]  # fmt: skip


@pytest.mark.parametrize("name", SLOW_TO_LOAD)
def test_models_have_their_traits(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Estimators, sizes of spaces, conditions, finite versions and the resource of a fidelity are those of the code."""
    try:
        model = MODELS.load(name)()
        finite = model if name in LISTED else MODELS.load(name)(finite=True)
    except MissingExtraError as error:
        pytest.skip(str(error))

    def of(each: Model | None, small: Model | None) -> OfTask | None:
        if each is None or small is None:
            return None
        estimator = type(getattr(each.estimator, "regressor", each.estimator)).__name__
        return OfTask(estimator, len(each.space), len(needed_by(each.space)), int(cardinality(small.space)))

    known = MODEL_TRAITS[name]
    assert (known.classes, known.numbers) == (of(model, finite), of(model.regressor, finite.regressor))
    assert known.resource == resource_of(model.estimator).name
    (row,) = listed(capsys, "models", name)
    assert row["estimator"] == known.classes.estimator if known.classes else None


def test_datasets_have_their_traits() -> None:
    """Rows, features, task, text, gaps, classes and licence are those of the data."""
    assert sorted(HELD) == sorted(DATASETS)
    for name, known in HELD.items():
        if name == "creditcard":
            continue  # not everybody has it
        data = DATASETS.load(name)(None)
        frame = pd.DataFrame(data.X)
        text = frame.select_dtypes(exclude=["number"]).shape[1]
        held = (*data.X.shape, data.task, text, int(frame.isna().sum().sum()), len(data.classes), data.licence)
        assert tuple(known) == held, name


def test_metrics_say_their_direction_and_task(capsys: pytest.CaptureFixture[str]) -> None:
    """A loss is lower the better under its spoken name; what scores one class or needs probabilities says so."""
    loss, one, ranked = listed(capsys, "metrics", "neg_root_mean_squared_error", "f1", "roc_auc")
    assert (loss["read_as"], loss["better"], loss["task"]) == ("root mean squared error", "lower", "regression")
    assert (one["one_class"], one["task"], one["needs"]) == (True, "classification", ["predict"])
    assert ranked["needs"] == ["decision_function", "predict_proba"]


def test_presets_say_what_they_compare(capsys: pytest.CaptureFixture[str]) -> None:
    """Long lists are cut on the terminal, and whole in JSON."""
    (row,) = listed(capsys, "presets", "quick")
    assert (row["tuners"], row["budget"]) == (list(PRESETS.load("quick").tuners), PRESETS.load("quick").budget)
    assert main(["list", "presets", "quick"]) == 0
    assert f"default, manual, random and {len(row['tuners']) - 3} more" in capsys.readouterr().out


@pytest.mark.parametrize("registry", [TUNERS, MODELS])
def test_what_a_member_needs_is_read_from_its_text(registry: Any) -> None:
    """A member whose module names no missing package loads; one that does not load says what `list` says."""
    for name in registry:
        if name.startswith("ann") or name == "genetic":
            continue  # they take seconds to load
        module = f"{registry._package}.{name}"
        missing = None
        try:
            importlib.import_module(module)
        except MissingExtraError as error:
            missing = str(error)
        row = LISTINGS.load(f"{registry.kind}s").row(name)
        assert (row["installed"], row["missing"]) == (missing is None, missing)


def test_packages_in_common_count() -> None:
    """What a private module of several methods requires, each of them needs; of a module that is not there, nothing."""
    assert needs("tuners.methods.asha") == {"optuna": "optuna"}
    assert needs("tuners.methods.optuna_gp") == {"optuna": "optuna", "torch": "optuna-gp"}
    assert needs("tuners.methods.random") == needs("tuners.methods.nobody") == {}


def test_what_is_missing_has_its_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A method whose library is not installed is listed, with the extra that installs it."""
    real = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "smac" else real(name))
    (row,) = listed(capsys, "tuners", "smac_hyperband")
    assert (row["installed"], row["extra"]) == (False, "smac")
    assert row["missing"] == "smac is not installed: pip install 'pytest-tuners[smac]' installs it"


@pytest.mark.parametrize("family", ["tuners", "models", "datasets", "presets"])
def test_listing_loads_no_library(family: str) -> None:
    """What takes seconds to load is not loaded, so that a list is there at once."""
    code = (
        "import sys; from tuners.__main__ import main; main(['list', sys.argv[1]]); "
        "print([name for name in sys.argv[2:] if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, family, *HEAVY], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.splitlines()[-1] == "[]"


OWN = """
import tuners
from sklearn.svm import SVR
from sklearn.tree import DecisionTreeClassifier

@tuners.tuner
def halves(objective, seed):
    pass


@tuners.tuner
def random(objective, seed):
    pass


halves.deterministic = True
SPACE = {"max_depth": [1, 2], "min_samples_leaf": [1, 2, 3]}
tuners.register_model(tuners.Model("tree", DecisionTreeClassifier(), SPACE))
tuners.register_model(tuners.Model("line", SVR(), {"C": (0.1, 10.0)}))
tuners.register_dataset(tuners.Dataset("few", [[1.0], [2.0], [None]], ["a", "b", "a"]))
"""


def test_ones_own_are_listed_as_a_session_knows_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--tests` loads the conftest.py files that pytest would load, and marks what they register."""
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "conftest.py").write_text(OWN)
    tests = ("--tests", str(tmp_path / "benchmarks"))
    halves, random, sobol = listed(capsys, "tuners", "halves", "random", "sobol", *tests)
    assert [row["origin"] for row in (halves, random, sobol)] == ["yours", "yours", "package"]
    assert (halves["deterministic"], halves["conditions"], random["library"]) == ("yes", None, None)
    tree, line = listed(capsys, "models", "tree", "line")
    assert (tree["estimator"], tree["finite"], tree["regression_estimator"]) == ("DecisionTreeClassifier", 6, None)
    assert (line["estimator"], line["regression_estimator"], line["regression_finite"]) == (None, "SVR", None)
    (few,) = listed(capsys, "datasets", "few")
    assert (few["rows"], few["features"], few["task"], few["classes"]) == (3, 1, "classification", 2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["tuners", "optunaa"], "unknown tuner 'optunaa': did you mean optuna?"),
        (["tuners", "--tests", "nowhere"], "--tests: expected a folder or a file of tests, got 'nowhere'"),
    ],
)
def test_bad_input_is_one_line(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It names what was expected; the exit code is that of bad input."""
    assert main(["list", *arguments]) == 2
    assert re.match(f"ERROR: {re.escape(said)}", capsys.readouterr().err)


def test_a_broken_conftest_is_one_line_below_pytests(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What pytest says of it stands above."""
    (tmp_path / "conftest.py").write_text("raise RuntimeError('lost')")
    assert main(["list", "tuners", "--tests", str(tmp_path)]) == 2
    assert capfd.readouterr().err.splitlines()[-1].startswith("ERROR: --tests: expected tests whose conftest.py can be")
