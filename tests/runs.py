"""Runs as sessions make them, without making any: for tests and measurements of reports."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from tuners.analysis.methods import evaluate
from tuners.report.document import Report
from tuners.results.landmarks import Landmarks, area
from tuners.results.record import Record
from tuners.results.run import Incumbent, Repeat, Run
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


CANDIDATES = 1_000
"""Of the recorded space."""
SKILL = {"random": 1.0, "grid": 0.8, "bayesian": 0.3, "genetic": 0.4}
"""The share of the candidates, best first, that a method draws from after its first ten evaluations."""


def table(dataset: str, seed: int) -> tuple[np.ndarray, np.ndarray, Landmarks]:
    """Return cross-validation and test scores of the candidates, best first, and the landmarks; 20 ties on top."""
    generator = np.random.default_rng([seed, *map(ord, dataset)])
    scores = np.sort(generator.normal(0.92, 0.015, CANDIDATES).clip(0, 0.97).round(4))[::-1]
    scores[:20] = scores[0]
    tests = (scores + generator.normal(-0.005, 0.004, CANDIDATES)).clip(0, 1).round(4)
    at = 300
    found = Landmarks(
        CANDIDATES, CANDIDATES, whole=True, optimum=float(scores[0]), ties=20, median=float(np.median(scores)),
        tenth=float(scores[99]), hundredth=float(scores[9]), oracle=float(tests.max()), default=float(scores[at]),
        default_rank=1 + int((scores > scores[at]).sum()), modelled=True,
    )  # fmt: skip
    return scores, tests, found


def recorded(
    tuner: str, dataset: str = "wine", seed: int = 0, *, repeats: int = 5, budget: int = 40, **values: Any
) -> Run:
    """Return a cell of recorded runs, each of which begins with the default configuration.

    The untuned model has one run of one evaluation; other methods draw from the space by their `SKILL`.
    """
    scores, tests, landmarks = table(dataset, seed)
    generator = np.random.default_rng([seed, *map(ord, tuner + dataset)])
    default = (landmarks.default_rank or 1) - 1
    made: list[Repeat] = []
    for _ in range(1 if tuner == "default" else repeats):
        rows = [default]
        while tuner != "default" and len(rows) < budget:
            share = SKILL.get(tuner, 1.0) if len(rows) >= 10 else 1.0
            rows.append(int(generator.integers(round(CANDIDATES * share))))
        incumbents = [
            Incumbent(at, float(scores[row]), float(tests[row]), at + 1.0, 0.05 * (at + 1))
            for at, row in enumerate(rows)
            if scores[row] > max((scores[each] for each in rows[:at]), default=-1.0)
        ]
        made.append(
            Repeat(
                incumbents[-1].cv_score, incumbents[-1].test_score, tuple(incumbents), len(rows), ties=1,
                seconds=0.05 * len(rows) + 0.02, evaluation_seconds=0.05 * len(rows), search_seconds=0.02,
                trials_sha256=f"{tuner}-{dataset}-{seed}-{len(made)}", rows=tuple(rows),
            )
        )  # fmt: skip
    plain = run(tuner, dataset, seed, trials=budget)
    steps = [[(each.spent or 0.0, landmarks.regret(each.cv_score) or 0.0) for each in one.incumbents] for one in made]
    usual: dict[str, Any] = {
        "test_score": float(np.mean([each.test_score for each in made])),
        "cv_score": float(np.mean([each.cv_score for each in made])),
        "seconds": float(np.mean([each.seconds for each in made])),
        "evaluation_seconds": float(np.mean([each.evaluation_seconds for each in made])), "search_seconds": 0.02,
        "regret": float(np.mean([landmarks.regret(each.cv_score) for each in made])),
        "area": float(np.mean([area(each, budget) for each in steps])),
        "repeats": len(made), "start": "default", "clock": "recorded", "evaluation": "recorded",
        "landmarks": landmarks, "evaluations": made[0].evaluations, "budget": budget, "train_rows": 400,
        "test_rows": 171, "default_test_score": float(tests[default]), "trials_sha256": made[0].trials_sha256,
    }  # fmt: skip
    record = dataclasses.replace(plain.record, **(usual | values))
    return Run(record, plain.trials, made[0].incumbents, tuple(made))


def sessions(tuners: Sequence[str], datasets: Sequence[str], seeds: int, **values: Any) -> list[Run]:
    """Return a cell of recorded runs of each."""
    return [
        recorded(tuner, dataset, seed, **values) for dataset in datasets for tuner in tuners for seed in range(seeds)
    ]


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
