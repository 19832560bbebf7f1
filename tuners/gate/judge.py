"""The gate: whether a run has become worse than an earlier one, method by method, with a known rate of false alarms.

Scores are compared cell by cell (the same dataset and seed), beyond a tolerance, by a sign-flip permutation test, with
Holm's correction for the number of methods. Seconds of one session share the machine's mood: they are divided by those
of a reference workload, and the session is the replicate.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import stats

from tuners.analysis import units
from tuners.analysis.comparison import unlike
from tuners.analysis.methods import effective_score
from tuners.analysis.statistics import RESAMPLES, Interval, holm, sign_flip
from tuners.errors import TuningError
from tuners.results.record import Record
from tuners.results.session import Session

Quantity = Literal["score", "seconds", "failures"]
Outcome = Literal[
    "identical", "improved", "equivalent", "regressed", "inconclusive", "not judged", "missing", "failed", "new"
]

FAILING: frozenset[Outcome] = frozenset({"regressed", "not judged", "missing", "failed"})
"""Outcomes that a gate does not let pass: what could not be judged may have become worse."""
ALPHA = 0.05
POWER = 0.8
LEAST_SESSIONS = 3
"""Sessions of the earlier run without which their spread is unknown."""
MOST_SEEDS = 1_000


@dataclass(frozen=True)
class Gate:
    """One condition on each method."""

    quantity: Quantity
    tolerance: float
    """A share if relative; else score, seconds or failures."""
    relative: bool
    tuner: str | None
    """The only method it holds for."""
    text: str


@dataclass(frozen=True)
class Verdict:
    """What a gate says of one method."""

    gate: str
    model: str
    tuner: str
    outcome: Outcome
    detail: str = ""
    difference: float | None = None
    """Now minus then: score; or the ratio of seconds, less 1."""
    interval: Interval | None = None
    """Of the difference, at the confidence of the gate."""
    p_value: float | None = None
    """That it has not become worse beyond the tolerance; Holm-adjusted."""
    metric: str = ""
    """Of a difference of scores, whose unit it has."""

    @property
    def fails(self) -> bool:
        """Whether the gate does not let it pass."""
        return self.outcome in FAILING

    def __str__(self) -> str:
        """Return the line that a person reads: `regressed: bayesian on forest, -1.9 points [-2.6, -1.1]`."""
        parts = [f"{self.outcome}: {self.tuner} on {self.model}"]
        if self.difference is not None and self.gate_quantity == "seconds":
            parts.append(units.percent(self.difference, self.interval))
        elif self.difference is not None:
            parts.append(units.difference(self.difference, self.interval, self.metric))
        if self.detail:
            parts.append(self.detail)
        return ", ".join(parts) + f" ({self.gate})"

    @property
    def gate_quantity(self) -> str:
        """What the gate is on."""
        return parse(self.gate).quantity


def parse(text: str) -> Gate:
    """Read `[TUNER:]score:1%`, `[TUNER:]seconds:25%` or `[TUNER:]failures:0`; raise `ValueError` that says so."""
    expected = "[TUNER:]score:1%, [TUNER:]score:0.01, [TUNER:]seconds:25% or [TUNER:]failures:0"
    *front, limit = text.split(":")
    tuner, quantity = (front[0], front[1]) if len(front) == 2 else (None, front[0] if len(front) == 1 else "")
    relative = limit.endswith("%")
    try:
        tolerance = float(limit.removesuffix("%"))
    except ValueError:
        raise ValueError(expected) from None
    if not 0 <= tolerance < math.inf or tuner == "":
        raise ValueError(expected)
    if quantity == "score":
        return Gate("score", tolerance / 100 if relative else tolerance, relative, tuner, text)
    if quantity == "seconds" and relative:
        return Gate("seconds", tolerance / 100, relative, tuner, text)
    if quantity == "failures" and not relative and tolerance.is_integer():
        return Gate("failures", tolerance, relative, tuner, text)
    raise ValueError(expected)


def judge(gates: Sequence[Gate], now: Session, then: Sequence[Session], alpha: float = ALPHA) -> list[Verdict]:
    """Return a verdict for each method and gate; `then` are sessions of the earlier run, the one to compare first."""
    found = []
    for gate in gates:
        both = [*now.records, *then[0].records]
        methods = dict.fromkeys((r.model, r.tuner) for r in both if gate.tuner in (None, r.tuner))
        measured = {(r.model, r.tuner) for r in both if r.status != "skipped"}
        if gate.tuner is not None:
            found += [_skipped(gate, method) for method in methods if method not in measured]
        chosen = [method for method in methods if method in measured]
        if not methods:
            message = f"gate {gate.text!r}: expected a method of this run, got {gate.tuner!r}: correct its name"
            raise TuningError(message)
        verdicts = [_missing(gate, method, now.records, then[0].records) for method in chosen]
        rest = [method for method, verdict in zip(chosen, verdicts, strict=True) if verdict is None]
        found += [verdict for verdict in verdicts if verdict is not None]
        if gate.quantity == "score":
            found += _scores(gate, rest, now.records, then[0].records, alpha)
        elif gate.quantity == "seconds":
            found += _seconds(gate, rest, now, then, alpha)
        else:
            found += [_failures(gate, method, now.records) for method in rest]
    return found


def summary(verdicts: Sequence[Verdict]) -> str:
    """Return the one line that a person reads first."""
    worst = [verdict for verdict in verdicts if verdict.fails]
    if not worst:
        return "the gate passes: " + ", ".join(
            f"{sum(v.outcome == outcome for v in verdicts)} {outcome}"
            for outcome in dict.fromkeys(verdict.outcome for verdict in verdicts)
        )
    order: list[Outcome] = ["regressed", "failed", "missing", "not judged"]
    worst.sort(key=lambda verdict: order.index(verdict.outcome))
    more = f"; and {len(worst) - 1} more" if len(worst) > 1 else ""
    return f"{worst[0]}{more}"


def _skipped(gate: Gate, method: tuple[str, str]) -> Verdict:
    return Verdict(gate.text, *method, "not judged", "skipped in both runs")


def _of(method: tuple[str, str], records: Sequence[Record]) -> dict[str, Record]:
    return {r.cell: r for r in records if (r.model, r.tuner) == method and r.status != "skipped"}


def _missing(gate: Gate, method: tuple[str, str], now: Sequence[Record], then: Sequence[Record]) -> Verdict | None:
    """Return a verdict where cells are not there, or have failed that had not."""
    new, old = _of(method, now), _of(method, then)
    if new and not old:
        return Verdict(gate.text, *method, "new", "nothing to compare with")
    gone = [cell for cell in old if cell not in new]
    if gone:
        return Verdict(gate.text, *method, "missing", f"{len(gone)} of {len(old)} cells, such as {gone[0]}")
    if gate.quantity == "failures":
        return None
    broken = [r for cell, r in new.items() if r.failed and cell in old and not old[cell].failed]
    if broken:
        return Verdict(
            gate.text, *method, "failed", f"{len(broken)} cells, such as {broken[0].cell}: {broken[0].reason}"
        )
    pairs = [(new[cell], old[cell]) for cell in old]
    differing = [what for pair in pairs for what in unlike(*pair)]
    if differing:
        return Verdict(gate.text, *method, "not judged", f"the runs differ in {', '.join(dict.fromkeys(differing))}")
    return None


def _failures(gate: Gate, method: tuple[str, str], now: Sequence[Record]) -> Verdict:
    failed = [record for record in _of(method, now).values() if record.failed]
    if len(failed) > gate.tolerance:
        return Verdict(
            gate.text, *method, "regressed", f"{len(failed)} cells failed, such as {failed[0].cell}: {failed[0].reason}"
        )
    return Verdict(gate.text, *method, "equivalent", f"{len(failed)} cells failed")


@dataclass(frozen=True)
class _Paired:
    """The differences of one method's scores, and the tolerance in their unit."""

    method: tuple[str, str]
    differences: np.ndarray
    tolerance: float
    datasets: int
    metric: str


