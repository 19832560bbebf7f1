"""Saved runs as a history reads them, without making any."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests import runs
from tuners.results.past import Commit, PastCell, PastRun
from tuners.results.record import Record
from tuners.store import saved

DAY = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def commit(place: int) -> Commit:
    """Return the commit at a place, a day after the one before."""
    name = hashlib.sha1(str(place).encode(), usedforsecurity=False).hexdigest()
    time = (DAY + dt.timedelta(days=place)).isoformat()
    return Commit(name, time, "main", message=f"commit number {place + 1}")


def past(
    number: int,
    *,
    worse_from: int | None = None,
    models: Sequence[str] = ("forest",),
    problems: int = 8,
    noise: float = 0.02,
    seed: int = 0,
    **values: Any,
) -> list[PastRun]:
    """Return a run at each of so many commits, with other trials each; `random` may become worse by 0.3 of regret."""
    generator = np.random.default_rng(seed)
    found = []
    for place in range(number):
        cells = []
        for model in models:
            for tuner in ("default", "random", "optuna"):
                worse = 0.3 if tuner == "random" and worse_from is not None and place >= worse_from else 0.0
                for at in range(problems):
                    fixed = tuner == "default"
                    drawn = 0.0 if fixed else float(generator.normal(scale=noise))
                    cell: dict[str, Any] = {
                        "model": model, "dataset": f"data{at % 2}", "tuner": tuner, "seed": at // 2, "schema": 1,
                        "metric": "accuracy", "test_score": 0.9 - 0.1 * worse - drawn / 10, "clock": "recorded",
                        "regret": 0.3 + worse + drawn, "seconds": 1.0, "protocol": "4 folds", "budget": 40,
                        "search_seconds": 0.1 * float(generator.lognormal(sigma=0.1)), "reference_seconds": 0.01,
                        "trials_sha256": "same" if fixed else f"{place}-{at}",
                    }  # fmt: skip
                    cells.append(PastCell(**(cell | values)))
        when = (DAY + dt.timedelta(days=place, hours=1)).isoformat()
        found.append(PastRun(f"{place + 1:04}_run", cells, commit(place), when, "one processor", {"Python": "3.11"}))
    return found


def save(folder: Path, number: int, *, worse_from: int | None = None) -> list[Path]:
    """Write saved runs as sessions do, a commit each; of some tuner's regret one may be worse from a place on."""
    made = runs.sessions(["default", "random"], ["wine", "iris"], 4)
    paths = []
    generator = np.random.default_rng(0)
    for place in range(number):
        benches: list[tuple[Record, dict[str, Any]]] = []
        for run in made:
            worse = 0.5 if worse_from is not None and place >= worse_from and run.record.tuner == "random" else 0.0
            drawn = float(generator.normal(scale=0.01))
            values: dict[str, Any] = run.record.as_dict() | {
                "regret": (run.record.regret or 0.0) + worse + drawn, "trials_sha256": f"{place}{run.record.cell}",
                "reference_seconds": 0.01, "search_seconds": 0.02 + 0.001 * float(generator.random()),
                "landmarks": None,
            }  # fmt: skip
            benches.append((Record(**values), {}))
        at = commit(place)
        about = {
            "machine_info": {"python_version": "3.11", "cpu": {"brand_raw": "one", "arch": "X86_64", "count": 2}},
            "commit_info": {"id": at.id, "time": at.time, "branch": "main", "dirty": False}, "version": "5",
            "datetime": at.time, "libraries": {"scikit-learn": "1.9"},
        }  # fmt: skip
        path = folder / f"{place + 1:04}_run.json"
        path.write_text(json.dumps(saved.document(benches, about=about)))
        paths.append(path)
    return paths
