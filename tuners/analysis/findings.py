"""Findings: all that is found of a group of runs, figure by figure, each with the scope in which it holds.

for each model on each dataset, and on all of them:
search: does the method find the space's good candidates? (`search`)
user: what does it gain on rows nobody saw? (`contrasts` of test scores, `rates`, `overtuning`, `general`, `advice`)
time: what does it take? (`targets`)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tuners.analysis import units
from tuners.analysis.advice import Advice, advise
from tuners.analysis.components import components_of
from tuners.analysis.contrasts import Contrasts, contrasts
from tuners.analysis.general import General, general
from tuners.analysis.levels import EQUIVALENT
from tuners.analysis.methods import grouped
from tuners.analysis.observed import regret_values, scales, test_values
from tuners.analysis.others import Other, others
from tuners.analysis.overtuning import OvertuningRow, overtuning
from tuners.analysis.power import Design, Power, power_of
from tuners.analysis.rates import WinRow, WorseRow, endings, wins, worse_than_default
from tuners.analysis.search import Search, search
from tuners.analysis.targets import TargetRow, targets
from tuners.results.record import Record
from tuners.results.run import Run


@dataclass(frozen=True)
class Findings:
    """What is found of the methods of one model, on one dataset or all."""

    model: str
    dataset: str | None
    """None: on all datasets."""
    metric: str
    tuners: tuple[str, ...]
    """In order of appearance; those without a score are in no figure."""
    seeds: int
    repeats: int
    """The most of any cell."""
    clock: str
    """Whose seconds they are: `wall` or `recorded`; both where the runs differ."""
    modelled: bool
    """Whether recorded seconds are modelled from measured fits."""
    start: str
    """Where searches began: `cold` or `default`."""
    user: Contrasts
    """Of test scores, on these datasets; of ranks where the datasets' scores are of unlike scale."""
    alike: Contrasts
    """The same for new rows of these datasets."""
    general: General
    """The same for datasets of this kind."""
    regret: Contrasts
    """Of normalised regret at the end, on these datasets; above 0 has less regret. Means are minus the regret."""
    search: Search
    targets: tuple[TargetRow, ...]
    worse: tuple[WorseRow, ...]
    wins: tuple[WinRow, ...]
    overtuning: tuple[OvertuningRow, ...]
    advice: Advice
    others: tuple[Other, ...]
    """Further metrics of the winners."""
    power: Power
    """Of the design that was run, by what varied in it."""

    @property
    def title(self) -> str:
        """The group's heading."""
        return f"{self.model} on {self.dataset or 'all datasets'}"


def findings(records: Sequence[Record], runs: Sequence[Run]) -> list[Findings]:
    """Return what is found of each group of `methods.evaluate`, in its order; `runs` are those that have side files."""
    return [
        _findings(
            model, dataset, mine, [r for r in runs if r.record.model == model and dataset in (None, r.record.dataset)]
        )
        for model, dataset, mine in grouped(records)
    ]


def _findings(model: str, dataset: str | None, records: Sequence[Record], runs: Sequence[Run]) -> Findings:
    good = [record for record in records if record.ok]
    scored = test_values(records)
    user = contrasts(scored)
    scale = scales(records, runs)
    every = endings(runs, records)
    searching = [tuner for tuner in dict.fromkeys(r.tuner for r in good) if tuner in scored.tuners]
    regrets = contrasts(regret_values(records, scale, runs, searching))
    repeats = max((len(run.repeats) for run in every), default=0)
    design = Design(user.datasets, len({record.seed for record in good}), max(repeats, 1), len(user.tuners))
    return Findings(
        model=model,
        dataset=dataset,
        metric=next((record.metric for record in records if record.metric), ""),
        tuners=tuple(dict.fromkeys(record.tuner for record in records)),
        seeds=design.seeds,
        repeats=repeats,
        clock=" and ".join(dict.fromkeys(record.clock for record in good)),
        modelled=any(record.landmarks is not None and record.landmarks.modelled for record in good),
        start=" and ".join(dict.fromkeys(record.start for record in good)),
        user=user,
        alike=contrasts(scored, "data like these"),
        general=general(scored, EQUIVALENT if units.is_share(scored.metric) else 0.0),
        regret=regrets,
        search=search(records, runs, scale),
        targets=tuple(targets(records, runs)),
        worse=tuple(worse_than_default(every)),
        wins=tuple(wins(every)),
        overtuning=tuple(overtuning(runs)),
        advice=advise(user, every),
        others=others(records),
        power=power_of(design, components_of(every, scale, "these runs"), user.metric),
    )
