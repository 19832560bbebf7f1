"""docs/how-to/exports.md and docs/how-to/ci.md: their commands and workflows are run, or read, as they stand."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from tests import ROOT, runs
from tests.commands.test_export import save
from tuners.__main__ import main

EXPORTS = (ROOT / "docs" / "how-to" / "exports.md").read_text(encoding="utf-8")
CI = (ROOT / "docs" / "how-to" / "ci.md").read_text(encoding="utf-8")


def commands(page: str, *beginnings: str) -> list[list[str]]:
    """Return a page's commands that begin so, without their beginning."""
    blocks = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("python -m tuners")]
    found = [shlex.split(line, comments=True)[3:] for line in lines]
    return [command for command in found if command[0] in beginnings]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with a saved run and benchmarks."""
    monkeypatch.chdir(tmp_path)
    save(runs.grid(["default", "optuna"], ["wine"], 2), "NAME")
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "conftest.py").write_text(
        "import tuners\n\n@tuners.tuner\ndef mine(objective, seed): ...\n"
    )
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", commands(EXPORTS, "list", "rebuild"), ids=" ".join)
def test_the_pages_commands_work(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Lists and reports, with the files that they name."""
    assert main(command) == 0
    written = [Path(name) for name in command if name.startswith("paper.")]
    assert all(path.stat().st_size for path in written)
    out = capsys.readouterr().out
    if "--json" in command:
        assert json.loads(out)
    if "--tests" in command:
        assert re.search(r"^mine +yes +- +yours", out, re.MULTILINE)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("tool", ["--optuna", pytest.param("--mlflow", marks=pytest.mark.slow)])
def test_the_pages_exports_work(tool: str) -> None:
    """In a row, as they stand: the second one into the same store has a name of its own."""
    pytest.importorskip(tool.removeprefix("--"), reason=f"pip install 'pytest-tuners[{tool.removeprefix('--')}]'")
    found = [command for command in commands(EXPORTS, "export") if tool in command]
    assert found
    for command in found:
        assert main(command) == 0


def test_the_workflow_is_one() -> None:
    """Of twelve lines, after GitHub's schema; its inputs are the action's."""
    yaml = pytest.importorskip("yaml", reason="pip install pyyaml")
    (text,) = re.findall(r"<!-- test: by \S+ workflow -->\n```yaml\n(.*?)```", CI, re.DOTALL)
    assert len(text.splitlines()) == 12
    workflow = yaml.safe_load(text)
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert set(workflow["jobs"]["compare"]["steps"][-1]["with"]) <= set(action["inputs"])
    for name, known in action["inputs"].items():
        assert f"| `{name}` |" in CI, name
        assert name == "token" or str(known["default"]).split("\n")[0] in CI


def test_the_cache_of_the_page_is_a_step() -> None:
    """Two steps, of which the second reads the first one's key."""
    yaml = pytest.importorskip("yaml", reason="pip install pyyaml")
    (text,) = re.findall(r"<!-- test: by \S+ cache -->\n```yaml\n(.*?)```", CI, re.DOTALL)
    first, second = yaml.safe_load(text)
    assert f"steps.{first['id']}.outputs.key" in second["with"]["key"]
