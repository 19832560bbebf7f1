"""Trials as lines of journals and side files hold them, and what they must agree with."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tuners.results.record import Record
from tuners.results.run import Incumbent
from tuners.results.trial import Trial, trials_hash
from tuners.store.codec import damaged, plain
from tuners.text.shown import shown

_WRITTEN = [known.name for known in dataclasses.fields(Trial) if known.name not in {"exact", "fidelity"}]


@dataclass(frozen=True, kw_only=True)
class TrialForm:
    """A trial on disk: null is NaN, or an infinite number."""

    params: dict[str, Any]
    fold_scores: list[float | None]
    score: float | None
    fit_seconds: float | None = 0.0
    score_seconds: float | None = 0.0
    start: float | None = 0.0
    end: float | None = 0.0
    reason: str = ""
    fidelity: float = 1.0
    exact: str = ""


@dataclass(frozen=True, kw_only=True)
class SideLine(TrialForm):
    """A line of a side file."""

    cell: str
    trial: int
    incumbent: bool = False
    incumbent_test_score: float | None = None


def written(trial: Trial) -> dict[str, Any]:
    """Return a trial as it is written; with what its hash is made of, where JSON of its parameters does not say it."""
    fields: dict[str, Any] = {name: plain(getattr(trial, name)) for name in _WRITTEN}
    if trial.fidelity != 1:
        fields["fidelity"] = trial.fidelity
    if trial.exact or not all(map(_is_plain, (*trial.params.values(), *filter(math.isinf, trial.fold_scores)))):
        scores = [repr(_number(score)) for score in fields["fold_scores"]]
        if json.dumps([fields["params"], scores], sort_keys=True, default=shown) != trial.identity:
            fields["exact"] = trial.identity
    return fields


def _is_plain(value: Any) -> bool:
    """Whether JSON has just this value, as most are; looked at in the time of a trial."""
    return type(value) in {str, int, bool, type(None)} or (type(value) is float and math.isfinite(value))


def trial(form: TrialForm) -> Trial:
    """Return the trial that a line has."""
    return Trial(
        params=form.params,
        fold_scores=tuple(map(_number, form.fold_scores)),
        score=_number(form.score),
        fit_seconds=_number(form.fit_seconds),
        score_seconds=_number(form.score_seconds),
        start=_number(form.start),
        end=_number(form.end),
        reason=form.reason,
        fidelity=form.fidelity,
        exact=form.exact,
    )


def require_mean(trial: Trial) -> None:
    """Raise `DamagedError` if a trial's score is not the mean of its folds', or a failed one has a score."""
    scores = trial.fold_scores
    mean = sum(scores) / len(scores) if scores and trial.ok else math.nan
    if not (math.isclose(trial.score, mean, rel_tol=1e-9, abs_tol=1e-12) or (math.isnan(trial.score) and not trial.ok)):
        said = f"expected the mean of the fold scores, {mean:.6g}, got {trial.score:.6g}"
        raise damaged(said, "score")


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def disagreement(record: Record, trials: Sequence[Trial], incumbents: Sequence[Incumbent]) -> str:
    """Say in what a cell's trials are not those that its record was made of; empty if they are."""
    if len(trials) != record.evaluations:
        return f"expected {record.evaluations} trials, as its record has evaluations, got {len(trials)}"
    # Runs that were cut short have no hash.
    if record.trials_sha256 and record.trials_sha256 not in {trials_hash(trials), trials_hash(_older(trials))}:
        return f"expected the trials of its record (SHA-256 {record.trials_sha256[:12]}), got others"
    best = -math.inf
    for position in sorted(known := {each.trial: each for each in incumbents}):
        if position >= len(trials) or not trials[position].score > best:
            return f"expected an incumbent that is better than the ones before, got trial {position}"
        best = trials[position].score
    if record.ok and known and known[max(known)].test_score != record.test_score:
        return f"expected {record.test_score} as the winner's test score, got {known[max(known)].test_score}"
    return ""


def _older(trials: Sequence[Trial]) -> list[Trial]:
    """Return trials as versions before `exact` must have made them, if a null among the parameters was NaN."""
    return [dataclasses.replace(each, params=_with_nan(each.params)) for each in trials]


def _with_nan(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: math.nan if value is None else value for name, value in params.items()}
