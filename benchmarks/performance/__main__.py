"""Every measurement of the documentation by one command: `python -m benchmarks.performance [NAME ...]`.

Runs each script in a process of its own, and writes what all of them print to docs/performance.md; with
names, runs just these and writes nothing.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

SCRIPTS = (
    "search", "growth", "network", "overhead", "tables", "clock", "startup", "limits", "gate", "gate_tables",
    "verdicts", "page",
)  # fmt: skip
PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
INTRODUCTION = """# What it costs, measured

Written by `python -m benchmarks.performance`, both sides of each ratio in one run.
"""


def main(names: list[str]) -> int:
    """Run the scripts; return how many missed a requirement."""
    missed, sections = 0, [INTRODUCTION]
    for name in names or SCRIPTS:
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.performance.{name}"], stdout=subprocess.PIPE, text=True, check=False
        )
        print(done.stdout)
        missed += done.returncode != 0
        title = (importlib.import_module(f"benchmarks.performance.{name}").__doc__ or "").splitlines()[0]
        sections.append(f"## {title.rstrip('.')}\n\n{done.stdout.strip()}\n")
    if not names:
        PAGE.write_text("\n".join(sections))
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
