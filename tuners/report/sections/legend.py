"""How to read the evaluation tables."""

from __future__ import annotations

from tuners.report.chapters import TABLE
from tuners.report.document import Report
from tuners.report.section import Block, Section

TITLE = "How to read this"
LEGEND = {
    "verdict": (
        "against the method with the best mean test score. behind: by more than luck, on these datasets (step-down "
        "max-|t| test of all pairs, by sign flips of whole problems; p is its). equal to best: the simultaneous 95 % "
        "interval of the difference lies within the region of equivalence. undecided: neither is shown"
    ),
    "gain": (
        "the winner's test score, refitted on all training rows, less the untuned model's on the same rows, with "
        "simultaneous 95 % intervals. Paired by problem (dataset x seed); a method's value there is its mean over "
        "repeats, and datasets weigh equally. Figures speak of these datasets, whose seeds draw on the same rows. Of a "
        "loss it is the change, which is better below 0"
    ),
    "regret": (
        "how far the best cross-validation score that was found lies from the optimum of the space: 0 is the optimum, "
        "1 the median of the space's candidates. Where the optimum is not known, 0 is the best score that any method "
        "saw, and 1 the default's"
    ),
    "trials to a target": "expected number until a search reaches it, further runs after vain ones included",
    "seconds": "of a run, with the t interval of their mean. search s: not spent evaluating",
    "evaluations": "mean used / budget, t where the time budget ended a search",
    "+MiB": "growth of resident memory during a run at its largest",
}
"""What a column says."""


def blocks(_: Report) -> list[Block]:
    """Return what the columns mean."""
    return [Block(TITLE, notes=[f"{column}: {text}." for column, text in LEGEND.items()], folded=True)]


SECTION = Section(key="legend", title=TITLE, place=30, chapter=TABLE, blocks=blocks)
