"""What a report is made from: the session's records and runs, the figures of them, and what it is compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from tuners.analysis.comparison import ComparisonRow, unlike
from tuners.analysis.failures import FailureRow, failures
from tuners.analysis.findings import Findings, findings
from tuners.analysis.methods import Group
from tuners.analysis.ranking import Ranking, rankings
from tuners.analysis.wall import Wall, walls
from tuners.gate.verdict import Verdict
from tuners.gate.verdict import summary as judged
from tuners.report.reasons import told
from tuners.report.subject import Subject
from tuners.report.summary import compared, sentences
from tuners.results.record import Record
from tuners.results.run import Run


@dataclass(frozen=True)
class Report:
    """Everything a report is made from."""

    records: Sequence[Record]
    groups: Sequence[Group]
    comparison: Sequence[ComparisonRow] = ()
    baseline: str = ""
    """Name of the run compared with."""
    header: Sequence[str] = ()
    """What was compared, at which budget."""
    note: str = ""
    """What the preset wants said."""
    verdicts: Sequence[Verdict] = ()
    """Of the gates."""
    runs: Sequence[Run] = ()
    """With their trials; those of records without any are not there."""
    then: Sequence[Run] = ()
    """Those of the run compared with."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """Machine, commit, libraries, options and command."""
    command: str = ""
    """That made the session, for what is to be run next; empty where it is not known."""

    @cached_property
    def tuners(self) -> list[str]:
        """The methods, in order of appearance."""
        return list(dict.fromkeys(record.tuner for record in self.records))

    @cached_property
    def wall(self) -> list[Wall]:
        """The runs that were made for real beside recorded ones."""
        return walls(self.records)

    @cached_property
    def rankings(self) -> list[Ranking]:
        """The ranking of each model's methods."""
        return rankings(self.records)

    @cached_property
    def failures(self) -> list[FailureRow]:
        """What has no score, and why."""
        return failures(self.records, self.runs)

    @cached_property
    def findings(self) -> list[Findings]:
        """What was found of each group, in the groups' order."""
        return findings(self.records, self.runs)

    def findings_of(self, group: Group) -> Findings:
        """Return what was found of a group."""
        return next(each for each in self.findings if (each.model, each.dataset) == (group.model, group.dataset))

    @cached_property
    def subjects(self) -> list[Subject]:
        """Each model with what was found on it, over all of its datasets."""
        return [Subject(group, self.findings_of(group), self.command) for group in widest(self.groups)]

    @cached_property
    def summary(self) -> list[str]:
        """The gate's line, or what changed; what failed; then who wins, and what follows of it."""
        metrics = {group.model: group.metric for group in self.groups}
        then = [judged(self.verdicts)] if self.verdicts else compared(self.baseline, self.comparison, metrics)
        return [*then, *told(self.failures, most=2, of=("cells",)), *sentences(self.subjects, spare=False)]

    @cached_property
    def summary_more(self) -> list[str]:
        """What else the figures say, in sentences."""
        return sentences(self.subjects, spare=True)

    @cached_property
    def _like(self) -> list[Run]:
        now = {record.cell: record for record in self.records}
        return [run for run in self.then if run.record.cell in now and not unlike(now[run.record.cell], run.record)]

    def dataset_of(self, group: Group) -> str:
        """Return the dataset whose trials stand for a group: of several, the first; their scores are not one scale."""
        return group.dataset or next(record.dataset for record in self.records if record.model == group.model)

    def rows_by_group(self, find: Callable[[Sequence[Run]], Sequence[Any]]) -> dict[str, list[dict[str, Any]]]:
        """Return what is found of each group's runs, as plain rows by the group's title, for JSON."""
        return {group.title: [asdict(row) for row in find(self.runs_of(group))] for group in self.groups}

    def found_by_group(self, find: Callable[[Findings], Sequence[Any]]) -> dict[str, list[dict[str, Any]]]:
        """Return a part of what was found of each group, as plain rows by the group's title, for JSON."""
        return {group.title: [asdict(row) for row in find(self.findings_of(group))] for group in self.groups}

    def runs_of(self, group: Group, *, then: bool = False) -> list[Run]:
        """Return a group's runs, or those of the run compared with, as far as they compare."""
        return [
            run
            for run in (self._like if then else self.runs)
            if run.record.model == group.model and group.dataset in (None, run.record.dataset)
        ]


def widest(groups: Sequence[Group]) -> list[Group]:
    """Return each model's group over all datasets, or its only one."""
    return list({group.model: group for group in groups}.values())
