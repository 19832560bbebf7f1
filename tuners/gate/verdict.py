"""Verdicts: what the gate says of each method, in a line, and of all of them, in one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from tuners.analysis import units
from tuners.analysis.units import Interval
from tuners.gate.expression import kind, parse
from tuners.gate.kind import Finding, Outcome

FAILING: tuple[Outcome, ...] = ("regressed", "failed", "missing", "not judged")
"""Outcomes that a gate does not let pass, the worst first: what could not be judged may have become worse."""
WHERE = {"cross-validation": "in cross-validation", "test": "on test rows"}
"""How the score of a difference is worded."""
OPEN: Outcome = "inconclusive"
"""The outcome that fails where the user says so."""


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
    score: str = ""
    """Of a difference of scores, which: `cross-validation` or `test`."""
    dataset: str = ""
    """Where a method that has regressed is worst, of several."""
    detectable: float | None = None
    """The drop that the gate finds in 8 of 10 runs that vary as these do."""
    design: str = ""
    """What was compared: datasets, problems and repeats."""
    worse: bool = False
    """Of a score: whether it is shown to be worse at all, which a tolerance of 0 would find."""
    strict: bool = False
    """Whether an inconclusive verdict fails, too."""

    @classmethod
    def of(cls, gate: str, found: Finding, *, strict: bool = False) -> Verdict:
        """Make the verdict of what a test found."""
        known = {each.name: getattr(found, each.name) for each in fields(found) if each.name != "method"}
        return cls(gate, *found.method, **known, strict=strict)

    @property
    def fails(self) -> bool:
        """Whether the gate does not let it pass."""
        return self.outcome in FAILING or (self.strict and self.outcome == OPEN)

    def __str__(self) -> str:
        """Return the line that a person reads: `regressed: bayesian on forest, -1.9 points [-2.6, -1.1]`."""
        parts = [f"{self.outcome}: {self.tuner} on {self.model}"]
        if self.difference is not None:
            words = kind(parse(self.gate).kind).worded
            where = f" {WHERE[self.score]}" if self.score else ""
            parts.append(words(self.difference, self.interval, self.metric) + where)
        if self.detail:
            parts.append(self.detail)
        return ", ".join(parts) + f" ({self.gate})"


def summary(verdicts: Sequence[Verdict]) -> str:
    """Return the one line that a person reads first."""
    worst = [verdict for verdict in verdicts if verdict.fails]
    if not worst:
        gates = {
            gate: _counts([v for v in verdicts if v.gate == gate]) for gate in dict.fromkeys(v.gate for v in verdicts)
        }
        named = [f"{gate}: {counts}" for gate, counts in gates.items()]
        counts = "; ".join(named) if len(named) > 1 else _counts(verdicts)
        return f"the gate passes: {counts}{_doubt(verdicts)}"
    worst.sort(key=lambda verdict: (*FAILING, OPEN).index(verdict.outcome))
    more = f"; and {len(worst) - 1} more" if len(worst) > 1 else ""
    return f"the gate fails: {worst[0]}{more}"


def _doubt(verdicts: Sequence[Verdict]) -> str:
    """Return what to say of methods that pass though they are worse, perhaps by less than is allowed.

    A change that breaks a search may cost less than the tolerance on problems where any search does well.
    """
    doubtful = [each for each in verdicts if each.outcome == OPEN and each.worse]
    if not doubtful:
        return ""
    worst = min(doubtful, key=lambda verdict: verdict.difference or 0.0)
    asked = parse(worst.gate)
    size = kind(asked.kind).worded(worst.difference or 0.0, worst.interval, worst.metric)
    others = len({(each.model, each.tuner) for each in doubtful}) - 1
    more = f" (and {others} more)" if others else ""
    return (
        f"; but {worst.tuner} on {worst.model}{more} became worse, {size} {WHERE[worst.score]}: "
        f"{asked.kind}:0% would fail it"
    )


def failed(verdicts: Sequence[Verdict]) -> str:
    """Return how many verdicts of which outcome fail, in one line."""
    return f"the gate fails: {_counts([verdict for verdict in verdicts if verdict.fails])}"


def _counts(verdicts: Sequence[Verdict]) -> str:
    outcomes = [verdict.outcome for verdict in verdicts]
    return ", ".join(f"{outcomes.count(each)} {each}" for each in dict.fromkeys(outcomes))


def power(verdicts: Sequence[Verdict]) -> list[str]:
    """Return a line for each gate on what it can find: the smallest and the largest drop that it would not miss."""
    lines = []
    for gate, score in dict.fromkeys((verdict.gate, verdict.score) for verdict in verdicts):
        known = [v for v in verdicts if (v.gate, v.score) == (gate, score) and v.detectable is not None]
        if known:
            known.sort(key=lambda verdict: verdict.detectable or 0.0)
            words = [f"{_size(known[0])} ({known[0].tuner})", f"{_size(known[-1])} ({known[-1].tuner})"]
            drops = words[0] if len(known) == 1 else " to ".join(words)
            worse = "rises" if units.falls(known[0].metric) else "drops"
            lines.append(f"{gate} finds, in 8 of 10 runs, {worse} of {drops} {WHERE[score]}, with {known[0].design}")
    return lines


def _size(verdict: Verdict) -> str:
    words = kind(parse(verdict.gate).kind).worded
    return words(verdict.detectable or 0.0, None, verdict.metric).lstrip("+-")
