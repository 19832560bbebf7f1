"""What the package declares of itself."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import tomllib

import pytest

import tuners
from tests import ROOT
from tuners.errors import UNRELEASED, MissingExtraError, require

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]


def test_version_is_the_packages() -> None:
    """`tuners.__version__` is what is installed, and asking for it loads no library."""
    assert tuners.__version__ == importlib.metadata.version("pytest-tuners")
    code = "import sys, tuners; tuners.__version__; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "sklearn", "ConfigSpace", "pandas"} & set(loaded)


def test_no_later_python_is_refused() -> None:
    """Only the oldest Python is named, and `all` has what compiles shared evaluation."""
    assert PROJECT["requires-python"] == ">=3.11"
    assert "fast" in re.split(r"[\[\],]", PROJECT["optional-dependencies"]["all"][0])


def test_extras_leave_out_what_a_python_has_no_release_of() -> None:
    """The markers and the reason that cells skip with speak of the same packages and versions."""
    marked = {}
    for requirements in PROJECT["optional-dependencies"].values():
        for requirement in requirements:
            found = re.fullmatch(r"(\w+)\S*; python_version < '3\.(\d+)'", requirement)
            if found:
                marked[found[1]] = (3, int(found[2]))
    assert marked == UNRELEASED


def test_a_missing_library_that_has_no_release_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no command can install a library, the reason names the Python that can have it."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    monkeypatch.setattr(sys, "version_info", (3, 14, 0, "final", 0))
    with pytest.raises(MissingExtraError, match=r"^tpot has no release for Python 3.14: use a Python before 3.14$"):
        require("tpot", "pkg_resources", extra="genetic")
    with pytest.raises(MissingExtraError, match=r"hyperopt is not installed: pip install 'pytest-tuners.bayesian.'"):
        require("hyperopt", extra="bayesian")


def test_changes_are_named_as_towncrier_takes_them() -> None:
    """Each file of changelog.d is one that a release puts into the changelog: ISSUE.TYPE.md, of a known type."""
    types = {each["directory"] for each in PYPROJECT["tool"]["towncrier"]["type"]}
    assert PYPROJECT["tool"]["towncrier"]["start_string"] in (ROOT / "CHANGELOG.md").read_text()
    for file in (ROOT / "changelog.d").glob("[!.R]*"):
        named = re.fullmatch(r"(\d+|\+[\w-]+)\.(\w+)(\.\d+)?\.md", file.name)
        assert named, file.name
        assert named[2] in types, file.name


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/explanation/architecture.md", "docs/reference/glossary.md"])
def test_files_that_the_guides_name_are_there(page: str) -> None:
    """Each path of the package or the tests that a contributor is told of exists."""
    quoted = " ".join(re.findall(r"(?<!`)`([^`\n]+)`", (ROOT / page).read_text())).split()
    named = [path for path in quoted if re.fullmatch(r"\w[\w./]*/[\w./]*", path) and not re.search("NAME|ISSUE", path)]
    assert named
    assert [path for path in named if not (ROOT / path).exists() and not (ROOT / "tuners" / path).exists()] == []
