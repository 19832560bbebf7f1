"""The report as sections of tables and sentences, which the formats only set differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tuners.analysis.anytime import reach
from tuners.analysis.comparison import ComparisonRow, unlike
from tuners.analysis.costs import overtuning
from tuners.analysis.failures import FailureRow, failures
from tuners.analysis.methods import BASE, Group
from tuners.analysis.ranking import Ranking, rankings
from tuners.gate.verdict import Verdict
from tuners.report import columns
from tuners.report import summary as verdict
from tuners.results.record import Record
from tuners.results.run import Run

LEGEND = (
    "test score: mean over dataset x seed blocks, of the winner refitted on all training rows; its 95 % interval "
    "is within blocks (Cousineau-Morey): it speaks of differences between methods, not of how hard the data are. "
    "vs default: paired difference to the untuned model, in percent of its score (in the metric's unit "
    "where that lies on both sides of 0, as r2 does), with its 95 % t interval. "
    "against best: sign-flip permutation test on paired differences over the same datasets and seeds, "
    "Holm-adjusted for all pairs of methods, alpha 0.05; 'too few cells' where no result could be significant. "
    "seconds: with the t interval of their mean. Intervals need 3 blocks. Seeds of a dataset draw on the same rows: "
    "figures speak of these datasets. search s: seconds not spent evaluating. evaluations: mean used / budget, t "
    "where the time budget ended a search. +MiB: growth of resident memory during a run at its largest."
)
COMPARISON_LEGEND = (
    "differences: now minus then, paired by model x dataset x seed, with 95 % t intervals. same: cells "
    "whose trials are identical. (+n): cells in one of the runs only. Seconds of two sessions also differ by the "
    "machine's mood; they are compared where both evaluated candidates the same way, plain or shared."
)

MOST_REASONS = 5
"""Of failed cells, and of failed trials, that are told: one that differs from cell to cell would fill the screen."""


@dataclass(frozen=True)
class Table:
    """A table as text."""

    headings: list[str]
    rows: list[list[str]]

    @classmethod
    def of(cls, kind: tuple[columns.Column, ...], rows: Sequence[Any]) -> Table:
        """Set rows by their columns."""
        return cls(columns.headings(kind, rows), columns.texts(kind, rows))


@dataclass(frozen=True)
class Section:
    """A heading, tables below it, and what must be said about them."""

    title: str
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    folded: bool = False
    """Whether it is shown only when asked for, where a format can fold."""


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

    @cached_property
    def tuners(self) -> list[str]:
        """The methods, in order of appearance."""
        return list(dict.fromkeys(record.tuner for record in self.records))

    @cached_property
    def rankings(self) -> list[Ranking]:
        """The ranking of each model's methods."""
        return rankings(self.records)

    @cached_property
    def failures(self) -> list[FailureRow]:
        """What has no score, and why."""
        return failures(self.records, self.runs)

    @cached_property
    def verdict(self) -> list[str]:
        """Who won, whether it is real, what it costs, and what to use; sentences."""
        found = []
        groups = verdict.widest(self.groups)
        for group in groups:
            tuned = [row for row in group.rows if row.test_score is not None and row.tuner != BASE]
            runs = self.runs_of(group)
            reaches = reach(runs, max(tuned, key=lambda row: row.test_score or 0.0).tuner) if tuned else []
            first, *more = verdict.verdict(group, reaches, overtuning(runs))
            found += [first, *(f"{group.model}: {each}" if len(groups) > 1 else each for each in more)]
        return found

    @cached_property
    def _like(self) -> list[Run]:
        now = {record.cell: record for record in self.records}
        return [run for run in self.then if run.record.cell in now and not unlike(now[run.record.cell], run.record)]

    def dataset_of(self, group: Group) -> str:
        """Return the dataset whose trials stand for a group: of several, the first; their scores are not one scale."""
        return group.dataset or next(record.dataset for record in self.records if record.model == group.model)

    def runs_of(self, group: Group, *, then: bool = False) -> list[Run]:
        """Return a group's runs, or those of the run compared with, as far as they compare."""
        return [
            run
            for run in (self._like if then else self.runs)
            if run.record.model == group.model and group.dataset in (None, run.record.dataset)
        ]


