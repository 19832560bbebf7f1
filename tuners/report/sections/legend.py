"""How to read the evaluation tables."""

from __future__ import annotations

from tuners.report.chapters import TABLE
from tuners.report.document import Report
from tuners.report.section import Block, Section

TITLE = "How to read this"
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


def blocks(_: Report) -> list[Block]:
    """Return what the columns mean."""
    return [Block(TITLE, notes=[LEGEND], folded=True)]


SECTION = Section(key="legend", title=TITLE, place=30, chapter=TABLE, blocks=blocks)
