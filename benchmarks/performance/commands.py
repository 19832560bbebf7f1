"""What commands cost before they do anything, and how many trials a second are exported.

    python -m benchmarks.performance.commands

Lists and completion beside an empty Python and one that has loaded scikit-learn; exports of made-up runs, into
databases and a journal in a temporary folder.
"""

from __future__ import annotations

import contextlib
import functools
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tabulate import tabulate

from benchmarks.performance.measure import interleave, machine, medians
from tests import runs
from tests.commands.test_export import ABOUT
from tuners.__main__ import main as tuners
from tuners.store import saved, side_files

ROUNDS = 5
LONGEST = 1.0
"""Seconds that a list may take."""
LISTS = ("tuners", "models", "datasets", "presets")
TRIALS = 40
EXPORTS = {
    "Optuna, database": ["--optuna", "sqlite:///trials.db"],
    "Optuna, journal": ["--optuna", "trials.log"],
    "MLflow, scores by step": ["--mlflow", "sqlite:///mlflow.db"],
    "MLflow, a run a trial": ["--mlflow", "sqlite:///mlflow.db", "--trials", "--name", "trials", "--cells", "*-0"],
}


def python(*arguments: str, line: str = "") -> None:
    """Run Python; with a line, as a shell that asks for what completes it."""
    asked = {
        "_ARGCOMPLETE": "1",
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
        "_ARGCOMPLETE_STDOUT_FILENAME": os.devnull,
    }
    environment = {**os.environ, **(asked if line else {})}
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, env=environment)


def exported() -> list[list[str]]:
    """Return how long each export takes, and how many trials a second that is."""
    made = runs.grid(["default", "random", "optuna", "smac"], ["wine", "iris"], 5, trials=TRIALS)
    Path("one.trials.jsonl").unlink(missing_ok=True)
    side_files.write(made, Path("one.trials.jsonl"))
    content = saved.document([(run.record, {}) for run in made], about=ABOUT, trials="one.trials.jsonl")
    Path("one.json").write_text(json.dumps(content))
    rows = []
    for name, arguments in EXPORTS.items():
        cells = [run for run in made if "*-0" not in arguments or run.record.seed == 0]
        trials = sum(len(run.trials) for run in cells)
        began = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):
            tuners(["export", "one.json", *arguments])
        seconds = time.perf_counter() - began
        rows.append([name, f"{len(cells)}", f"{trials:,}", f"{seconds:.1f}", f"{trials / seconds:,.0f}"])
    return rows


def main() -> int:
    """Measure; return 1 if a list takes too long."""
    sides = {"an empty Python": functools.partial(python, "-c", "pass")}
    sides |= {f"tuners list {name}": functools.partial(python, "-m", "tuners", "list", name) for name in LISTS}
    sides["completing a method's name"] = functools.partial(python, "-m", "tuners", line="tuners list tuners opt")
    sides["tuners list metrics"] = functools.partial(python, "-m", "tuners", "list", "metrics")
    sides["import sklearn.metrics"] = functools.partial(python, "-c", "import sklearn.metrics")
    seconds = medians(interleave(sides, ROUNDS))
    print(tabulate([[name, f"{each:.2f}"] for name, each in seconds.items()], ["what", "seconds"], tablefmt="pipe"))
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        rows = exported()
        os.chdir("/")
    print("\n" + tabulate(rows, ["export", "cells", "trials", "seconds", "trials a second"], tablefmt="pipe"))
    print(f"\nmedians of {ROUNDS}; {machine('optuna', 'mlflow-skinny')}")
    return int(any(seconds[f"tuners list {name}"] > LONGEST for name in LISTS))


if __name__ == "__main__":
    sys.exit(main())
