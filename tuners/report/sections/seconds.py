"""The best score so far over the seconds of a search."""

from __future__ import annotations

from functools import partial

from tuners.report.chapters import SEARCH
from tuners.report.charts import anytime
from tuners.report.section import Chart, Section

SECTION = Section(
    key="seconds",
    title="Best so far, by seconds",
    place=110,
    chapter=SEARCH,
    chart=Chart(
        "The same against the run's clock.",
        partial(anytime.draw, over="seconds"),
    ),
    extent="page",
)
