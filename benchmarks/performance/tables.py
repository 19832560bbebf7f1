"""What recorded tables cost: a look-up, a run, ten thousand repeats, and building a table beside exhaustive search.

    python -m benchmarks.performance.tables [REPEATS]

Look-ups by a method that does nothing else, over the article's 10,560 forests with 8 folds; in the processor's seconds,
so that what else the machine does is left out. Building and `exhaustive` evaluate the same 10,560 candidates on 4 folds
of the breast cancer's rows, in turn, in one process; building adds the test score of every candidate.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from sklearn.ensemble import RandomForestClassifier
from tabulate import tabulate

from benchmarks.performance.measure import machine
from tuners import Budget, Model, Objective, Problem, Protocol
from tuners.catalog import DATASETS, TUNERS
from tuners.evaluation.recording import Recording, recording_of
from tuners.execution.here import measure
from tuners.models.forest import space
from tuners.store.table import Row

FOLDS, ROUNDS, EVALUATIONS = 4, 3, 80
MOST_MICROSECONDS, MOST_RUN_MS, MOST_SECONDS, MOST_RATIO = 20, 5, 60, 1.5


def problem(folds: int = FOLDS) -> Problem:
    """Return the article's space on embedded rows."""
    model = Model("forest", RandomForestClassifier(n_jobs=1), space())
    return Problem(model, DATASETS.load("breast_cancer")(None), 0, Protocol(folds=folds, rows=400))


def invented(on: Problem, folder: Path) -> Recording:
    """Fill a table with numbers that are as large as real ones: what they are costs nothing."""
    recording = recording_of(on, folder)
    rows = [
        Row(-1, params, 1.0, (0.9 + number % 97 / 1000,) * on.protocol.folds, 0.9, 1.0, 0.1, 0.3, 0.01)
        for number, params in enumerate([{}, *(recording.candidates or [])])
    ]
    recording.table.add(rows)
    recording.read()
    return recording


def look_ups(on: Problem, folder: Path) -> float:
    """Return the microseconds of a look-up."""
    candidates = recording_of(on, folder).candidates or []

    def nothing_else(objective: Objective, seed: int) -> None:
        del seed
        for params in candidates:
            objective(params)

    def empty() -> None:
        for _ in candidates:
            pass

    taken = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        run = measure("nothing", nothing_else, on, Budget(len(candidates)), evaluation="recorded", tables=folder)
        ended = time.process_time()
        empty()
        assert run.record.evaluations == len(candidates)
        taken.append(ended - begun - (time.process_time() - ended))
    return min(taken) / len(candidates) * 1e6


def runs(on: Problem, folder: Path, repeats: int) -> tuple[float, float, float]:
    """Return the milliseconds of a run of random search, the seconds of so many, and the MiB that they add."""
    tune = TUNERS.load("random")
    measure("random", tune, on, Budget(EVALUATIONS), evaluation="recorded", tables=folder)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.process_time()
    for repeat in range(repeats):
        run = measure("random", tune, on, Budget(EVALUATIONS), evaluation="recorded", tables=folder, repeat=repeat)
        assert run.record.evaluations == EVALUATIONS
    seconds = time.process_time() - begun
    return seconds / repeats * 1000, seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def building(on: Problem) -> tuple[float, float]:
    """Return the seconds that building a table takes, and those of exhaustive search, the least of some rounds."""
    tune: Any = TUNERS.load("exhaustive")
    built, searched = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            again = replace(on)
            recording = recording_of(again, Path(folder))
            begun = time.perf_counter()
            recording.prepare()
            recording.add(recording.candidates or [], lambda done: True)  # noqa: ARG005  whatever was done
            built.append(time.perf_counter() - begun)
            assert recording.landmarks().whole
        begun = time.perf_counter()
        run = measure("exhaustive", tune, replace(on), Budget(1))
        assert run.record.evaluations == recording.landmarks().candidates
        searched.append((run.record.seconds or 0.0) if run.record.ok else time.perf_counter() - begun)
    return min(built), min(searched)


def main(repeats: int = 10_000) -> int:
    """Measure all; return 1 if what is required is missed."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        on = problem(folds=8)
        invented(on, folder)
        micro = look_ups(on, folder)
        run_ms, seconds, mib = runs(on, folder, repeats)
    built, searched = building(problem())
    rows = [
        ["a look-up, 10,560 candidates, 8 folds", f"{micro:.1f} microseconds", f"< {MOST_MICROSECONDS}"],
        [f"a run of random search, {EVALUATIONS} evaluations", f"{run_ms:.2f} ms", f"< {MOST_RUN_MS}"],
        [f"{repeats:,} of them", f"{seconds:.1f} s, {mib:.0f} MiB more", f"< {MOST_SECONDS} s"],
        ["building 10,560 forests x 4 folds, test scores", f"{built:.2f} s", ""],
        ["exhaustive search of them", f"{searched:.2f} s", ""],
        ["ratio", f"{built / searched:.2f}", f"< {MOST_RATIO}"],
    ]
    print(tabulate(rows, ["what", "measured", "required"], tablefmt="pipe", disable_numparse=True))
    print(f"\n{machine()}; processor's seconds, building the wall's, least of {ROUNDS}")
    scale = repeats / 10_000
    return int(
        micro >= MOST_MICROSECONDS
        or run_ms >= MOST_RUN_MS
        or seconds >= MOST_SECONDS * scale
        or built >= MOST_RATIO * searched
    )


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
