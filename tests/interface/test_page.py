"""The page on Python is run as it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests import ROOT
from tests.documentation.blocks import blocks_of


def test_the_pages_blocks_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One after another in one session, as in a notebook."""
    monkeypatch.chdir(tmp_path)
    blocks = [block.text for block in blocks_of(ROOT / "docs" / "how-to" / "python.md") if block.kind == "by"]
    assert len(blocks) == 3
    names: dict[str, Any] = {}
    for block in blocks:
        exec(block, names)  # noqa: S102  the page's own code
    assert (tmp_path / "report.html").exists()
    assert names["model"].search_.why.startswith("auto: ")


@pytest.mark.slow
def test_a_notebook_runs(tmp_path: Path) -> None:
    """In a kernel, with its own threads, cells run as elsewhere, and the comparison is shown as HTML."""
    nbformat = pytest.importorskip("nbformat", reason="pip install nbclient ipykernel")
    client = pytest.importorskip("nbclient", reason="pip install nbclient ipykernel")
    code = (
        "import tuners\nfrom sklearn.tree import DecisionTreeClassifier\n"
        "tuners.compare(DecisionTreeClassifier(), 'iris', space={'max_depth': (1, 9)}, tuners=['default', 'random'], "
        "budget=3, seeds=2, repeats=2)"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    client.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = notebook.cells[0].outputs
    shown = [output for output in outputs if output.output_type == "execute_result"]
    assert "best on iris" in shown[0]["data"]["text/html"]
    assert any("cells" in output.get("text", "") or "cells" in str(output.get("data", "")) for output in outputs)
