"""Runs as sessions make them, without making any: for tests and measurements of reports."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from tuners.analysis.methods import evaluate
from tuners.report.document import Report
from tuners.results.record import Record
from tuners.results.run import Incumbent, Run
from tuners.results.trial import Trial, trials_hash

SPACE: dict[str, Sequence[Any]] = {
    "criterion": ["gini", "entropy"],
    "max_depth": [10, 142, 274, 406, None],
    "min_samples_leaf": [4, 6, 8, 12],
    "min_samples_split": [5, 7, 10, 14],
    "n_estimators": [8, 13, 19, 25, 31],
}


def run(tuner: str, dataset: str = "wine", seed: int = 0, *, trials: int = 12, **values: Any) -> Run:
    """Return a good run of random trials; the untuned model has one trial."""
    generator = np.random.default_rng([seed, *map(ord, tuner + dataset)])
    made: list[Trial] = []
    incumbents: list[Incumbent] = []
    for position in range(1 if tuner == "default" else trials):
        params = {name: choices[int(generator.integers(len(choices)))] for name, choices in SPACE.items()}
        params["C"] = float(10 ** generator.uniform(-3, 2))
        base = 0.9 + 0.01 * len(tuner) / 10 + 0.01 * params["n_estimators"] / 10
        folds = np.clip(generator.normal(base, 0.02, 2), 0, 1).round(4).tolist()
        begun = made[-1].end if made else 0.0
        seconds = float(generator.uniform(0.01, 0.1))
        made.append(
            Trial.of({} if tuner == "default" else params, folds, start=begun, end=begun + seconds,
                     fit_seconds=seconds * 0.8, score_seconds=seconds * 0.1)
        )  # fmt: skip
        if not incumbents or made[-1].score > incumbents[-1].cv_score:
            test = float(np.clip(made[-1].score + generator.normal(0, 0.01), 0, 1).round(4))
            incumbents.append(Incumbent(position, made[-1].score, test))
    usual: dict[str, Any] = {
        "metric": "accuracy", "test_score": incumbents[-1].test_score, "cv_score": incumbents[-1].cv_score,
        "default_test_score": 0.9, "evaluations": len(made), "budget": trials, "seconds": made[-1].end + 0.05,
        "evaluation_seconds": made[-1].end, "search_seconds": 0.05, "best_params": made[incumbents[-1].trial].params,
        "classes": ("benign", "malignant"), "confusion_matrix": [[50, 3], [2, 45]], "trials_sha256": trials_hash(made),
    }  # fmt: skip
    record = Record("forest", dataset, tuner, seed, **(usual | values))
    return Run(record, tuple(made), tuple(incumbents))


def grid(tuners: Sequence[str], datasets: Sequence[str], seeds: int, **values: Any) -> list[Run]:
    """Return a run of each."""
    return [run(tuner, dataset, seed, **values) for dataset in datasets for tuner in tuners for seed in range(seeds)]


def lost(tuner: str, reason: str, **values: Any) -> Run:
    """Return a run that failed before its first trial."""
    none: dict[str, Any] = dict.fromkeys(("test_score", "cv_score", "seconds", "confusion_matrix"))
    made = run(tuner, **values)
    record = dataclasses.replace(made.record, **none, status="failed", reason=reason, best_params={})
    return dataclasses.replace(made, record=record, trials=(), incumbents=(), repeats=())


def report(runs: Sequence[Run], **values: Any) -> Report:
    """Return the report of runs."""
    records = [each.record for each in runs]
    return Report(records, evaluate(records), runs=runs, **values)
