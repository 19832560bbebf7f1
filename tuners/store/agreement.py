"""Whether the trials in a side file are those that the records of its saved run were made of."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

from tuners.results.record import Record
from tuners.results.repeats import repeats_hash
from tuners.results.run import Incumbent, Repeat, Run
from tuners.results.trial import Trial, charged, trials_hash
from tuners.store.codec import damaged


def require_mean(trial: Trial) -> None:
    """Raise `DamagedError` if a trial's score is not the mean of its fold scores, or a failed trial has a score."""
    scores = trial.fold_scores
    mean = sum(scores) / len(scores) if scores and trial.ok else math.nan
    if not (math.isclose(trial.score, mean, rel_tol=1e-9, abs_tol=1e-12) or (math.isnan(trial.score) and not trial.ok)):
        said = f"expected the mean of the fold scores, {mean:.6g}, got {trial.score:.6g}"
        raise damaged(said, "score")


def disagreement(run: Run) -> str:
    """Say how the trials of a cell differ from those that its record was made of; empty if they do not."""
    record = run.record
    if len(run.repeats) < 2:
        return _differs(record, run.trials_of(0) if run.repeats else run.trials, run.incumbents)
    if record.repeats != len(run.repeats):
        return f"expected {record.repeats} repeats, as its record says, got {len(run.repeats)}"
    for number, repeat in enumerate(run.repeats):
        said = _differs(repeat, run.trials_of(number), repeat.incumbents)
        if said:
            return f"repeat {number}: {said}"
    if record.trials_sha256 != repeats_hash([repeat.trials_sha256 for repeat in run.repeats]):
        return f"expected the repeats of its record (SHA-256 {record.trials_sha256[:12]}), got others"
    return ""


def _differs(record: Record | Repeat, trials: Sequence[Trial], incumbents: Sequence[Incumbent]) -> str:
    """Say how trials differ from those that a record, or a repeat, was made of."""
    if charged(trials) != record.evaluations:
        return f"expected {record.evaluations} trials, as its record has evaluations, got {charged(trials)}"
    # Runs that were cut short have no hash.
    if record.trials_sha256 and record.trials_sha256 not in {trials_hash(trials), trials_hash(_without_exact(trials))}:
        return f"expected the trials of its record (SHA-256 {record.trials_sha256[:12]}), got others"
    best = -math.inf
    for position in sorted(known := {each.trial: each for each in incumbents}):
        if position >= len(trials) or not trials[position].score > best:
            return f"expected an incumbent that is better than the ones before, got trial {position}"
        best = trials[position].score
    if record.ok and known and known[max(known)].test_score != record.test_score:
        return f"expected {record.test_score} as the winner's test score, got {known[max(known)].test_score}"
    return ""


def _without_exact(trials: Sequence[Trial]) -> list[Trial]:
    """Return trials as they were in versions that did not write `exact`, if each null among the parameters was NaN."""
    return [dataclasses.replace(each, params=_with_nan(each.params)) for each in trials]


def _with_nan(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: math.nan if value is None else value for name, value in params.items()}
