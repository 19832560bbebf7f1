"""`python -m tuners table key`: one key for the same tables, another where anything that they depend on differs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import ROOT
from tests.bench import fill

ARGUMENTS = ("-p", "tuners.plugin", "--tuning-models=tree", "--tuning-datasets=iris", "--tuning-seeds=2")


def key(folder: Path, *arguments: str) -> str:
    """Return the key that the command prints in a folder."""
    command = [sys.executable, "-m", "tuners", "table", "key", ".", *ARGUMENTS, *arguments]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    assert re.fullmatch("[0-9a-f]{16}", line)
    return line


@pytest.mark.slow
def test_the_key_is_that_of_the_problems(tmp_path: Path) -> None:
    """Methods, budgets and reports change no table; rows, the ini file and the code of one's own model do."""
    fill(tmp_path)
    first = key(tmp_path, "--tuning-tuners=default")
    assert key(tmp_path, "--tuning-tuners=random,grid", "--tuning-budget=7", "--tuning-report=x.md") == first
    others = {key(tmp_path, "--tuning-rows=60")}
    (tmp_path / "pytest.ini").write_text("[pytest]\ntuning_folds = 3\n")
    others.add(key(tmp_path))
    (tmp_path / "pytest.ini").unlink()
    conftest = tmp_path / "conftest.py"
    conftest.write_text(
        conftest.read_text().replace("DecisionTreeClassifier()", "DecisionTreeClassifier(ccp_alpha=0.01)")
    )
    others.add(key(tmp_path))
    assert len(others | {first}) == 4


def test_what_pytest_cannot_collect_is_said(tmp_path: Path) -> None:
    """Below what pytest says of it; the exit code is that of bad input."""
    command = [sys.executable, "-m", "tuners", "table", "key", "nowhere"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert (
        "ERROR: table key: expected arguments by which pytest collects cells, got 'nowhere': see above" in done.stderr
    )
