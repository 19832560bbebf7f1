"""Standings: what a session says of each method in a word, with the few figures that go with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tuners.analysis.contrasts import Contrast
from tuners.analysis.findings import Findings
from tuners.analysis.methods import Group, MethodRow
from tuners.analysis.search import SearchRow
from tuners.analysis.targets import TargetRow
from tuners.report.words import NOTHING, bare
from tuners.results.record import BASE

WORDS = {
    "best": "best",
    "equal": "equal to best",
    "undecided": "undecided",
    "behind": "behind",
    "failed": "failed",
    "skipped": "skipped",
}
"""What is said of a method, by its tone; in the order in which methods are listed."""
TARGETS = {"hundredth": "best 1 %", "tenth": "best 10 %", "default": "default's score"}
"""What a search may reach, the hardest first: a score that so many of the space's candidates have, or the default's."""


@dataclass(frozen=True)
class Standing:
    """One method of a group. None where there is nothing to say."""

    tuner: str
    tone: str
    """One of `WORDS`."""
    row: MethodRow
    gain: Contrast | None
    """Of test scores over the untuned model."""
    search: SearchRow | None
    found: str
    """`best`, with all others behind it, `tied` or `behind` in the search's regret; empty where nothing is told."""
    target: TargetRow | None
    """The target that the group is compared by."""

    @property
    def name(self) -> str:
        """The method with its marks: `*` for a space of its own, `!` for failed cells."""
        return self.tuner + ("*" if self.row.own_space else "") + ("!" if self.row.failures else "")

    @property
    def bare_gain(self) -> str:
        """The gain without its unit, which a heading names."""
        if self.gain is None:
            return NOTHING
        return "no difference" if self.gain.agree else bare(self.gain.mean, self.gain.interval, self.gain.metric)

    @property
    def regret(self) -> float | None:
        """Normalised, at the end of the search."""
        return None if self.search is None else self.search.regret

    @property
    def word(self) -> str:
        """What is said of it."""
        return WORDS[self.tone]


def standings(group: Group, findings: Findings) -> list[Standing]:
    """Return the methods of a group, the best first: by word, then by their mean score."""
    target = compared_by(findings.targets)
    told = [row.tuner for row in group.rows if findings.regret.standing(row.tuner) == "behind"]
    alone = len(told) + 1 == len(findings.regret.tuners)
    found = []
    for row in group.rows:
        search = next((each for each in findings.search.rows if each.tuner == row.tuner), None)
        reached = next((each for each in findings.targets if (each.tuner, each.target) == (row.tuner, target)), None)
        found.append(
            Standing(
                row.tuner,
                _tone(row, findings),
                row,
                gain=findings.user.against_default(row.tuner),
                search=search,
                found="" if not told else "behind" if row.tuner in told else "best" if alone else "tied",
                target=reached if row.tuner != BASE else None,
            )
        )
    order = list(WORDS)
    return sorted(found, key=lambda each: (order.index(each.tone), -_height(each, findings)))


def compared_by(targets: Sequence[TargetRow]) -> str:
    """Return the hardest target that most runs of some method reach; empty where there is none."""
    for target in TARGETS:
        if any(2 * each.reached >= each.runs > 0 for each in targets if each.target == target and each.tuner != BASE):
            return target
    return ""


def _tone(row: MethodRow, findings: Findings) -> str:
    if row.tuner not in findings.user.tuners:
        return "failed" if row.failures else "skipped"
    known = findings.advice.equivalent
    if row.tuner in findings.user.best:
        return "best" if row.tuner in known or len(findings.user.tuners) == 1 else "undecided"
    if row.tuner in known:
        return "equal"
    return "behind" if findings.user.standing(row.tuner) == "behind" else "undecided"


def _height(each: Standing, findings: Findings) -> float:
    """Return what orders methods of one word: how far they lie below the best."""
    behind = findings.user.against_best(each.tuner)
    return behind.mean if behind is not None else 0.0
