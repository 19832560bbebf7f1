"""The chapters of the page that hold several sections. A chapter of one section stands in that section's module."""

from __future__ import annotations

from tuners.report.section import Chapter

TABLE = Chapter("table", "Table", "Evaluation table", lead="A heading's button sorts its table.")
GAINS = Chapter("unseen", "Gain", "What tuning gains on rows that no search saw")
COSTS = Chapter("costs", "Cost", "What it cost, and who is ahead")
SEARCH = Chapter("search", "Search", "How the search went")
