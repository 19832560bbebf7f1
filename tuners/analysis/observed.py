"""What the runs of a group have shown of its problems: their scales of regret, and each method's value on each.

A method's value on a problem is its mean over its repeats. A failed run leaves its user with the default.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tuners.analysis import units
from tuners.analysis.blocks import complete_blocks, score_matrix
from tuners.analysis.contrasts import Values, What
from tuners.analysis.statistics import tied_ranks
from tuners.results.landmarks import MOST_REGRET, normalised_regret
from tuners.results.record import BASE, Record
from tuners.results.run import Run

Spot = tuple[str, int]
"""A problem of a model: dataset and seed."""
Optimum = Literal["optimum", "best seen", ""]


@dataclass(frozen=True)
class Scale:
    """What is 0 and what is 1 in the normalised regret of a problem, as cross-validation scores."""

    zero: float
    one: float

    def regret(self, score: float | None) -> float:
        """Return the normalised regret of a score; the most where there is none."""
        return normalised_regret(score, self.zero, self.one)


@dataclass(frozen=True)
class Scales:
    """The scales of a group's problems, all of one kind, so that their regrets compare."""

    kind: Optimum
    """`optimum`: from the space's optimum to its median. `best seen`, where not every table is whole: from the best
    score that any method saw to the default's. Empty: neither is known."""
    of: dict[Spot, Scale]


def spot(record: Record) -> Spot:
    """Return the problem that a record is of."""
    return record.dataset, record.seed


def scales(records: Sequence[Record], runs: Sequence[Run]) -> Scales:
    """Return the scale of each problem of one model's records."""
    scored = [record for record in records if record.ok]
    spots = dict.fromkeys(map(spot, scored))
    known = {spot(record): record.landmarks for record in scored if record.landmarks and record.landmarks.whole}
    whole = {
        where: Scale(marks.optimum, marks.median)
        for where, marks in known.items()
        if marks.optimum is not None and marks.median is not None
    }
    if whole and whole.keys() == spots.keys():
        return Scales("optimum", whole)
    seen: dict[Spot, float] = {}
    for where, score in _cv_scores(scored, runs):
        seen[where] = max(score, seen.get(where, score))
    untuned = default_scores(scored)
    found = {where: Scale(best, untuned[where]) for where, best in seen.items() if where in untuned}
    return Scales("best seen" if found else "", found)


def _cv_scores(records: Sequence[Record], runs: Sequence[Run]) -> Iterable[tuple[Spot, float]]:
    means = ((spot(record), record.cv_score) for record in records)
    repeats = ((spot(run.record), repeat.cv_score) for run in runs if run.record.ok for repeat in run.repeats)
    return ((where, score) for where, score in itertools.chain(means, repeats) if score is not None)


def default_scores(records: Sequence[Record]) -> dict[Spot, float]:
    """Return the untuned model's cross-validation score on each problem where it is known."""
    marked = {spot(r): r.landmarks.default for r in records if r.landmarks and r.landmarks.default is not None}
    return marked | {spot(r): r.cv_score for r in records if r.tuner == BASE and r.ok and r.cv_score is not None}


def rows_of(records: Sequence[Record]) -> dict[str, tuple[int, int]]:
    """Return training and test rows of each dataset, the fewest of its problems, as far as they are known."""
    found: dict[str, tuple[int, int]] = {}
    for record in records:
        if record.ok and record.test_rows:
            rows = record.train_rows, record.test_rows
            found[record.dataset] = min(found.get(record.dataset, rows), rows)
    return found


def test_values(records: Sequence[Record]) -> Values:
    """Return test scores on the problems that all methods have; ranks where the datasets' scores are of unlike scale.

    The default is a column even where it was not a method.
    """
    listed, scores = complete_blocks(records, score_matrix(records))
    metric = next((record.metric for record in records if record.metric), "")
    names = [*listed, *({BASE} & set(scores) - set(listed))]
    datasets = tuple(map(str, scores.index.get_level_values("dataset")))
    values = scores[names].to_numpy(float)
    what: What = "test"
    if len(set(datasets)) > 1 and not units.is_share(metric):
        values, what, metric = 0.0 - tied_ranks(values), "rank", "rank"
    return Values(what, metric, tuple(names), datasets, values, rows_of(records), apart=len(names) > len(listed))


def regret_values(records: Sequence[Record], scales: Scales, runs: Sequence[Run], listed: Sequence[str]) -> Values:
    """Return minus the normalised regret at the end of each listed method, on the problems that all of them have."""
    repeated = {(spot(run.record), run.record.tuner): run for run in runs}
    found = {
        (spot(record), record.tuner): _final(
            record, scales.of[spot(record)], repeated.get((spot(record), record.tuner))
        )
        for record in records
        if record.status != "skipped" and spot(record) in scales.of
    }
    spots = [where for where in scales.of if all((where, tuner) in found for tuner in listed)]
    values = np.array([[-found[where, tuner] for tuner in listed] for where in spots]).reshape(len(spots), len(listed))
    return Values("regret", "regret", tuple(listed), tuple(name for name, _ in spots), values, rows_of(records))


def _final(record: Record, scale: Scale, run: Run | None) -> float:
    if not record.ok:
        return MOST_REGRET
    scores = [repeat.cv_score for repeat in run.repeats] if run is not None and run.repeats else [record.cv_score]
    return float(np.mean([scale.regret(score) for score in scores]))


def horizon(records: Sequence[Record]) -> int:
    """Return the evaluations at which searches are compared: the budget that most cells have, the largest of equals."""
    budgets = Counter(record.budget or record.evaluations for record in records if record.ok and record.tuner != BASE)
    return max(budgets, key=lambda budget: (budgets[budget], budget), default=1) or 1


def by_tuner(runs: Sequence[Run], wanted: Callable[[Run], bool]) -> dict[str, list[Run]]:
    """Return the wanted runs of each method, in order of appearance."""
    found: dict[str, list[Run]] = {}
    for run in runs:
        if wanted(run):
            found.setdefault(run.record.tuner, []).append(run)
    return found
