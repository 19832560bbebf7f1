"""A trial: one candidate, evaluated; and the hash of a sequence of trials."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tuners.errors import failure
from tuners.results.params import Params, plain_params
from tuners.text.printable import printable
from tuners.text.shown import json_form, shown

DIGITS = 9
"""To which sums of shares are rounded: thirty tenths are three."""


@dataclass(frozen=True)
class Trial:
    """One evaluated candidate. Times are seconds; start and end are on the run's clock."""

    params: Params
    fold_scores: tuple[float, ...]
    """One a fold; NaN where a fold failed."""
    score: float
    """Mean of the fold scores; NaN for a failed trial."""
    fit_seconds: float = 0.0
    """Summed over the folds."""
    score_seconds: float = 0.0
    """Summed over the folds."""
    start: float = 0.0
    end: float = 0.0
    reason: str = ""
    """Why it failed; empty for a good trial."""
    fidelity: float = field(default=1.0, metadata={"written": "where it differs"})
    """Share of a full evaluation: 1 is in full."""
    exact: str = field(default="", repr=False, compare=False)
    """What the hash is made of, where parameters that were read from a file do not give it; else empty."""
    saved: float = field(default=0.0, metadata={"written": "where it differs"})
    """The share of a full evaluation that was not made again: the fit went on from one at a smaller fidelity."""

    @property
    def identity(self) -> str:
        """The text that the hash is made of: parameters and fold scores."""
        if self.exact:
            return self.exact
        scores = [repr(score) for score in self.fold_scores]
        if self.fidelity != 1:
            scores.append(f"at {self.fidelity!r}")
        try:
            return json.dumps([self.params, scores], sort_keys=True, default=shown)
        except TypeError:  # keys that JSON cannot hold, or that have no order
            return json.dumps([json_form(self.params), scores], sort_keys=True)

    def __post_init__(self) -> None:
        """Make the reason safe to print: it is the text of a library or of an estimator."""
        if self.reason:
            object.__setattr__(self, "reason", printable(self.reason))

    @property
    def cost(self) -> float:
        """What it is charged, in full-fit equivalents."""
        return round(self.fidelity - self.saved, DIGITS)

    @property
    def ok(self) -> bool:
        """Whether every fold was scored."""
        return not self.reason

    @property
    def can_win(self) -> bool:
        """Whether it is a good trial of a candidate evaluated in full."""
        return self.ok and self.fidelity == 1

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
        saved: float = 0.0,
    ) -> Trial:
        """Make a trial of what was measured; it has failed if the mean of the fold scores is NaN or infinite."""
        import numpy as np  # noqa: PLC0415  loaded by now where there are scores: reading a trial does not need it

        scores = tuple(float(score) for score in fold_scores)
        # NumPy's sum is not always Python's to the last bit, and scores are compared by bits.
        mean = float(np.mean(scores)) if scores else math.nan
        if not math.isfinite(mean) and not reason:
            reason = f"the score is {mean}"
        score = math.nan if reason else mean
        return cls(
            plain_params(params), scores, score, fit_seconds, score_seconds, start, end, reason, fidelity, saved=saved
        )


def incumbent(trials: Sequence[Trial]) -> Trial | None:
    """Return the best of the trials in full, the earliest of equals; None if none is good."""
    good = [trial for trial in trials if trial.can_win]
    return max(good, key=lambda trial: trial.score) if good else None


def spent(trials: Iterable[Trial]) -> float:
    """Return what trials cost, in full-fit equivalents."""
    return round(math.fsum(trial.cost for trial in trials), DIGITS)


def charged(trials: Iterable[Trial]) -> int:
    """Return the evaluations that a record counts: what trials cost, rounded up."""
    return math.ceil(spent(trials))


def in_order(placed: Mapping[int, Trial]) -> list[Trial]:
    """Return trials by position in the order of the method, which no number of jobs changes."""
    return [placed[position] for position in sorted(placed)]


def trials_hash(trials: Sequence[Trial]) -> str:
    """Return a SHA-256 of parameters and fold scores, without times: equal hashes mean the same search."""
    digest = hashlib.sha256()
    for trial in trials:
        digest.update(trial.identity.encode())
    return digest.hexdigest()
