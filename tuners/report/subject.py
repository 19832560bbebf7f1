"""The subject of a report's sentences: one model, over all of its datasets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from tuners.analysis import units
from tuners.analysis.findings import Findings
from tuners.analysis.methods import Group
from tuners.report.standing import Standing, standings
from tuners.results.record import BASE


@dataclass(frozen=True)
class Subject:
    """One model with what was found on it, over all of its datasets."""

    group: Group
    findings: Findings
    command: str = ""
    """That made the session."""

    @property
    def place(self) -> str:
        """Where it was tuned, which the figures are about."""
        datasets = self.findings.user.datasets
        return f"on {self.group.dataset or ('one dataset' if datasets == 1 else f'these {datasets} datasets')}"

    @cached_property
    def standings(self) -> list[Standing]:
        """Its methods, the best first."""
        return standings(self.group, self.findings)

    @property
    def within(self) -> str:
        """Within what two methods are equal, as ` within 0.50 points`; empty where that is not known."""
        region = self.findings.advice.region
        return "" if region is None else f" within {units.size(region, self.findings.advice.metric)}"

    def of(self, *tones: str) -> list[Standing]:
        """Return the methods of which one of these words is said."""
        return [each for each in self.standings if each.tone in tones]

    @property
    def first(self) -> Standing | None:
        """The method that figures are said of: the best tuned one; None where nothing tuned has a score."""
        scored = [each for each in self.of("best", "equal", "undecided", "behind") if each.tuner != BASE]
        best = [each for each in scored if each.tuner in self.findings.user.best]
        return next(iter(best or scored), None)
