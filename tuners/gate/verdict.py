"""Verdicts: what the gate says of each method, in a line, and of all of them, in one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tuners.analysis.units import Interval
from tuners.gate.expression import kind, parse
from tuners.gate.kind import Finding, Outcome

FAILING: tuple[Outcome, ...] = ("regressed", "failed", "missing", "not judged")
"""Outcomes that a gate does not let pass, the worst first: what could not be judged may have become worse."""


@dataclass(frozen=True)
class Verdict:
    """What a gate says of one method."""

    gate: str
    model: str
    tuner: str
    outcome: Outcome
    detail: str = ""
    difference: float | None = None
    """Now minus then, in the kind's unit: score; or the ratio of seconds, less 1."""
    interval: Interval | None = None
    """Of the difference, at the confidence of the gate."""
    p_value: float | None = None
    """That it has not become worse beyond the tolerance; Holm-adjusted."""
    metric: str = ""
    """Of a difference of scores, whose unit it has."""

    @classmethod
    def of(cls, gate: str, found: Finding) -> Verdict:
        """Make the verdict of what a test found."""
        return cls(
            gate, *found.method, found.outcome, found.detail, difference=found.difference, interval=found.interval,
            p_value=found.p_value, metric=found.metric,
        )  # fmt: skip

    @property
    def fails(self) -> bool:
        """Whether the gate does not let it pass."""
        return self.outcome in FAILING

    def __str__(self) -> str:
        """Return the line that a person reads: `regressed: bayesian on forest, -1.9 points [-2.6, -1.1]`."""
        parts = [f"{self.outcome}: {self.tuner} on {self.model}"]
        if self.difference is not None:
            words = kind(parse(self.gate).kind).worded
            parts.append(words(self.difference, self.interval, self.metric))
        if self.detail:
            parts.append(self.detail)
        return ", ".join(parts) + f" ({self.gate})"


def summary(verdicts: Sequence[Verdict]) -> str:
    """Return the one line that a person reads first."""
    worst = [verdict for verdict in verdicts if verdict.fails]
    if not worst:
        return "the gate passes: " + ", ".join(
            f"{sum(v.outcome == outcome for v in verdicts)} {outcome}"
            for outcome in dict.fromkeys(verdict.outcome for verdict in verdicts)
        )
    worst.sort(key=lambda verdict: FAILING.index(verdict.outcome))
    more = f"; and {len(worst) - 1} more" if len(worst) > 1 else ""
    return f"{worst[0]}{more}"
