"""What a frame as people have them costs beside its clean numeric columns alone.

    python -m benchmarks.performance.messy

A file of 50,000 rows of 20 columns: identifiers, dates, gaps, money, categories of 3,000 values, and one row of 20
positive. Each side is a run of the tuner `default` in a process of its own: an evaluation on the folds of the standard
preset, and a refit.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from tabulate import tabulate

from tuners import Budget, Dataset, Model, Problem, read
from tuners.catalog import MODELS, PRESETS, TUNERS
from tuners.execution.measurement import Measurement
from tuners.results.trial import incumbent

ROWS = 50_000
REQUIRED_RATIO = 3
REQUIRED_GIGABYTES = 2
SIDES = ("messy", "clean")


def frame(rows: int = ROWS) -> pd.DataFrame:
    """Return customers, made up, and which of them left, in the last column."""
    random = np.random.default_rng(0)
    number = random.normal(size=(rows, 6))
    town = random.zipf(1.3, rows) % 3000
    plan = random.choice(["basic", "plus", "family", "business"], rows)
    joined = pd.Timestamp("2015-01-01") + pd.to_timedelta(random.integers(0, 3600, rows), unit="D")
    money = np.round(np.exp(number[:, 0] + 3), 2)
    risk = number[:, 1] + (town % 7 == 3) + (plan == "basic") + 0.5 * (joined.month == 1) + random.normal(size=rows)
    left = np.where(risk > np.quantile(risk, 0.95), "yes", "no")
    columns: dict[str, Any] = {
        "customer": [f"C-{each:08d}" for each in random.integers(0, 10**8, rows)],
        "contract": [f"{a:04x}-{b:06d}" for a, b in zip(random.integers(0, 2**16, rows), range(rows), strict=True)],
        "joined": joined,
        "last_seen": (joined + pd.to_timedelta(random.integers(1, 900, rows), unit="D")).strftime("%d.%m.%Y"),
        "town": np.char.add("town ", (town * 7919 % 10007).astype(str)),
        "employer": np.char.add("company ", (random.zipf(1.2, rows) % 3000).astype(str)),
        "plan": plan,
        "state": random.choice([f"state {each}" for each in range(30)], rows),
        "paperless": random.choice(["yes", "no"], rows),
        "payment": random.choice(np.array(["card", "transfer", "cheque", None]), rows),
        "fee": [f"$ {each:,.2f}" for each in money],
        "total": money * random.integers(1, 70, rows),
        "usage": number[:, 1],
        "calls": random.poisson(3, rows),
        "age": random.integers(18, 90, rows),
        "score": number[:, 2],
        "tenure": random.integers(0, 72, rows),
        "rate": number[:, 3],
        "balance": number[:, 4],
        "distance": number[:, 5],
    }
    table = pd.DataFrame(columns)
    for name in ("total", "usage", "balance", "town", "joined"):
        table.loc[random.random(rows) < 0.05, name] = None
    return table.assign(left=left)


def dataset(which: str) -> Dataset:
    """Return the customers' file as it is read, or its numbers alone, without gaps."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customers.csv"
        frame().to_csv(path, index=False)
        data = read(path, target="left", positive="yes")
    if which == "messy":
        return data
    X = pd.DataFrame(data.X).select_dtypes("number")
    return Dataset(which, X.fillna(X.mean()), data.y, positive="yes")


def models() -> dict[str, Model]:
    """Return the models that are measured, by name."""
    boosting = HistGradientBoostingClassifier()
    return {
        "forest": MODELS.load("forest")(),
        "boosting": Model("boosting", boosting, {"learning_rate": [0.05, 0.1, 0.2], "max_leaf_nodes": [15, 31]}),
    }


def side(model: str, which: str) -> None:
    """Tune a model on one side; print the run's seconds, peak memory in GB, score, features, and seconds of reading."""
    begun = time.perf_counter()
    data = dataset(which)
    reading = time.perf_counter() - begun
    protocol = replace(PRESETS.load("standard").protocol, metric="average_precision")
    problem = Problem(models()[model], data, 0, protocol)
    measurement = Measurement("default", TUNERS.load("default"), problem, Budget(1))
    measurement.prepare()
    measurement.search()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    best = incumbent(measurement.ledger.trials)
    assert best is not None
    print(measurement.seconds, peak, best.score, data.X.shape[1], reading)


def main() -> int:
    """Measure both sides of each model in processes of their own; return 1 if what is required is exceeded."""
    rows, missed = [], 0
    for model in models():
        told = {}
        for which in SIDES:
            command = [sys.executable, "-m", "benchmarks.performance.messy", model, which]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            told[which] = list(map(float, done.stdout.split()))
        (messy, peak, score, features, reading), (clean, _, plain_score, numbers, _) = (told[which] for which in SIDES)
        missed += messy > REQUIRED_RATIO * clean or peak >= REQUIRED_GIGABYTES
        seconds = [f"{messy:.1f}", f"{clean:.1f}", f"{messy / clean:.2f}"]
        rows.append([model, *seconds, f"{peak:.2f}", f"{score:.4f}", f"{plain_score:.4f}"])
    headings = ["model", "messy, s", "clean, s", "ratio", "messy, peak GB", "messy, score", "clean, score"]
    print(tabulate(rows, headings, tablefmt="pipe", disable_numparse=True))
    print(
        f"\n{ROWS:,} rows of 20 columns, {features:.0f} of them features; clean: the {numbers:.0f} that are numbers, "
        f"whose gaps are filled beforehand; read in {reading:.1f} s. Score: average precision in cross-validation. "
        f"Required: a ratio of at most {REQUIRED_RATIO}, less than {REQUIRED_GIGABYTES} GB"
    )
    return int(missed > 0)


if __name__ == "__main__":
    if sys.argv[1:]:
        side(*sys.argv[1:])
    else:
        sys.exit(main())
