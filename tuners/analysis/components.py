"""How much paired differences of methods vary: between problems of a dataset, and between repeats on one problem."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tuners.analysis.observed import Scales, Spot, by_tuner, spot
from tuners.analysis.power import Components, Spread
from tuners.analysis.rates import scores
from tuners.analysis.statistics import Matrix
from tuners.results.record import BASE
from tuners.results.run import Run

Samples = Mapping[tuple[Spot, str], Matrix]
"""The repeats' values of a method on a problem."""


def test_samples(runs: Sequence[Run]) -> Samples:
    """Return the test scores of the repeats of good runs."""
    return {
        (spot(run.record), run.record.tuner): found
        for run in runs
        if run.record.ok and (found := scores(run)) is not None and len(found)
    }


def in_one_unit(samples: Samples) -> Samples:
    """Return the samples of datasets of unlike scale as shares of each dataset's own level, so that they compare."""
    values: dict[str, list[float]] = {}
    for ((dataset, _), _), each in samples.items():
        values.setdefault(dataset, []).append(float(np.mean(np.abs(each))))
    levels = {dataset: float(np.mean(each)) or 1.0 for dataset, each in values.items()}
    return {(where, tuner): each / levels[where[0]] for (where, tuner), each in samples.items()}


def components_of(runs: Sequence[Run], scales: Scales, source: str) -> Components:
    """Return what varies how much in the runs of one model, mean over the pairs of methods."""
    tests = test_samples(runs)
    regrets = {
        (spot(run.record), run.record.tuner): np.array(
            [scales.of[spot(run.record)].regret(each.cv_score if each.ok else None) for each in run.repeats]
        )
        for run in runs
        if run.record.ok and spot(run.record) in scales.of
    }
    tuners = [tuner for tuner in by_tuner(runs, lambda run: run.record.ok) if tuner != BASE]
    return Components(
        _spread(tests, [(tuner, BASE) for tuner in tuners]),
        _spread(regrets, list(itertools.combinations(tuners, 2))),
        source,
    )


def _spread(values: Samples, pairs: Sequence[tuple[str, str]]) -> Spread | None:
    """Return the mean of the pairs' variances, as standard deviations; None where nothing is replicated."""
    found = [each for pair in pairs if (each := variances(values, *pair)) is not None]
    if not found:
        return None
    problems = float(np.mean([each.problems for each in found]))
    return Spread(math.sqrt(problems), math.sqrt(float(np.mean([each.repeats for each in found]))))


@dataclass(frozen=True)
class Variances:
    """Of the paired difference of two methods, within a dataset."""

    total: float
    """Between problems, of means over repeats."""
    noise: float
    """What repeats make of it."""
    repeats: float
    """Between repeats on one problem, of one run each."""

    @property
    def problems(self) -> float:
        """What the problems themselves make of it."""
        return max(self.total - self.noise, 0.0)


def variances(values: Samples, one: str, other: str) -> Variances | None:
    """Return how much a pair's difference varies, pooled over datasets; None where no dataset has two problems."""
    datasets: dict[str, list[float]] = {}
    within, noise = [], []
    for where in [where for where, tuner in values if tuner == one and (where, other) in values]:
        samples = values[where, one], values[where, other]
        datasets.setdefault(where[0], []).append(float(samples[0].mean() - samples[1].mean()))
        each = [float(sample.var(ddof=1)) if len(sample) > 1 else 0.0 for sample in samples]
        within.append(sum(each))
        noise.append(sum(variance / len(sample) for variance, sample in zip(each, samples, strict=True)))
    freedom = sum(len(each) - 1 for each in datasets.values())
    if not freedom:
        return None
    total = sum(float(np.var(each)) * len(each) for each in datasets.values()) / freedom
    return Variances(total, float(np.mean(noise)), float(np.mean(within)))
