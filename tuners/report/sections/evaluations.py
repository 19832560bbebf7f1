"""The best score so far over the evaluations of a search."""

from __future__ import annotations

from functools import partial

from tuners.report.chapters import SEARCH
from tuners.report.charts import anytime
from tuners.report.section import Chart, Section

SECTION = Section(
    key="evaluations",
    title="Best so far, by evaluations",
    place=100,
    chapter=SEARCH,
    chart=Chart(
        "Of one dataset. Median and quartiles over seeds; a value holds until a better one. Dashed: the "
        "untuned model. Dotted: the compared run.",
        partial(anytime.draw, over="evaluations"),
    ),
    extent="page",
)