def _scores(
    gate: Gate, methods: Sequence[tuple[str, str]], now: Sequence[Record], then: Sequence[Record], alpha: float
) -> list[Verdict]:
    found: dict[tuple[str, str], Verdict] = {}
    paired: list[_Paired] = []
    for method in methods:
        new, old = _of(method, now), _of(method, then)
        pairs = [(new[cell], old[cell]) for cell in old]
        if all(a.trials_sha256 and a.trials_sha256 == b.trials_sha256 and _same(a, b) for a, b in pairs):
            found[method] = Verdict(gate.text, *method, "identical", f"the same trials in {len(pairs)} cells")
            continue
        scores = [(effective_score(a), effective_score(b)) for a, b in pairs]
        whole = np.array([pair for pair in scores if None not in pair], dtype=float).reshape(-1, 2)
        if not len(whole):
            found[method] = Verdict(gate.text, *method, "not judged", "no cell has a score in both runs")
            continue
        tolerance = gate.tolerance * abs(float(whole[:, 1].mean())) if gate.relative else gate.tolerance
        datasets = len({record.dataset for record, _ in pairs})
        paired.append(_Paired(method, whole[:, 0] - whole[:, 1], tolerance, datasets, pairs[0][0].metric))
    return [*found.values(), *_tested(gate, paired, alpha)]


