"""A trial: one evaluated candidate, and what identifies a sequence of them."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tuners.errors import failure
from tuners.results.params import Params, plain_params
from tuners.text.printable import printable
from tuners.text.shown import json_form, shown


@dataclass(frozen=True)
class Trial:
    """One evaluated candidate. Times are seconds; start and end are on the run's clock."""

    params: Params
    fold_scores: tuple[float, ...]
    """One a fold; NaN where a fold failed."""
    score: float
    """Mean of the fold scores; NaN for a failed trial."""
    fit_seconds: float
    """Summed over the folds."""
    score_seconds: float
    """Summed over the folds."""
    start: float
    end: float
    reason: str = ""
    """Why it failed; empty for a good trial."""
    fidelity: float = 1.0
    """Share of a full evaluation: 1 is in full."""
    exact: str = field(default="", repr=False, compare=False)
    """What the hash is made of, where parameters that were read from a file do not say it; else empty."""

    @property
    def identity(self) -> str:
        """Parameters and fold scores as the text that the hash is made of."""
        if self.exact:
            return self.exact
        scores = [repr(score) for score in self.fold_scores]
        try:
            return json.dumps([self.params, scores], sort_keys=True, default=shown)
        except TypeError:  # keys that JSON has no form for, or no order
            return json.dumps([json_form(self.params), scores], sort_keys=True)

    def __post_init__(self) -> None:
        """Keep a reason that can be printed: it is a library's or an estimator's text."""
        if self.reason:
            object.__setattr__(self, "reason", printable(self.reason))

    @property
    def ok(self) -> bool:
        """Whether every fold was scored."""
        return not self.reason

    @property
    def status(self) -> str:
        """`ok`, `failed`, `timeout` or `memory`."""
        return failure(self.reason) if self.reason else "ok"

    @classmethod
    def of(
        cls,
        params: Mapping[str, Any],
        fold_scores: Sequence[float],
        *,
        start: float,
        end: float,
        fit_seconds: float = 0.0,
        score_seconds: float = 0.0,
        reason: str = "",
        fidelity: float = 1.0,
    ) -> Trial:
        """Make a trial of what was measured: plain values, the mean, and a failure where that is no number."""
        scores = tuple(float(score) for score in fold_scores)
        mean = float(np.mean(scores)) if scores else math.nan
        if not math.isfinite(mean) and not reason:
            reason = f"the score is {mean}"
        score = math.nan if reason else mean
        return cls(plain_params(params), scores, score, fit_seconds, score_seconds, start, end, reason, fidelity)


def incumbent(trials: Sequence[Trial]) -> Trial | None:
    """Return the best of the trials in full, the earliest of equals; None without a good one."""
    good = [trial for trial in trials if trial.ok and trial.fidelity == 1]
    return max(good, key=lambda trial: trial.score) if good else None


def trials_hash(trials: Sequence[Trial]) -> str:
    """Return a SHA-256 of parameters and fold scores, no times: equal hashes mean the same search."""
    digest = hashlib.sha256()
    for trial in trials:
        digest.update(trial.identity.encode())
    return digest.hexdigest()
