"""What holds in general: for datasets of this kind, of which those here are a sample.

The unit is the dataset; from `LEAST_DATASETS` on, the Bayesian signed-rank test with a region of practical equivalence
(Benavoli, Corani, Demsar and Zaffalon, "Time for a change: a tutorial for comparing multiple classifiers through
Bayesian analysis", JMLR 2017, section 4.2.1), to which each dataset's mean is known.
From `MANY_DATASETS` on, win rates and Elo ratings, bootstrapped over datasets.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tuners.analysis.contrasts import Values
from tuners.analysis.resampling import percentiles
from tuners.analysis.statistics import Matrix
from tuners.analysis.units import Interval
from tuners.results.landmarks import EQUAL
from tuners.results.record import BASE

LEAST_DATASETS = 6
MANY_DATASETS = 10
SAMPLES = 20_000
"""Of the posterior."""
RESAMPLES = 1_000
"""Of the datasets."""
PRIOR = 0.5
"""Weight of the pseudo-observation of no difference, against 1 of each dataset."""
ELO = 1_000.0
"""Rating of the default, or of the mean method where there is no default."""


@dataclass(frozen=True)
class GeneralRow:
    """Where most of the population of such datasets lies for two methods: posterior probabilities that add up to 1.

    They are not shares of datasets: where 32 of 40 are better, most are so with a probability of 98 %.
    """

    tuner: str
    other: str
    worse: float
    """That the method is mostly worse than the other by more than the region."""
    equivalent: float
    better: float
    region: float
    """Differences up to this, in the unit of the values, make no difference in practice."""

    def turned(self) -> GeneralRow:
        """Return the row of the other against the one."""
        return GeneralRow(self.other, self.tuner, self.better, self.equivalent, self.worse, self.region)


@dataclass(frozen=True)
class WinRate:
    """How often a method has the higher mean on a dataset, against each of the other methods."""

    tuner: str
    share: float
    """Ties count half."""
    interval: Interval | None
    elo: float
    """Of Bradley and Terry's model, each pair of methods having one further tie."""
    elo_interval: Interval | None


@dataclass(frozen=True)
class General:
    """What there is to say in general."""

    datasets: int
    metric: str
    """Whose unit the region has."""
    note: str = ""
    """Why there is nothing."""
    rows: tuple[GeneralRow, ...] = ()
    win_rates: tuple[WinRate, ...] = ()


def general(values: Values, region: float) -> General:
    """Return what the values say of datasets of this kind; `region` is in their unit."""
    layout = values.layout("these datasets")
    datasets = len(layout.places)
    if datasets < LEAST_DATASETS:
        note = f"not estimable from {datasets} dataset{'' if datasets == 1 else 's'}: {LEAST_DATASETS} are the least"
        return General(datasets, values.metric, note)
    means = np.array([values.values[place].mean(axis=0) for place in layout.places])
    pairs = itertools.combinations(range(len(values.tuners)), 2)
    return General(
        datasets,
        values.metric,
        rows=tuple(
            GeneralRow(values.tuners[a], values.tuners[b], *signed_rank(means[:, a] - means[:, b], region), region)
            for a, b in pairs
        ),
        win_rates=_win_rates(values.tuners, means) if datasets >= MANY_DATASETS else (),
    )


def signed_rank(differences: Matrix, region: float) -> tuple[float, float, float]:
    """Return the posterior probabilities that most of the mass of the sums lies below, in and above the region.

    `differences` are one a dataset, the method's minus the other's.
    """
    observed = np.append(differences, 0.0)
    sums = observed[:, None] + observed[None, :]
    weights = np.random.default_rng(0).dirichlet([*[1.0] * len(differences), PRIOR], SAMPLES)
    edge = 2 * region + EQUAL
    regions = (sums < -edge, np.abs(sums) <= edge, sums > edge)
    mass = np.array([((weights @ each) * weights).sum(axis=1) for each in regions])
    greatest = mass >= mass.max(axis=0) - EQUAL
    worse, equivalent, better = (greatest / greatest.sum(axis=0)).mean(axis=1)
    return float(worse), float(equivalent), float(better)


def _win_rates(tuners: Sequence[str], means: Matrix) -> tuple[WinRate, ...]:
    distance = means[:, :, None] - means[:, None, :]
    wins = (distance > EQUAL) + (np.abs(distance) <= EQUAL) / 2
    wins[:, np.arange(len(tuners)), np.arange(len(tuners))] = 0.0
    drawn = np.random.default_rng(0).integers(len(means), size=(RESAMPLES, len(means)))
    counts = np.array([np.bincount(each, minlength=len(means)) for each in drawn], dtype=float)
    summed = np.concatenate([wins.sum(axis=0)[None], np.tensordot(counts, wins, 1)])
    shares = summed.sum(axis=2) / len(means) / (len(tuners) - 1)
    base = tuners.index(BASE) if BASE in tuners else None
    ratings = elo(summed, base)
    return tuple(
        WinRate(
            tuner,
            float(shares[0, index]),
            percentiles(shares[1:, index]),
            float(ratings[0, index]),
            percentiles(ratings[1:, index]),
        )
        for index, tuner in enumerate(tuners)
    )


def elo(wins: Matrix, base: int | None) -> Matrix:
    """Return ratings, samples x methods, of wins, samples x methods x methods (Bradley and Terry 1952; Hunter 2004)."""
    methods = wins.shape[1]
    wins = wins + 0.5 * (1 - np.eye(methods))
    played = wins + wins.transpose(0, 2, 1)
    strength = np.ones(wins.shape[:2])
    for _ in range(200):
        shared = played / (strength[:, :, None] + strength[:, None, :])
        strength = wins.sum(axis=2) / shared.sum(axis=2)
        strength /= np.exp(np.log(strength).mean(axis=1, keepdims=True))
    ratings = 400 * np.log10(strength)
    return np.asarray(ELO + ratings - (0.0 if base is None else ratings[:, [base]]))