def _same(now: Record, then: Record) -> bool:
    return effective_score(now) == effective_score(then)


def _tested(gate: Gate, paired: Sequence[_Paired], alpha: float) -> list[Verdict]:
    worse = drops([each.differences + each.tolerance for each in paired])
    not_worse = holm([sign_flip(each.differences + each.tolerance, "greater") for each in paired])
    better = holm([sign_flip(each.differences - each.tolerance, "greater") for each in paired])
    not_better = holm([sign_flip(each.differences - each.tolerance, "less") for each in paired])
    verdicts = []
    for each, p, against_worse, against_same, against_better in zip(
        paired, worse, not_worse, better, not_better, strict=True
    ):
        blocks = len(each.differences)
        mean = float(each.differences.mean())
        figures: dict[str, Any] = {
            "difference": mean, "interval": _interval(each.differences, alpha), "p_value": p, "metric": each.metric,
        }  # fmt: skip
        outcome: Outcome
        detail = ""
        if len(paired) * 2.0**-blocks >= alpha:
            needed = math.floor(math.log2(len(paired) / alpha)) + 1
            outcome = "not judged"
            detail = f"{blocks} cells are too few for {len(paired)} methods: {needed} are needed, so run more seeds"
        elif p < alpha:
            outcome = "regressed"
        elif against_same < alpha:
            outcome = "improved"
        elif against_worse < alpha and against_better < alpha:
            outcome = "equivalent"
        else:
            outcome = "inconclusive"
            detail = _more_seeds(each, len(paired), alpha)
        verdicts.append(Verdict(gate.text, *each.method, outcome, detail, **figures))
    return verdicts


def drops(differences: Sequence[np.ndarray]) -> list[float]:
    """Return, for each method, the p-value that its differences beyond the tolerance are no drop; Holm-adjusted.

    Where flips are drawn, the upper end of p's 95 % confidence interval, so that the draw raises no false alarm.
    """
    return holm([_cautious(sign_flip(values, "less"), len(values)) for values in differences])


def _cautious(p: float, pairs: int) -> float:
    if 2**pairs <= RESAMPLES:
        return p  # exact
    return min(1.0, p + float(stats.norm.ppf(0.95)) * math.sqrt(p * (1 - p) / RESAMPLES))


def _interval(values: np.ndarray, alpha: float) -> Interval | None:
    if len(values) < 3:
        return None
    half = float(stats.t.ppf(1 - alpha / 2, len(values) - 1)) * float(values.std(ddof=1)) / math.sqrt(len(values))
    return float(values.mean()) - half, float(values.mean()) + half


def _more_seeds(paired: _Paired, methods: int, alpha: float) -> str:
    """Say how many more seeds would settle it, if what was measured is what there is (normal approximation)."""
    distance = abs(float(paired.differences.mean()) + paired.tolerance)
    deviation = float(paired.differences.std(ddof=1)) if len(paired.differences) > 1 else math.inf
    z = float(stats.norm.ppf(1 - alpha / methods) + stats.norm.ppf(POWER))
    blocks = (z * deviation / distance) ** 2 if distance else math.inf
    more = (blocks - len(paired.differences)) / paired.datasets
    if more > MOST_SEEDS:
        return f"over {MOST_SEEDS:,} more seeds would settle it"
    return f"about {max(1, math.ceil(more))} more seeds would settle it"


