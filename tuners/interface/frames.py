"""Tables of a comparison: a row a run, a row a trial, a row a method."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from tuners.results.run import Run

if TYPE_CHECKING:
    from tuners.report.subject import Subject
    from tuners.results.record import Record
    from tuners.results.run import Repeat

CELL = ("model", "dataset", "tuner", "seed")
RUN = (
    "cv_score", "test_score", "default_test_score", "regret", "evaluations", "failed_trials", "seconds",
    "evaluation_seconds", "search_seconds",
)  # fmt: skip
"""Figures of a run, by the names of records."""


def frame_of(runs: Iterable[Run]) -> pd.DataFrame:
    """Return a row a run; a cell that has no run has a row with its reason."""
    rows = [row for run in runs for row in _rows(run)]
    return pd.DataFrame(rows, columns=[*CELL, "repeat", "status", "reason", "metric", *RUN, "params"])


def _rows(run: Run) -> list[dict[str, Any]]:
    record, several = run.record, len(run.repeats) > 1
    common = {name: getattr(record, name) for name in (*CELL, "status", "reason", "metric", "default_test_score")}
    found = []
    for number, repeat in enumerate(run.repeats):
        own = {name: getattr(repeat, name) for name in RUN if hasattr(repeat, name)}
        # Of several repeats, a record has the mean of the regrets.
        own |= {"regret": _regret(record, repeat) if several else record.regret}
        own |= {"params": _winner(run, number) if several else dict(record.best_params)}
        failed = {} if repeat.ok else {"status": "failed", "reason": repeat.reason}
        found.append({**common, **own, **failed, "repeat": number})
    return found or [{**common, **{name: getattr(record, name) for name in RUN}, "repeat": 0, "params": {}}]


def _regret(record: Record, repeat: Repeat) -> float | None:
    marks = record.landmarks
    return None if marks is None or repeat.cv_score is None else marks.regret(repeat.cv_score)


def _winner(run: Run, number: int) -> dict[str, Any]:
    """Return the parameters of a repeat's last incumbent."""
    incumbents, trials = run.repeats[number].incumbents, run.trials_of(number)
    return dict(trials[incumbents[-1].trial].params) if incumbents and incumbents[-1].trial < len(trials) else {}


def trials_of(runs: Iterable[Run]) -> pd.DataFrame:
    """Return a row a trial, its parameters in columns `param_NAME`."""
    rows = [
        {
            **{name: getattr(run.record, name) for name in CELL},
            "repeat": number, "trial": position, "status": trial.status, "reason": trial.reason,
            "fidelity": trial.fidelity, "score": trial.score, "fold_scores": trial.fold_scores,
            "fit_seconds": trial.fit_seconds, "score_seconds": trial.score_seconds,
            "start": trial.start, "end": trial.end,
            **{f"param_{name}": value for name, value in trial.params.items()},
        }
        for run in runs
        for number in range(max(1, len(run.repeats)))
        for position, trial in enumerate(run.trials_of(number) if run.repeats else run.trials)
    ]  # fmt: skip
    usual = [*CELL, "repeat", "trial", "status", "reason", "fidelity", "score", "fold_scores"]
    return pd.DataFrame(rows, columns=None if rows else usual)


def verdict_of(subjects: Sequence[Subject]) -> pd.DataFrame:
    """Return a row a method and model, the best first: what the terminal's table says, as figures."""
    rows = []
    for subject in subjects:
        for each in subject.standings:
            low, high = (None, None) if each.gain is None or each.gain.interval is None else each.gain.interval
            rows.append(
                {
                    "model": subject.group.model, "tuner": each.tuner, "verdict": each.word,
                    "gain": None if each.gain is None else each.gain.mean, "gain_low": low, "gain_high": high,
                    "regret": each.regret, "seconds": each.row.seconds, "failures": each.row.failures,
                }
            )  # fmt: skip
    return pd.DataFrame(rows)