def sections(report: Report) -> list[Section]:
    """Return the evaluation tables, what to mind when reading them, and the comparison."""
    result = [Section("In short", notes=report.verdict)] if report.verdict else []
    widest = verdict.widest(report.groups)
    result += [
        Section(
            f"{group.title} ({group.measured}, {verdict.counted(group.blocks, 'block')})",
            [Table.of(kind, group.rows) for kind in (columns.SCORES, columns.COSTS)],
            list(group.notes),
            folded=group not in widest,
        )
        for group in report.groups
    ]
    result.append(Section("How to read this", notes=[LEGEND], folded=True))
    remarks = _remarks(report)
    if remarks:
        result.append(Section("Notes", notes=remarks))
    if report.comparison:
        rows = list(report.comparison)
        result.append(
            Section(
                f"compared with {report.baseline}",
                [Table.of(kind, rows) for kind in (columns.COMPARED_SCORES, columns.COMPARED_SECONDS)],
                [COMPARISON_LEGEND, *_unlike(rows)],
            )
        )
    if report.verdicts:
        failing = [str(each) for each in report.verdicts if each.fails]
        others = [str(each) for each in report.verdicts if not each.fails]
        result.append(Section(f"gate against {report.baseline}", notes=[*others, *failing]))
    return result


def _unlike(rows: list[ComparisonRow]) -> list[str]:
    differing: dict[str, list[str]] = {}
    for row in rows:
        if row.unlike:
            differing.setdefault(", ".join(row.unlike), []).append(f"{row.tuner} on {row.model}")
    return [f"not compared, because they differ in {what}: {', '.join(who)}" for what, who in differing.items()]


def _remarks(report: Report) -> list[str]:
    remarks = [report.note] if report.note else []
    rows = [row for group in report.groups for row in group.rows]
    if any(row.own_space for row in rows):
        remarks.append(
            "*: has a space of its own or evaluated points outside the model's, so that more than the method differs"
        )
    if any(row.regret is not None for row in rows):
        remarks.append(
            "regret: the optimum of the CV score in the whole space, which exhaustive search found, minus the "
            "method's; below 0 for what lies outside the space, such as the untuned model"
        )
    if any(row.failures for row in rows):
        remarks.append(
            "!: has failed cells; each counts as the default model's score; a method that never worked has none"
        )
    if any(row.contended for row in rows):
        remarks.append("~: cells ran side by side in several workers: their seconds are not the method's alone")
    earlier = sum(record.earlier for record in report.records)
    if earlier:
        remarks.append(
            f"seconds of {earlier} of {len(report.records)} cells were taken earlier, in the session that was resumed"
        )
    models = {group.model for group in report.groups}
    if len(models) > 1:
        remarks.append(
            f"{' and '.join(sorted(models))} are ranked apart: between them the model, its space, its budget and "
            "the cost of a fit differ, not only the method"
        )
    return remarks + _failures(report.failures)


def _failures(rows: Sequence[FailureRow]) -> list[str]:
    told = [row for what in ("cells", "trials") for row in [each for each in rows if each.what == what][:MOST_REASONS]]
    sentences = []
    for row in told:
        share = f"{row.count} of {row.total} trials of {row.whose}, in " if row.what == "trials" else ""
        sentences.append(f"{row.status}: {share}{_some(row.where)}: {row.reason}")
    if len(told) < len(rows):
        sentences.append(f"{len(rows) - len(told)} more reasons of failures are in the HTML and JSON reports")
    return sentences


def _some(cells: Sequence[str]) -> str:
    return cells[0] if len(cells) == 1 else f"{cells[0]} and {len(cells) - 1} more"