def _seconds(
    gate: Gate, methods: Sequence[tuple[str, str]], now: Session, then: Sequence[Session], alpha: float
) -> list[Verdict]:
    changed = _elsewhere(now, then[0])
    like = [session for session in then if not _elsewhere(then[0], session)]
    verdicts: list[Verdict] = []
    tested: list[tuple[tuple[str, str], float, Interval, float]] = []
    for method in methods:
        means = [_log_seconds(method, now.records, session.records) for session in like]
        differences = [mean for mean in means if mean is not None]
        measured = float(np.expm1(np.mean(differences))) if differences else None
        if changed:
            verdicts.append(Verdict(gate.text, *method, "not judged", f"other {changed}: seconds do not compare"))
        elif not differences:
            detail = "no seconds to compare: cells ran side by side, were evaluated otherwise, or lack a reference time"
            verdicts.append(Verdict(gate.text, *method, "not judged", detail))
        elif len(differences) < LEAST_SESSIONS:
            detail = (
                f"{len(differences)} earlier session{'s' if len(differences) > 1 else ''} cannot tell how sessions "
                f"differ by themselves: save {LEAST_SESSIONS - len(differences)} more at that commit"
            )
            verdicts.append(Verdict(gate.text, *method, "not judged", detail, difference=measured))
        else:
            tested.append((method, *_predicted(np.array(differences), gate.tolerance, alpha)))
    adjusted = holm([p for *_, p in tested])
    for (method, mean, interval, _), p in zip(tested, adjusted, strict=True):
        above = math.log1p(gate.tolerance)
        ends = float(np.expm1(interval[0])), float(np.expm1(interval[1]))
        outcome: Outcome = "inconclusive"
        if p < alpha:
            outcome = "regressed"
        elif interval[1] < -above:
            outcome = "improved"
        elif interval[1] < above:
            outcome = "equivalent"
        verdicts.append(
            Verdict(gate.text, *method, outcome, difference=float(np.expm1(mean)), interval=ends, p_value=p)
        )
    return verdicts


def _predicted(differences: np.ndarray, tolerance: float, alpha: float) -> tuple[float, Interval, float]:
    """Return mean, prediction interval and p of one session against some: log ratios of seconds, now to then."""
    count = len(differences)
    mean = float(differences.mean())
    error = float(differences.std(ddof=1)) * math.sqrt(1 + 1 / count)
    half = float(stats.t.ppf(1 - alpha / 2, count - 1)) * error
    beyond = mean - math.log1p(tolerance)
    p = float(stats.t.sf(beyond / error, count - 1)) if error else float(beyond <= 0)
    return mean, (mean - half, mean + half), p


def _log_seconds(method: tuple[str, str], now: Sequence[Record], then: Sequence[Record]) -> float | None:
    """Return the mean log ratio of seconds, each in units of its reference workload."""
    new, old = _of(method, now), _of(method, then)
    ratios = [
        math.log(a.seconds / a.reference_seconds) - math.log(b.seconds / b.reference_seconds)
        for a, b in ((new[cell], old[cell]) for cell in old if cell in new)
        if a.ok and b.ok and a.seconds and b.seconds and a.reference_seconds and b.reference_seconds
        and a.evaluation == b.evaluation and not (a.contended or b.contended)
    ]  # fmt: skip
    return float(np.mean(ratios)) if ratios else None


def _elsewhere(now: Session, then: Session) -> str:
    """Say in what two sessions differ on which seconds depend."""
    if _processor(now.machine) != _processor(then.machine):
        return "machine"
    changed = [name for name in then.libraries if then.libraries[name] != now.libraries.get(name)]
    return f"versions ({', '.join(changed[:3])})" if changed else ""


def _processor(machine: Mapping[str, Any]) -> tuple[Any, ...]:
    cpu = machine.get("cpu") or {}
    return (machine.get("node"), machine.get("machine"), cpu.get("brand_raw"), cpu.get("count"))
