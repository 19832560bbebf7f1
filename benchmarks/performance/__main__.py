"""Every measurement of the documentation by one command: `python -m benchmarks.performance [NAME ...]`.

Runs each script in a process of its own, and writes what they print to docs/reference/performance.md: all of it, or,
with names, the sections of these.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

SCRIPTS = (
    "search", "growth", "sharing", "sharing_linear", "network", "hypergradient", "overhead", "methods", "tables",
    "clock", "startup", "commands", "limits", "cluster", "gate", "gate_tables", "verdicts", "page", "messy", "shards",
    "history",
)  # fmt: skip
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "performance.md"
INTRODUCTION = """# What it costs, measured

Written by `python -m benchmarks.performance`, both sides of each ratio in one run.
"""


def main(names: list[str]) -> int:
    """Run the scripts; return how many missed a requirement."""
    titles = {name: _title(name) for name in SCRIPTS}
    sections, missed = _sections() if names else {}, 0
    for name in names or SCRIPTS:
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.performance.{name}"], stdout=subprocess.PIPE, text=True, check=False
        )
        print(done.stdout)
        missed += done.returncode != 0
        if done.stdout.strip():  # one that broke has measured nothing
            sections[titles[name]] = done.stdout.strip()
    order = [title for title in titles.values() if title in sections]
    PAGE.write_text("\n".join([INTRODUCTION, *(f"## {title}\n\n{sections[title]}\n" for title in order)]))
    return missed


def _title(name: str) -> str:
    doc = importlib.import_module(f"benchmarks.performance.{name}").__doc__ or ""
    return doc.splitlines()[0].rstrip(".")


def _sections() -> dict[str, str]:
    """Return the page's sections, by title."""
    parts = (part.partition("\n") for part in PAGE.read_text().split("\n## ")[1:])
    return {title: text.strip() for title, _, text in parts}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
