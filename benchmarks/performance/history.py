"""How long the history of a thousand saved runs of 500 cells takes: reading, arithmetic, page.

    python -m benchmarks.performance.history [RUNS [FOLDER]]

The runs are written beforehand, as large as pytest-benchmark writes them, into FOLDER, or one that is removed at the
end. Each method's trials are others at one commit in ten; at 60 % of the commits `random` becomes worse, and slower by
30 %: that must be found there.
"""

from __future__ import annotations

import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from tabulate import tabulate

from benchmarks.performance.measure import machine
from tests import runs
from tuners.analysis.history import history
from tuners.report.history.page import page
from tuners.results.record import Record
from tuners.store import past_runs, saved

T = TypeVar("T")
TUNERS = ("default", "random", "grid", "bayesian", "genetic", "optuna", "cmaes", "flaml", "sobol", "halving")
DATASETS, SEEDS = 10, 5
MOST_SECONDS = 20
NEW_TRIALS = 0.1
"""The share of commits at which a method's trials become others."""
CHANGED = ("regret", "test_score", "search_seconds", "reference_seconds", "trials_sha256")
"""The fields in which the runs differ."""


def write(folder: Path, number: int) -> int:
    """Write so many saved runs; return their bytes."""
    made = runs.sessions(TUNERS, [f"dataset_{place}" for place in range(DATASETS)], SEEDS)
    template = _template([run.record for run in made])
    generator = np.random.default_rng(0)
    scores = generator.normal(size=len(made))
    hashes = ["0" * 64] * len(made)
    size = 0
    for place in range(number):
        late = place >= 0.6 * number
        renewed = {tuner for tuner in TUNERS if tuner != "default" and (generator.random() < NEW_TRIALS or not place)}
        fields = {}
        for at, run in enumerate(made):
            tuner, record = run.record.tuner, run.record
            if tuner in renewed or (tuner == "random" and place == int(0.6 * number)):
                scores[at] = generator.normal()
                hashes[at] = f"{place:032}{at:032}"
            worse = 0.1 if late and tuner == "random" else 0.0
            slower = 1.3 if late and tuner == "random" else 1.0
            speed = 0.01 * generator.uniform(0.9, 1.1)
            values = {
                "regret": max(0.0, 0.3 + 0.1 * scores[at] + worse), "test_score": 0.9 - 0.02 * scores[at] - 0.1 * worse,
                "search_seconds": (record.search_seconds or 0.0) * slower * speed * generator.lognormal(sigma=0.1),
                "reference_seconds": speed, "trials_sha256": hashes[at],
            }  # fmt: skip
            fields.update({f"@{at}.{name}@": value for name, value in values.items()})
        size += _filled(template, fields, place, folder / f"{place + 1:04}_run.json")
    return size


def commit(place: int) -> str:
    """Return the name of a commit, by its place among them."""
    return hashlib.sha1(str(place).encode(), usedforsecurity=False).hexdigest()


def _template(records: list[Record]) -> list[str]:
    """Return a saved run's text in parts: every second part is the name of what stands there."""
    about = {
        "machine_info": {"node": "m", "machine": "x86_64", "system": "Linux", "python_version": "3.11.7",
                         "cpu": {"brand_raw": "one", "arch": "X86_64", "count": 2}},
        "commit_info": {"id": "@id@", "time": "@time@", "branch": "main", "dirty": False},
        "datetime": "@time@", "version": "5", "libraries": {"scikit-learn": "1.9.1"},
    }  # fmt: skip
    content = saved.document([(record, {}) for record in records], about=about)
    for at, bench in enumerate(content["benchmarks"]):
        bench["extra_info"] |= {name: f"@{at}.{name}@" for name in CHANGED}
    return json.dumps(content, indent=4).split('"')


def _filled(template: list[str], fields: dict[str, object], place: int, path: Path) -> int:
    time_of = f"{2020 + place // 336}-{1 + place // 28 % 12:02}-{1 + place % 28:02}T00:00:00+00:00"
    known = {"@id@": commit(place), "@time@": time_of, **fields}
    parts: list[str] = []
    for part in template:
        value = known.get(part)
        if isinstance(value, float):  # a number has no quotes
            parts.append(f"\0{value}\0")
        else:
            parts.append(part if value is None else str(value))
    text = '"'.join(parts).replace('"\0', "").replace('\0"', "")
    return path.write_text(text, encoding="utf-8")


def timed(act: Callable[[], T]) -> tuple[T, tuple[float, float]]:
    """Return what a function returns, its seconds, and the processor's."""
    began = time.perf_counter(), time.process_time()
    found = act()
    return found, (time.perf_counter() - began[0], time.process_time() - began[1])


def main(number: int = 1_000, folder: str = "") -> int:
    """Measure; return 1 if it takes too long, or a change is not found."""
    with tempfile.TemporaryDirectory() as made:
        where = Path(folder or made)
        size = write(where, number)
        read, reading = timed(lambda: past_runs.of_folder(where))
        found, arithmetic = timed(lambda: history(read.runs))
        html, setting = timed(lambda: page(found))
        command = f"{sys.executable} -m tuners history --storage {where} --report {made}/history.html".split()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        _, (whole, _) = timed(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    parts = {"reading": reading, "series and change points": arithmetic, "page": setting}
    rows = [
        *((name, *times) for name, times in parts.items()),
        ("the command, in a process of its own", whole, processor),
    ]
    print(tabulate(rows, ["part", "seconds", "processor's"], tablefmt="pipe", floatfmt=".1f"))
    ours = [each for each in found.changes if each.series.tuner == "random"]
    there = {each.series.measure for each in ours if found.points[each.at].commit.id == commit(int(0.6 * number))}
    print(
        f"\n{number} runs of {len(read.runs[0].cells)} cells, {size / 1e9:.1f} GB; page {len(html) / 1e6:.1f} MB; "
        f"{found.tested} series. Marked: {len(found.changes)}, of which at the commit of the change: "
        f"{', '.join(sorted(there)) or 'none'}. Required: under {MOST_SECONDS} s. {machine('msgspec', 'numpy')}."
    )
    return int(whole >= MOST_SECONDS or not {"regret", "seconds"} <= there)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 1_000, *sys.argv[2:]))
